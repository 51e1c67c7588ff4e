import type { FileSystem } from "@seglog/fs";
import type { ScanLimits, ScanWishes, SplitRead, StoreScan } from "./read-contract.ts";

export type {
  ScanLimits,
  ScanSpace,
  ScanWishes,
  SplitRead,
  SplitRecords,
  StoreScan,
} from "./read-contract.ts";

/** A byte address in one store, counted from its first frame: a safe integer from 0. */
export type Position = number;

/**
 * How records are framed.
 * - `"checked"`: an 8-byte header of checksum, flags and length; a torn or damaged frame is found.
 * - `"plain"`: an 8-byte length, then the bytes, as in the book "Distributed Services with Go".
 */
export type FrameFormat = "checked" | "plain";

/**
 * An append-only sequence of byte records, addressed by position.
 *
 * Single-threaded by contract: no two calls run at the same time, with two exceptions: `append`
 * and the reading members may be called while a `flush` or `sync` is in flight, and the reading
 * members also while a `truncate` is, whose `size` then counts from the moment of the call, or a
 * `seal`.
 *
 * After a failed `flush`, `sync` or `truncate` the store is poisoned: every later call that
 * writes throws or rejects with `ERR_SEGLOG_POISONED`; reads of records that were durable still
 * work; `close` releases. After `close` every call but `close` fails with `ERR_SEGLOG_CLOSED`.
 * Arguments of another type, out of their range, or with unknown options are
 * `ERR_SEGLOG_INVALID_ARGUMENT` everywhere, and nothing was changed.
 *
 * Where a write was refused for want of room, and no sync has failed, a store may know better: the
 * failed call, and every later one that writes, fails with `ERR_SEGLOG_NOT_WRITTEN`, until a
 * `truncate` to what `flush` or `sync` covered before has dropped the rest. Then it goes on.
 */
export interface Store {
  /** Position that the next record gets: the end of the last frame, staged ones included. */
  readonly size: Position;

  /** Bytes of frames that were appended and not yet given to the OS. */
  readonly stagedBytes: number;

  /** Bytes of an unfinished append, or of an incomplete batch, that opening cut off. */
  readonly tornBytes: number;

  /**
   * Appends one record after the last. Every byte string is a legal record, the empty one too.
   *
   * Order: positions rise strictly. Durability: none before {@link Store.sync} resolves.
   * Ownership: `record` and `options.head` are copied before this returns.
   * Overlap: allowed while a flush or sync is in flight.
   *
   * @returns the position of the record's frame
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE  nothing was staged
   * @throws ERR_SEGLOG_OVERLOADED  too much is staged; nothing was added; `await flush()` helps
   * @throws ERR_SEGLOG_POISONED  an earlier write or sync failed; reopen to recover
   * @throws ERR_SEGLOG_NOT_WRITTEN  an earlier write was refused; truncate to go on
   */
  append(record: Uint8Array, options?: AppendOptions): Position;

  /**
   * The record at `position`, as a copy that the caller owns.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `position` is not in `[0, size)`
   * @throws ERR_SEGLOG_CORRUPT  no valid frame is at `position`
   */
  read(position: Position): Uint8Array;

  /**
   * The record at `position`, without a copy where the store can. Errors as {@link Store.read}.
   *
   * Ownership: lent, not to be written to; valid until the caller next awaits or calls
   * `truncate`, `seal` or `close`.
   *
   * @param split  what to split the record into; a store may do it, or leave it, and whoever
   *   changes the bytes of another store must not pass it on. See {@link SplitRead}; after an error
   *   it says nothing
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `split` is none
   */
  readView(position: Position, split?: SplitRead): Uint8Array;

  /**
   * Position of the frame that follows the one at `position`; `size` after the last.
   * Errors as {@link Store.read}, but for a checksum, which need not be looked at.
   */
  next(position: Position): Position;

  /**
   * Reads successive records forward from the frame at `from`.
   *
   * Order: ascending positions. Ownership: everything returned belongs to the caller.
   * Stops before the record that would exceed a limit (the first is always returned) or the end;
   * `from === size` gives nothing.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `from` is not in `[0, size]`
   * @throws ERR_SEGLOG_CORRUPT  at the first frame that is not valid, if nothing precedes it;
   *   else the scan ends before it
   */
  scan(from: Position, limits: ScanLimits, wishes?: ScanWishes): StoreScan;

  /**
   * For a store that was opened for reading while another process, or thread, appends to it: takes
   * in what was written since, `recordsMax` records at most, ending before the first that is not
   * whole. A store that is written through this object knows all it holds, and does nothing.
   *
   * Overlap: reading members may be called meanwhile; `size` grows when it has ended.
   */
  refresh(recordsMax: number): Promise<void>;

  /**
   * Gives everything appended before the call to the OS. Durability: none against a power cut;
   * a killed process loses nothing of it.
   *
   * @throws ERR_SEGLOG_IO  a write failed; the store is poisoned
   * @throws ERR_SEGLOG_NOT_WRITTEN  a write was refused for want of room
   */
  flush(): Promise<void>;

  /**
   * When this resolves, everything appended before the call survives a power cut.
   *
   * @throws ERR_SEGLOG_IO  a write or the sync failed; the store is poisoned
   * @throws ERR_SEGLOG_NOT_WRITTEN  a write was refused for want of room: nothing of it counts, and
   *   what it left is cut by `truncate`
   */
  sync(): Promise<void>;

  /**
   * Drops the frames from position `size` on; `size` must be 0, the store's size, or the position
   * of a frame. Staged records go first to the OS. Durability: as of {@link Store.sync}.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `size` is not in `[0, this.size]`; nothing was changed
   */
  truncate(size: Position): Promise<void>;

  /**
   * Makes everything durable, cuts what was preallocated, and leaves what only appends need to
   * other stores.
   * From the call on `append` and `truncate` fail with `ERR_SEGLOG_READ_ONLY`; reads go on, also
   * while this runs; `close` afterwards only releases, and makes no call that changes the file.
   * Idempotent.
   *
   * @throws ERR_SEGLOG_IO  a write or the sync failed; the store is poisoned
   */
  seal(): Promise<void>;

  /**
   * Makes everything durable unless poisoned, cuts what was preallocated, and releases the store.
   * Idempotent. Rejects when that last sync fails; the store is released all the same.
   */
  close(): Promise<void>;
}

/** What is stored with a record, and how. */
export interface AppendOptions {
  /** Bytes put before `record`, inside its frame; part of the record when it is read. */
  readonly head?: Uint8Array;
  /**
   * The next record belongs to the same batch: after a crash both are there or neither.
   * The last record of a batch is appended without it. Default false.
   */
  readonly batchContinues?: boolean;
}

/** How and where `openFileStore` opens a store. */
export interface OpenFileStoreOptions {
  /** The disk. */
  readonly fs: FileSystem;
  /** Path of the store file. */
  readonly path: string;
  /**
   * `"read"` never writes: a torn tail is left on the disk and only ignored, `append`, `truncate`
   * and a `create` other than `"never"` are refused. Default `"write"`.
   */
  readonly access?: "write" | "read";
  /**
   * Whether a missing file is made. Default `"ifMissing"`, or `"never"` with `access: "read"`.
   * @throws ERR_SEGLOG_EXISTS  `"exclusive"`, and the file is there
   * @throws ERR_SEGLOG_NOT_FOUND  `"never"`, and it is not
   */
  readonly create?: "ifMissing" | "exclusive" | "never";
  /**
   * Number of the store's first record, a safe integer from 0, kept in the header. Default for a
   * new file 0. For an existing file, when given, it is compared.
   * @throws ERR_SEGLOG_CORRUPT  the header holds another one
   */
  readonly baseOffset?: number;
  /**
   * Which log the store is of: a u32, the same in all stores of one log, kept in the header of a
   * new file. For an existing file it is compared, unless either is 0. Default 0: not known.
   * @throws ERR_SEGLOG_CORRUPT  the store belongs to another log
   */
  readonly logId?: number;
  /** Framing of a new file; an existing one says itself. Default `"checked"`. */
  readonly frameFormat?: FrameFormat;
  /** Longest record, in bytes, head included: 1 to 2^28 - 1. Default 64 MiB. */
  readonly recordBytesMax?: number;
  /**
   * `append` throws `ERR_SEGLOG_OVERLOADED` rather than hold more bytes of frames than this that
   * the OS has not; a single frame goes always. From 1; default 64 MiB.
   */
  readonly stagedBytesMax?: number;
  /**
   * Size of one staging block, in bytes, 4096 to 2^28. Larger blocks mean fewer parts to a write.
   * Up to 16 MiB of blocks of one size are kept for the next stores of the thread. Default 1 MiB.
   */
  readonly bufferBytes?: number;
  /**
   * Bytes of frames that the store will grow to: preallocation ends there. From 0; default: it
   * never ends.
   */
  readonly expectedBytes?: number;
  /**
   * Whether zeros are written ahead of the frames in the background, so that a sync need not
   * grow the file; none ahead of writes of more than 128 KiB. Has no effect on `"plain"` frames.
   * Default true.
   */
  readonly preallocate?: boolean;
  /** Permissions of a file that is made, before the process's umask. Default that of `fs`. */
  readonly mode?: number;
  /**
   * What the end of an existing file is known to look like.
   * - `"crashed"`: anything. All frames are read; a torn tail is cut. The safe default.
   * - `"closed"`: as `close()` left it. Nothing but the last frame is looked at.
   * - `"sealed"`: as `close()` left it, and never appended to again: `append` and `truncate` fail
   *   with `ERR_SEGLOG_READ_ONLY`. Mapped once it was read a few times;
   *   its file descriptor is closed then, where the mapping outlives it.
   */
  readonly end?: "crashed" | "closed" | "sealed";
  /**
   * How many records to keep of a file whose end is `"crashed"`, where that is known: what lies
   * behind them is cut off and not judged, since a truncation that a crash cut short leaves there
   * what it may. From 0; default: all that are whole.
   */
  readonly keepRecords?: number;
  /** Source of the new file's salt: an integer in `[0, 2^32)`. Default: cryptographic. */
  readonly random?: () => number;
}

/** Limits of a `memoryStore`. */
export interface MemoryStoreOptions {
  /** Longest record, in bytes, head included: 1 to 2^28 - 1. Default 64 MiB. */
  readonly recordBytesMax?: number;
}
