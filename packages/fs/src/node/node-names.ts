import { close, constants, fstat, fsync, open, type Stats } from "node:fs";
import { lstat, mkdir, stat as statFollowing } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { FileStat } from "../contract.ts";
import { diskError, errnoOf, type FileSystemOperation, refused } from "../disk-error.ts";

const openRaw = promisify(open) as (path: string, flags: number, mode?: number) => Promise<number>;
const fstatRaw = promisify(fstat) as (fd: number) => Promise<Stats>;
const fsyncRaw = promisify(fsync);
const closeRaw = promisify(close);

/**
 * Opens a regular file and nothing else. A link in the last place is refused (`ELOOP`): the lock
 * and the names of a log are about files in its directory. Without `O_NONBLOCK`, opening a FIFO
 * would hold a thread of the pool until somebody opens its other end.
 */
export async function openRegular(
  path: string,
  flags: number,
  mode: number,
  operation: FileSystemOperation,
): Promise<number> {
  const guarded = flags | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const fd = await tried(operation, path, () => openRaw(path, guarded, mode));
  try {
    const stats = await tried(operation, path, () => fstatRaw(fd));
    if (stats.isDirectory()) throw refused("EISDIR", operation, path, "is a directory");
    if (!stats.isFile()) throw refused("EINVAL", operation, path, "is not a regular file");
    return fd;
  } catch (error) {
    await closeRaw(fd);
    throw error;
  }
}

/** Closes a descriptor that no {@link FileHandle} owns. */
export async function closeDescriptor(
  fd: number,
  path: string,
  operation: FileSystemOperation,
): Promise<void> {
  await tried(operation, path, () => closeRaw(fd));
}

export async function statPath(path: string): Promise<FileStat | undefined> {
  try {
    const stats = await lstat(path);
    return { kind: kindOf(stats), bytes: stats.isFile() ? stats.size : 0 };
  } catch (error) {
    const errno = errnoOf(error);
    // ENOTDIR: a file stands where the way to `path` would lead on
    if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
    throw diskError("stat", path, error);
  }
}

/** Makes `path` and what is missing above it, the topmost first, each name synced when made. */
export async function makeDirectoryDurably(path: string, mode: number): Promise<void> {
  const missing: string[] = [];
  let at = path;
  while (!(await madeDirectory(at, mode))) {
    const parent = dirname(at);
    if (parent === at) {
      throw refused("ENOENT", "makeDirectory", path, `no directory ${at}`);
    }
    missing.push(at);
    at = parent;
  }
  for (const next of missing.reverse()) {
    if (!(await madeDirectory(next, mode))) {
      throw refused("ENOENT", "makeDirectory", path, `${dirname(next)} was removed meanwhile`);
    }
  }
}

/** fsync of a directory: what makes a name last. */
export async function syncNames(path: string): Promise<void> {
  await tried("syncDirectory", path, async () => {
    const fd = await openRaw(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await fsyncRaw(fd);
    } finally {
      await closeRaw(fd);
    }
  });
}

/** Runs a call of the system; its error becomes ours. */
export async function tried<T>(
  operation: FileSystemOperation,
  path: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw diskError(operation, path, error);
  }
}

/** Whether `path` is a directory now; false where the one above it is missing. */
async function madeDirectory(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") return false;
    // macOS says EISDIR of the root
    if ((errno === "EEXIST" || errno === "EISDIR") && (await isDirectory(path))) return true;
    throw diskError("makeDirectory", path, error);
  }
  await syncNames(dirname(path));
  return true;
}

/** Also of a link to a directory: a log's directory may be reached through one. */
async function isDirectory(path: string): Promise<boolean> {
  const stats = await tried("makeDirectory", path, () => statFollowing(path));
  return stats.isDirectory();
}

function kindOf(stats: Stats): FileStat["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}
