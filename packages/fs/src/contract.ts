/**
 * The disk as every layer of seglog sees it. All disk access of all layers goes through these
 * interfaces, so that a simulated disk can stand in for the real one.
 *
 * Paths are absolute or relative to the process, with `/` between names. Positions and sizes are
 * bytes: safe integers from 0. Calls that wait for the device are asynchronous; the few that only
 * touch memory or the page cache ({@link FileHandle.read}, {@link FileHandle.map},
 * {@link FileHandle.allocate}, {@link FileHandle.writeNow}) are synchronous, because reads and
 * appends of a log are.
 *
 * Errors of every member: `ERR_SEGLOG_NOT_FOUND` for a name that is not there,
 * `ERR_SEGLOG_EXISTS` for one that must not be, else `ERR_SEGLOG_IO` with `path`, `operation`,
 * `errno`, and the system's error as `cause`; and `ERR_SEGLOG_INVALID_ARGUMENT` for unknown
 * options, values out of their range, and paths that are empty or hold a NUL.
 * A failed call changed nothing, unless it says so.
 */
export interface FileSystem {
  /** What {@link FileHandle.map} is made of here: `"mmap-io"`, `"koffi"`, `"read-through"`, … */
  readonly mapper: string;

  /**
   * Which start of the operating system this is: a safe integer, another one after each. What is
   * in a file and was never synced is known to be what was written only within one; 0 where the
   * platform does not tell.
   */
  readonly bootId: number;

  /**
   * Opens a regular file. Anything else is refused, a symbolic link as the last name too, with
   * `ERR_SEGLOG_IO` (on a real disk `errno` is `EISDIR`, `ELOOP` or `EINVAL`).
   *
   * Durability: a created name lasts only after {@link FileSystem.syncDirectory} of its directory.
   *
   * @throws ERR_SEGLOG_NOT_FOUND  no such file, and `create` is `"never"`
   * @throws ERR_SEGLOG_EXISTS  the name is taken, and `create` is `"exclusive"`
   */
  open(path: string, options: OpenFileOptions): Promise<FileHandle>;

  /**
   * What is at `path`, symbolic links not followed; `undefined` when there is nothing, also where
   * the way to it ends at a missing directory or at a file.
   */
  stat(path: string): Promise<FileStat | undefined>;

  /** Names in `directory`, in ascending order of their UTF-16 code units, without `.` and `..`. */
  list(directory: string): Promise<string[]>;

  /**
   * Makes a directory and its missing parents; does nothing where it is there. `mode`, before the
   * process's umask, is that of each one made; default `0o777`. On failure parents may have been
   * made.
   *
   * Durability: every name that it made lasts when this resolves.
   *
   * @throws ERR_SEGLOG_EXISTS  the name is taken by a file
   */
  makeDirectory(path: string, options?: { readonly mode?: number }): Promise<void>;

  /** Removes an empty directory. Durability: after `syncDirectory` of its parent. */
  removeDirectory(path: string): Promise<void>;

  /**
   * Gives a file or directory another name, replacing a file, or an empty directory, of that name.
   * Atomic: at every moment, also after a crash, `to` is the old or the new one.
   * Durability: after `syncDirectory` of both parents.
   */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file's name. Open handles and mappings of it stay usable. */
  remove(path: string): Promise<void>;

  /** When this resolves, all names made, changed and removed in `path` before the call last. */
  syncDirectory(path: string): Promise<void>;

  /**
   * Takes an advisory, exclusive lock on a file, made if it is missing with `mode` (default
   * `0o666`, before the umask). The lock ends with {@link FileLock.release} or with the process,
   * however that ends. Nobody may remove or replace the file while it is held.
   *
   * @throws ERR_SEGLOG_LOCKED  at once, when it is held, by this process or another
   * @throws ERR_SEGLOG_UNAVAILABLE  this platform offers no lock that dies with its process
   */
  lock(path: string, options?: { readonly mode?: number }): Promise<FileLock>;

  /**
   * Calls `onChange` after names in `directory` changed, or bytes of its files were written by a
   * call, by this process or another. A hint, for who looks from time to time anyway: it may come
   * late, once for many changes, for nothing, or, where the system tells no more, not at all;
   * stores through a mapping give none. Keeps no process up.
   *
   * @throws ERR_SEGLOG_NOT_FOUND  there is no such directory
   */
  watch(directory: string, onChange: () => void): Watch;
}

/** A directory being watched. */
export interface Watch {
  /** No call comes after this one. Idempotent. */
  close(): void;
}

/** How a file is opened. */
export interface OpenFileOptions {
  /** `"read"` refuses every call that writes, with `ERR_SEGLOG_READ_ONLY`. */
  readonly access: "read" | "write";
  /** Whether a missing file is made. Default `"never"`; the others need `access: "write"`. */
  readonly create?: "never" | "ifMissing" | "exclusive";
  /** Permissions of a file that is made, before the process's umask. Default `0o666`. */
  readonly mode?: number;
}

/** What a name stands for. */
export interface FileStat {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Length of a file; 0 for anything else. */
  readonly bytes: number;
}

/** A lock that is held. */
export interface FileLock {
  /** Gives the lock back. Idempotent. The file stays. */
  release(): Promise<void>;
}

/**
 * One open file. After {@link FileHandle.close} every member but `path` throws or rejects with
 * `ERR_SEGLOG_CLOSED`.
 *
 * Overlap: reads and maps at any time; writes, `allocate` and `truncate` may overlap where their
 * byte ranges do not touch; a `sync` covers what was finished before it was called.
 */
export interface FileHandle {
  readonly path: string;

  /** Current length of the file. */
  size(): Promise<number>;

  /**
   * Reads bytes from `position` into `target`, synchronously.
   *
   * @returns how many bytes were read: `target.length`, or fewer only at the end of the file
   */
  read(target: Uint8Array, position: number): number;

  /**
   * Writes `parts`, one after another, from `position`; extends the file where needed, with
   * zeros before `position`. Resolves when the OS has all bytes (a short write is continued).
   *
   * Durability: none before {@link FileHandle.sync}. Ownership: `parts` must not change until
   * this settles. On failure any prefix of the bytes may have been written.
   */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;

  /**
   * Writes `bytes` from `position`, synchronously: for what is small, or lies where blocks are, and
   * only has to reach the OS. Extends the file as {@link FileHandle.write} does, and as there
   * nothing is durable before {@link FileHandle.sync}, and a failure may have written any prefix.
   */
  writeNow(bytes: Uint8Array, position: number): void;

  /**
   * Writes as {@link FileHandle.write} does. When it resolves, these bytes, and what is needed to
   * read them back, are durable; of what other calls wrote nothing is said.
   *
   * Ownership: as of `write`. On failure any part of the bytes may have been written, whether they
   * are durable is unknown, and no later sync makes it known.
   *
   * @throws ERR_SEGLOG_IO  with `operation` `"sync"` where the failure may also be of what others
   *   wrote, as that of a sync is: who meets a lack of room takes nothing back then
   */
  writeDurably(parts: readonly Uint8Array[], position: number): Promise<void>;

  /**
   * Writes zeros over `[from, to)`, synchronously, so that blocks stand behind these bytes:
   * a page of this range may be written through a mapping without the risk of SIGBUS.
   * On failure any part of the range may have been written.
   */
  allocate(from: number, to: number): void;

  /**
   * When this resolves, all that earlier finished calls wrote, allocated or truncated through any
   * handle of this file, or stored through a mapping of it after a {@link Mapping.flush}, is
   * durable. After a failure the state of those bytes is unknown, and no later sync makes it known.
   */
  sync(): Promise<void>;

  /**
   * Cuts the file to `size` bytes, or extends it with zeros that may have no blocks.
   * No open mapping of the file may reach beyond `size`.
   */
  truncate(size: number): Promise<void>;

  /**
   * Maps `[0, length)` of the file; `length` must not exceed the file's size and must be at
   * least 1. What other handles write shows through the mapping, and the other way round after
   * {@link Mapping.flush}. A mapping outlives its handle only where {@link Mapping.outlivesHandle}.
   *
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `length` is 0, beyond the file, or 2 GiB or more
   * @throws ERR_SEGLOG_READ_ONLY  to be written through a handle opened for reading
   */
  map(length: number, options: { readonly access: "read" | "write" }): Mapping;

  /**
   * Releases the handle when the calls begun on it have ended. Syncs nothing. Idempotent: called
   * again, it settles as the first call does.
   */
  close(): Promise<void>;
}

/**
 * Bytes `[0, length)` of a file as memory. All members are synchronous and cost no system call
 * where the platform maps; ranges outside `[0, length)` throw a `RangeError`. After
 * {@link Mapping.close}, and after the handle's where the mapping does not outlive it, every
 * member that looks, stores or flushes throws `ERR_SEGLOG_CLOSED`. Where the platform does not map,
 * they may also throw `ERR_SEGLOG_IO`.
 * The file must not be cut below `length` while the mapping is open.
 */
export interface Mapping {
  readonly length: number;
  /** Whether the mapping stays usable after its handle was closed. */
  readonly outlivesHandle: boolean;
  /**
   * All of the mapping as memory, not to be written to, for those who look often; `undefined` where
   * the platform does not map, and after {@link Mapping.close}. What is written shows at once. Lent
   * until {@link Mapping.close}: whoever closes lets go of it first.
   */
  readonly bytes: Uint8Array | undefined;

  /**
   * Bytes `[position, position + length)`, not to be written to. Lent: valid until the caller
   * next awaits, or closes the mapping. Whether later writes show in the view is not promised.
   */
  view(position: number, length: number): Uint8Array;

  /**
   * The big-endian u64 at `position`.
   * @returns a number, exact up to 2^53 - 1; larger values lose low bits
   */
  u64(position: number): number;

  /**
   * Stores `value`, a safe integer from 0, as a big-endian u64. Shows through this mapping at once.
   *
   * @throws ERR_SEGLOG_READ_ONLY  the mapping was made with `access: "read"`
   */
  setU64(position: number, value: number): void;

  /**
   * Asks the system to read bytes `[position, position + length)`, cut to the mapping, before they
   * are looked at. A hint, which waits for nothing, never fails, and may do nothing.
   */
  willNeed(position: number, length: number): void;

  /** Gives to the file what was stored; needed before `sync`, `read` by a handle, and `close`. */
  flush(): void;

  /** Ends the mapping; what was not flushed may be lost, and views end too. Idempotent. */
  close(): void;
}
