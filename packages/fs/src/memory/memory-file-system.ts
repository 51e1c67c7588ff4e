import { checkMode, checkOpenOptions, checkPath, lockedError } from "../checks.ts";
import type { FileLock, FileStat, FileSystem } from "../contract.ts";
import { errnoOf } from "../disk-error.ts";
import {
  applyChanges,
  planMakeDirectory,
  planOpen,
  planRemove,
  planRemoveDirectory,
  planRename,
} from "../names/name-changes.ts";
import { type Directory, findDirectory, findNode, newDirectory } from "../names/name-tree.ts";
import { silentWatch } from "../names/silent-watch.ts";
import { MemoryFile } from "./memory-file.ts";
import { MemoryHandle } from "./memory-handle.ts";

/**
 * A whole disk in memory, empty but for its root `/`, where relative paths start. Nothing of it
 * outlives the process; every sync succeeds at once. It is strict where a real disk kills the
 * process: cutting a file below an open mapping of it throws `ERR_SEGLOG_INVARIANT`.
 */
export function memoryFileSystem(): FileSystem {
  const root = newDirectory<MemoryFile>();
  return {
    mapper: "memory",
    bootId: 1,
    async open(path, options) {
      checkPath("path", path);
      const { access, create } = checkOpenOptions(options);
      return new MemoryHandle(openFile(root, path, "open", create), path, access === "write");
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
      applyChanges(planMakeDirectory(root, path));
    },
    async removeDirectory(path) {
      checkPath("path", path);
      applyChanges(planRemoveDirectory(root, path));
    },
    async rename(from, to) {
      checkPath("from", from);
      checkPath("to", to);
      applyChanges(planRename(root, from, to));
    },
    async remove(path) {
      checkPath("path", path);
      applyChanges(planRemove(root, path));
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
    watch: (directory) => silentWatch(root, directory),
  };
}

function openFile(
  root: Directory<MemoryFile>,
  path: string,
  operation: "open" | "lock",
  create: "never" | "ifMissing" | "exclusive",
): MemoryFile {
  const newFile = () => new MemoryFile();
  const { file, changes } = planOpen(root, path, { operation, create, newFile });
  applyChanges(changes);
  return file;
}

function statOf(root: Directory<MemoryFile>, path: string): FileStat | undefined {
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

function lock(root: Directory<MemoryFile>, path: string): FileLock {
  const file = openFile(root, path, "lock", "ifMissing");
  if (file.locked) throw lockedError(path);
  file.locked = true;
  let held = true;
  return {
    async release() {
      if (held) file.locked = false;
      held = false;
    },
  };
}
