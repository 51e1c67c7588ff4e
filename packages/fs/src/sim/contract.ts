import type { SeglogError } from "@seglog/errors";
import type { FileSystem } from "../contract.ts";
import type { FileSystemOperation } from "../disk-error.ts";

/** How a {@link SimulatedDisk} behaves. */
export interface SimulatedDiskOptions {
  /** Decides every order and choice that the disk makes: an integer in `[0, 2^32)`. */
  readonly seed: number;
  /**
   * Bytes of blocks, of 4096 each, that all files together may have, from 0. Default `Infinity`.
   * What needs a block more fails with `ENOSPC`, after as much as had room.
   */
  readonly quotaBytes?: number;
  /**
   * A store through a mapping to a page without a block: `"fill"` gives it one while the quota
   * lasts, as a real disk does; `"refuse"` is SIGBUS at once, which finds such stores on a disk
   * that never gets full. Default `"fill"`.
   */
  readonly holes?: "fill" | "refuse";
  /**
   * What calls get when the power is gone: `"reject"` gives `ERR_SEGLOG_IO` with `errno`
   * `"ESHUTDOWN"`, `"hang"` a promise that never settles (synchronous calls throw). Default
   * `"reject"`.
   */
  readonly afterCut?: "reject" | "hang";
  /** Decides when an asynchronous call goes on. Default: after 1 to 4 microtasks, by the seed. */
  readonly scheduler?: DiskScheduler;
}

/** Decides when what was asked of a simulated disk happens. */
export interface DiskScheduler {
  /** Calls `run` once, later. */
  defer(run: () => void): void;
}

/** One call on the disk, numbered from 0 in the order in which calls begin. */
export interface DiskOperation {
  readonly index: number;
  readonly kind: FileSystemOperation;
  /** As the caller gave it; of `rename`, the old one. */
  readonly path: string;
  /** Of `write`, `allocate` and `read`: how many were asked for. */
  readonly bytes?: number;
}

/** A call that is to fail. */
export interface DiskFault {
  /** The call's number, or what tells it; a function that keeps saying true fails many. */
  readonly at: number | ((operation: DiskOperation) => boolean);
  /** The system's code: `"EIO"`, `"ENOSPC"`, `"EMFILE"`, … */
  readonly errno: string;
  /**
   * What the call does all the same. `"partial"` is a prefix of what a `write` or `allocate` was
   * given, by the seed, and nothing for any other call. `close`, `unmap` and `release` always do
   * what they are for. Default `"nothing"`.
   */
  readonly effect?: "nothing" | "partial" | "all";
}

/** Which states after a power cut are made. */
export interface CrashStatesOptions {
  /** At most so many states, from 1. Default 100. */
  readonly limit?: number;
  /** Decides which states are taken when there are more: an integer. Default the disk's own. */
  readonly seed?: number;
}

/** What the disk may hold after a power cut. */
export interface CrashState {
  /** Which pending operations this state holds, for a person who looks for a bug. */
  describe(): string;
  /** A running disk that holds this state: nothing pending, nothing open, no locks. Made once. */
  readonly disk: SimulatedDisk;
  /** The file system of {@link CrashState.disk}. */
  readonly fs: FileSystem;
}

/**
 * A disk in memory that knows what a power cut may leave of it.
 *
 * Programs see the volatile contents. Durable is what a completed sync covers: of files what was
 * finished before {@link FileHandle.sync} began, of directories the same for `syncDirectory`.
 * After a failed sync of a file no later one tells what became of its bytes; a failed sync of a
 * directory leaves its names pending, and a later one covers them.
 * Everything else is pending, and a power cut leaves any part of it:
 * - of a file, each sector of 512 bytes as it was after any of the calls that changed it since
 *   the last sync, whatever the others are; also a store through a mapping that was not flushed;
 * - its length, as it was after any of these calls or, while one grew the file, at any multiple of
 *   4096 between; bytes that did not reach the disk are zeros; bytes that a cut dropped are there
 *   only with a length from before that cut;
 * - of names, each change made or not, but for two changes of one name, which keep their order.
 *   A rename is one change. It is durable when both directories were synced.
 *
 * Everything that the disk does follows from its seed and from the calls made.
 */
export interface SimulatedDisk {
  /** The disk as programs see it; `mapper` is `"simulated"`. */
  readonly fs: FileSystem;
  /** Calls begun so far: the index of the next. */
  readonly operationCount: number;
  /** Handles, mappings and locks that nobody has closed or released. */
  readonly openHandles: number;
  readonly openMappings: number;
  readonly heldLocks: number;
  /** Whether the power was cut. */
  readonly powerIsGone: boolean;
  /** The first access of a mapping that would have killed the process. */
  readonly sigbus: SeglogError | undefined;
  /** May be changed at any time; see {@link SimulatedDiskOptions.quotaBytes}. */
  quotaBytes: number;
  /** Bytes of the blocks of all files that have a name or are open. */
  readonly usedBytes: number;

  /** Calls `hook` when a call begins, before it does anything. @returns what ends that */
  onOperation(hook: (operation: DiskOperation) => void): () => void;

  /** Makes calls fail; of several faults the first that fits counts. @returns what ends that */
  fail(fault: DiskFault): () => void;

  /**
   * Cuts the power in the middle of call `index`: that call, and those in flight then, may have
   * done any part of their work, never complete, and no later one does anything.
   */
  cutAfter(index: number): void;

  /** Cuts the power now. */
  cut(): void;

  /**
   * What a power cut at this moment may leave: all of it, each once, when that is at most `limit`.
   * Else `limit` states by the seed, first of all nothing and everything pending, then those with
   * one operation missing, one alone, and all before or from one on, as far as half of the limit
   * goes. Taken as a whole when called: what happens later does not show. The disk may run on.
   */
  crashStates(options?: CrashStatesOptions): Iterable<CrashState>;

  /** The bytes that programs see in a file, as a copy. */
  contents(path: string): Uint8Array;

  /** Bit rot: changes one byte by exclusive or, in every state of the file. */
  corrupt(path: string, position: number, xor: number): void;

  /** Bit rot: zeros over `[from, to)`, in every state of the file. Its length stays. */
  zeroRange(path: string, from: number, to: number): void;

  /** Makes `bytes` all that a file holds, durable at once: cut, extended, copied, scrambled. */
  replace(path: string, bytes: Uint8Array): void;

  /** Exchanges what two files hold, pending operations too; names and handles stay. */
  swap(path: string, other: string): void;
}
