import { SeglogError } from "@seglog/errors";
import { checkMode, checkOpenOptions, checkPath } from "../checks.ts";
import type { FileLock, FileStat, FileSystem } from "../contract.ts";
import { errnoOf, refused } from "../disk-error.ts";
import { MemoryHandle } from "./memory-handle.ts";
import {
  findDirectory,
  findFile,
  findNode,
  findPlace,
  type MemoryDirectory,
  memoryDirectory,
  namesOf,
} from "./memory-tree.ts";

/**
 * A whole disk in memory, empty but for its root `/`, where relative paths start. Nothing of it
 * outlives the process; every sync succeeds at once. It is strict where a real disk kills the
 * process: cutting a file below an open mapping of it throws `ERR_SEGLOG_INVARIANT`.
 */
export function memoryFileSystem(): FileSystem {
  const root = memoryDirectory();
  return {
    mapper: "memory",
    async open(path, options) {
      checkPath("path", path);
      const { access, create } = checkOpenOptions(options);
      return new MemoryHandle(findFile(root, path, "open", create), path, access === "write");
    },
    async stat(path) {
      checkPath("path", path);
      return statOf(root, path);
    },
    async list(directory) {
      checkPath("directory", directory);
      return [...findDirectory(root, directory, "list").children.keys()].sort();
    },
    async makeDirectory(path, options) {
      checkPath("path", path);
      checkMode(options, 0o777);
      makeDirectory(root, path);
    },
    async removeDirectory(path) {
      checkPath("path", path);
      removeDirectory(root, path);
    },
    async rename(from, to) {
      checkPath("from", from);
      checkPath("to", to);
      rename(root, from, to);
    },
    async remove(path) {
      checkPath("path", path);
      const { parent, name, node } = findNode(root, path, "remove");
      if (node.kind === "directory") throw refused("EISDIR", "remove", path, "is a directory");
      parent.children.delete(name);
    },
    async syncDirectory(path) {
      checkPath("path", path);
      findDirectory(root, path, "syncDirectory");
    },
    async lock(path, options) {
      checkPath("path", path);
      checkMode(options, 0o666);
      return lock(root, path);
    },
  };
}

function statOf(root: MemoryDirectory, path: string): FileStat | undefined {
  try {
    const { node } = findNode(root, path, "stat");
    return node.kind === "file"
      ? { kind: "file", bytes: node.length }
      : { kind: "directory", bytes: 0 };
  } catch (error) {
    const errno = errnoOf((error as Error).cause);
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined; // nothing is there
    throw error;
  }
}

function makeDirectory(root: MemoryDirectory, path: string): void {
  let directory = root;
  const names = namesOf(path);
  for (const [i, name] of names.entries()) {
    let next = directory.children.get(name);
    if (next === undefined) {
      next = memoryDirectory();
      directory.children.set(name, next);
    }
    if (next.kind === "file") {
      const errno = i === names.length - 1 ? "EEXIST" : "ENOTDIR";
      throw refused(errno, "makeDirectory", path, `${name} is a file`);
    }
    directory = next;
  }
}

function removeDirectory(root: MemoryDirectory, path: string): void {
  const { parent, name, node } = findNode(root, path, "removeDirectory");
  if (node.kind !== "directory") {
    throw refused("ENOTDIR", "removeDirectory", path, "not a directory");
  }
  if (node === root) throw refused("EBUSY", "removeDirectory", path, "is the root");
  if (node.children.size > 0) throw refused("ENOTEMPTY", "removeDirectory", path, "not empty");
  parent.children.delete(name);
}

/** Refuses in Linux's order: both parents, the source, the shape of the tree, the two kinds. */
function rename(root: MemoryDirectory, from: string, to: string): void {
  findPlace(root, from, "rename");
  const target = findPlace(root, to, "rename");
  const source = findNode(root, from, "rename");
  if (source.node === root || target.node === root) {
    throw refused("EBUSY", "rename", from, "the root has no other name");
  }
  if (source.node === target.node) return;
  if (source.node.kind === "directory") {
    if (isWithin(to, from)) throw refused("EINVAL", "rename", from, `${to} lies inside it`);
    if (target.node?.kind === "file") throw refused("ENOTDIR", "rename", to, "not a directory");
    const full = (target.node?.children.size ?? 0) > 0;
    if (full) throw refused("ENOTEMPTY", "rename", to, "not empty");
  } else if (target.node?.kind === "directory") {
    const errno = isWithin(from, to) ? "ENOTEMPTY" : "EISDIR";
    throw refused(errno, "rename", to, "is a directory");
  }
  target.parent.children.set(target.name, source.node);
  source.parent.children.delete(source.name);
}

/** Whether `inner` is `outer` or lies below it. */
function isWithin(inner: string, outer: string): boolean {
  const names = namesOf(inner);
  return namesOf(outer).every((name, i) => name === names[i]);
}

function lock(root: MemoryDirectory, path: string): FileLock {
  const file = findFile(root, path, "lock", "ifMissing");
  if (file.locked) throw new SeglogError("ERR_SEGLOG_LOCKED", `${path} is locked`, { path });
  file.locked = true;
  let held = true;
  return {
    async release() {
      if (held) file.locked = false;
      held = false;
    },
  };
}
