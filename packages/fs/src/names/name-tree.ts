import { type FileSystemOperation, refused } from "../disk-error.ts";

/** A directory of a tree in memory, whatever its files are. */
export interface Directory<F> {
  readonly kind: "directory";
  readonly children: Map<string, Node<F>>;
}

export type Node<F> = Directory<F> | F;

/** What a file of a tree must show to be told from a directory. */
export interface FileNode {
  readonly kind: "file";
}

/** Where a name is, or would be. */
export interface Place<F> {
  readonly parent: Directory<F>;
  /** Last name of the path; empty for the root. */
  readonly name: string;
  readonly node: Node<F> | undefined;
}

export function newDirectory<F>(): Directory<F> {
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
export function findPlace<F extends FileNode>(
  root: Directory<F>,
  path: string,
  operation: FileSystemOperation,
): Place<F> {
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
export function findNode<F extends FileNode>(
  root: Directory<F>,
  path: string,
  operation: FileSystemOperation,
): Place<F> & { readonly node: Node<F> } {
  const { parent, name, node } = findPlace(root, path, operation);
  if (node === undefined) throw refused("ENOENT", operation, path, "no such file or directory");
  return { parent, name, node };
}

/** The directory at `path`. */
export function findDirectory<F extends FileNode>(
  root: Directory<F>,
  path: string,
  operation: FileSystemOperation,
): Directory<F> {
  const { node } = findNode(root, path, operation);
  if (node.kind !== "directory") throw refused("ENOTDIR", operation, path, "not a directory");
  return node;
}
