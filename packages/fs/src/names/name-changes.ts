import { type FileSystemOperation, refused } from "../disk-error.ts";
import {
  type Directory,
  type FileNode,
  findNode,
  findPlace,
  type Node,
  namesOf,
  newDirectory,
} from "./name-tree.ts";

/** One name of one directory that changes what it stands for; `undefined` is nothing. */
export interface NameChange<F> {
  readonly directory: Directory<F>;
  readonly name: string;
  readonly before: Node<F> | undefined;
  readonly after: Node<F> | undefined;
}

/** Makes changes that one of the functions below planned; planning changes nothing. */
export function applyChanges<F>(changes: readonly NameChange<F>[]): void {
  for (const { directory, name, after } of changes) {
    if (after === undefined) directory.children.delete(name);
    else directory.children.set(name, after);
  }
}

/** The file at `path`, and the change that makes it where it is missing and `create` allows it. */
export function planOpen<F extends FileNode>(
  root: Directory<F>,
  path: string,
  options: {
    readonly operation: FileSystemOperation;
    readonly create: "never" | "ifMissing" | "exclusive";
    readonly newFile: () => F;
  },
): { readonly file: F; readonly changes: readonly NameChange<F>[] } {
  const { operation, create, newFile } = options;
  const { parent, name, node } = findPlace(root, path, operation);
  if (node === undefined) {
    if (create === "never") throw refused("ENOENT", operation, path, "no such file");
    const file = newFile();
    return { file, changes: [{ directory: parent, name, before: undefined, after: file }] };
  }
  if (create === "exclusive") throw refused("EEXIST", operation, path, "the name is taken");
  if (node.kind === "directory") throw refused("EISDIR", operation, path, "is a directory");
  return { file: node, changes: [] };
}

/** One change for each directory that is missing on the way, from the top. */
export function planMakeDirectory<F extends FileNode>(
  root: Directory<F>,
  path: string,
): readonly NameChange<F>[] {
  const changes: NameChange<F>[] = [];
  let directory = root;
  const names = namesOf(path);
  for (const [i, name] of names.entries()) {
    let next = directory.children.get(name);
    if (next === undefined) {
      next = newDirectory<F>();
      changes.push({ directory, name, before: undefined, after: next });
    }
    if (next.kind === "file") {
      const errno = i === names.length - 1 ? "EEXIST" : "ENOTDIR";
      throw refused(errno, "makeDirectory", path, `${name} is a file`);
    }
    directory = next;
  }
  return changes;
}

export function planRemoveDirectory<F extends FileNode>(
  root: Directory<F>,
  path: string,
): readonly NameChange<F>[] {
  const { parent, name, node } = findNode(root, path, "removeDirectory");
  if (node.kind !== "directory") {
    throw refused("ENOTDIR", "removeDirectory", path, "not a directory");
  }
  if (node === root) throw refused("EBUSY", "removeDirectory", path, "is the root");
  if (node.children.size > 0) throw refused("ENOTEMPTY", "removeDirectory", path, "not empty");
  return [{ directory: parent, name, before: node, after: undefined }];
}

export function planRemove<F extends FileNode>(
  root: Directory<F>,
  path: string,
): readonly NameChange<F>[] {
  const { parent, name, node } = findNode(root, path, "remove");
  if (node.kind === "directory") throw refused("EISDIR", "remove", path, "is a directory");
  return [{ directory: parent, name, before: node, after: undefined }];
}

/** Refuses in Linux's order: both parents, the source, the shape of the tree, the two kinds. */
export function planRename<F extends FileNode>(
  root: Directory<F>,
  from: string,
  to: string,
): readonly NameChange<F>[] {
  findPlace(root, from, "rename");
  const target = findPlace(root, to, "rename");
  const source = findNode(root, from, "rename");
  if (source.node === root || target.node === root) {
    throw refused("EBUSY", "rename", from, "the root has no other name");
  }
  if (source.node === target.node) return [];
  if (source.node.kind === "directory") {
    if (isWithin(to, from)) throw refused("EINVAL", "rename", from, `${to} lies inside it`);
    if (target.node?.kind === "file") throw refused("ENOTDIR", "rename", to, "not a directory");
    const full = (target.node?.children.size ?? 0) > 0;
    if (full) throw refused("ENOTEMPTY", "rename", to, "not empty");
  } else if (target.node?.kind === "directory") {
    const errno = isWithin(from, to) ? "ENOTEMPTY" : "EISDIR";
    throw refused(errno, "rename", to, "is a directory");
  }
  return [
    { directory: target.parent, name: target.name, before: target.node, after: source.node },
    { directory: source.parent, name: source.name, before: source.node, after: undefined },
  ];
}

/** Whether `inner` is `outer` or lies below it. */
function isWithin(inner: string, outer: string): boolean {
  const names = namesOf(inner);
  return namesOf(outer).every((name, i) => name === names[i]);
}
