import { type FileSystemOperation, refused } from "../disk-error.ts";
import { MemoryFile } from "./memory-file.ts";

export interface MemoryDirectory {
  readonly kind: "directory";
  readonly children: Map<string, MemoryNode>;
}

export type MemoryNode = MemoryDirectory | MemoryFile;

/** Where a name is, or would be. */
export interface MemoryPlace {
  readonly parent: MemoryDirectory;
  /** Last name of the path; empty for the root. */
  readonly name: string;
  readonly node: MemoryNode | undefined;
}

export function memoryDirectory(): MemoryDirectory {
  return { kind: "directory", children: new Map() };
}

/** The names of `path` from the root, `.` and `..` resolved. A relative path starts at the root. */
export function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

/** @throws ERR_SEGLOG_NOT_FOUND, or ERR_SEGLOG_IO (`ENOTDIR`): no directory holds `path` */
export function findPlace(
  root: MemoryDirectory,
  path: string,
  operation: FileSystemOperation,
): MemoryPlace {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) return { parent: root, name: "", node: root };
  let parent = root;
  for (const step of names) {
    const next = parent.children.get(step);
    if (next === undefined) throw refused("ENOENT", operation, path, `no directory ${step}`);
    if (next.kind !== "directory") {
      throw refused("ENOTDIR", operation, path, `${step} is not a directory`);
    }
    parent = next;
  }
  return { parent, name, node: parent.children.get(name) };
}

/** The same for a path that must be there. */
export function findNode(
  root: MemoryDirectory,
  path: string,
  operation: FileSystemOperation,
): MemoryPlace & { readonly node: MemoryNode } {
  const { parent, name, node } = findPlace(root, path, operation);
  if (node === undefined) throw refused("ENOENT", operation, path, "no such file or directory");
  return { parent, name, node };
}

/** The directory at `path`. */
export function findDirectory(
  root: MemoryDirectory,
  path: string,
  operation: FileSystemOperation,
): MemoryDirectory {
  const { node } = findNode(root, path, operation);
  if (node.kind !== "directory") throw refused("ENOTDIR", operation, path, "not a directory");
  return node;
}

/** The file at `path`, made where it is missing and `create` allows it. */
export function findFile(
  root: MemoryDirectory,
  path: string,
  operation: FileSystemOperation,
  create: "never" | "ifMissing" | "exclusive",
): MemoryFile {
  const { parent, name, node } = findPlace(root, path, operation);
  if (node === undefined) {
    if (create === "never") throw refused("ENOENT", operation, path, "no such file");
    const file = new MemoryFile();
    parent.children.set(name, file);
    return file;
  }
  if (create === "exclusive") throw refused("EEXIST", operation, path, "the name is taken");
  if (node.kind === "directory") throw refused("EISDIR", operation, path, "is a directory");
  return node;
}
