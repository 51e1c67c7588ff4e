import { constants } from "node:fs";
import { SeglogError } from "@seglog/errors";
import { lockedError } from "../checks.ts";
import type { FileLock } from "../contract.ts";
import { diskError } from "../disk-error.ts";
import type { Koffi } from "../mapping/koffi.ts";
import { systemError } from "../mapping/system-error.ts";
import { closeDescriptor, openRegular } from "./node-names.ts";

/** Locks the file of a descriptor; false when it is held. */
export type TryLock = (fd: number) => boolean;

/**
 * The lock belongs to the open file description, not to the process: it conflicts with another
 * open in the same process, and the system drops it with the last descriptor, however that goes.
 */
export async function lockFile(path: string, mode: number, tryLock: TryLock): Promise<FileLock> {
  const fd = await openRegular(path, constants.O_RDWR | constants.O_CREAT, mode, "lock");
  let failure: SeglogError;
  try {
    if (tryLock(fd)) return held(fd, path);
    failure = lockedError(path);
  } catch (error) {
    failure = diskError("lock", path, error);
  }
  await closeDescriptor(fd, path, "lock");
  throw failure;
}

/** @throws ERR_SEGLOG_UNAVAILABLE  no library that can lock a file loads here */
export function chooseTryLock(require: NodeJS.Require): TryLock {
  const failures: unknown[] = [];
  for (const load of [loadExtension, loadForeign]) {
    try {
      return load(require);
    } catch (failure) {
      failures.push(failure); // not built for this platform: the next one may be
    }
  }
  const what = "a file lock that dies with its process";
  const cause = new AggregateError(failures);
  throw new SeglogError("ERR_SEGLOG_UNAVAILABLE", `${what} is not here`, { what }, { cause });
}

function held(fd: number, path: string): FileLock {
  let released: Promise<void> | undefined;
  return {
    release() {
      released ??= closeDescriptor(fd, path, "release");
      return released;
    },
  };
}

export function loadExtension(require: NodeJS.Require): TryLock {
  const { tryLock } = require("fs-native-extensions") as { tryLock: TryLock };
  return (fd) => tryLock(fd);
}

const LOCK_EX_NB = 2 | 4;
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
/** `struct flock` of 64-bit Linux: type, whence, start, length, pid, with their padding. */
const FLOCK_BYTES = 32;
/** Where that layout and these numbers hold; all are little-endian. */
const FLOCK_ARCHS: readonly string[] = Object.freeze(["x64", "arm64", "riscv64", "loong64"]);

/**
 * The same calls that the extension makes, by koffi. They must be the same: on Linux flock(2) and
 * fcntl(F_OFD_SETLK) do not see each other, and two writers that load different libraries would
 * both hold the log.
 */
export function loadForeign(require: NodeJS.Require): TryLock {
  const koffi = require("koffi") as Koffi;
  const libc = koffi.load(null);
  if (process.platform === "darwin") {
    const flock = libc.func("int flock(int, int)");
    return (fd) => granted(flock(fd, LOCK_EX_NB), koffi);
  }
  const { platform, arch } = process;
  if (platform !== "linux" || !FLOCK_ARCHS.includes(arch)) {
    throw new Error(`the layout of struct flock is not known for ${platform} ${arch}`);
  }
  const fcntl = libc.func("int fcntl(int, int, ...)");
  const wholeFile = Buffer.alloc(FLOCK_BYTES);
  wholeFile.writeInt16LE(F_WRLCK, 0);
  return (fd) => granted(fcntl(fd, F_OFD_SETLK, "void *", wholeFile), koffi);
}

function granted(result: unknown, koffi: Koffi): boolean {
  if (result === 0) return true;
  const failure = systemError("lock", koffi.errno()) as NodeJS.ErrnoException;
  if (failure.code === "EAGAIN" || failure.code === "EWOULDBLOCK") return false;
  throw failure;
}
