import type { FileSystem } from "@seglog/fs";

/** A record's number in the log: a safe integer from 0. */
export type Offset = number;
/** A byte address in one store: a safe integer from 0. */
export type Position = number;

/**
 * Where each record of one store lies: entries of (offset, position), both strictly rising,
 * offsets without a gap.
 *
 * An index is a cache over a store: its content may be lost or stale after a crash, and whoever
 * uses it checks it and writes it anew. Single-threaded by contract.
 * After `close` every call but `close` fails with `ERR_SEGLOG_CLOSED`; the two properties keep
 * their last values. An argument that is no safe integer from 0 is `ERR_SEGLOG_INVALID_ARGUMENT`.
 */
export interface Index {
  /** One past the offset last written; `undefined` when nothing was written, or all was dropped. */
  readonly nextOffset: Offset | undefined;

  /** Bytes that the entries take on disk or, for an index without a file, in memory. */
  readonly bytes: number;

  /**
   * Notes that the record with `offset` lies at `position`.
   * The first offset may be any; each later one must be {@link Index.nextOffset}.
   * An implementation may keep only some entries, but always the first.
   *
   * Durability: none before {@link Index.sync}.
   *
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `offset` is not the next one, or `position` does not rise
   * @throws ERR_SEGLOG_IO  no room could be made; nothing was written, a later call may succeed
   * @throws ERR_SEGLOG_READ_ONLY  the index was opened for reading
   */
  write(offset: Offset, position: Position): void;

  /** Position of the record with `offset`; `undefined` when no entry for exactly it is kept. */
  read(offset: Offset): Position | undefined;

  /** The entry with the greatest offset at or below `offset`; `undefined` when there is none. */
  floor(offset: Offset): IndexEntry | undefined;

  /**
   * Drops what was written for `offset` and above. Writing goes on at `offset`, or anywhere when
   * nothing is left. Does nothing where nothing of `offset` or above was written.
   *
   * Durability: none; after a crash, what was dropped may be there again.
   *
   * @throws ERR_SEGLOG_IO  the disk refused; the entries are dropped all the same
   * @throws ERR_SEGLOG_READ_ONLY  the index was opened for reading
   */
  truncate(offset: Offset): void;

  /**
   * When this resolves, all entries written before the call survive a power cut.
   *
   * Overlap: every member but `close` may be called while a sync is in flight.
   *
   * @throws ERR_SEGLOG_IO  the sync failed
   * @throws ERR_SEGLOG_POISONED  an earlier sync failed, and what it left is unknown for good;
   *   only syncing is refused
   */
  sync(): Promise<void>;

  /**
   * Gives the entries to the OS, cuts the file to them, and releases it. Idempotent.
   *
   * @throws ERR_SEGLOG_IO  flushing or cutting failed; everything is released all the same
   */
  close(): Promise<void>;
}

/** One entry of an index. */
export interface IndexEntry {
  readonly offset: Offset;
  readonly position: Position;
}

/** Where and how `openMappedIndex` opens its file. */
export interface OpenMappedIndexOptions {
  readonly fs: FileSystem;
  readonly path: string;
  /**
   * `"read"` never changes the file; `write` and `truncate` then fail with
   * `ERR_SEGLOG_READ_ONLY`. Default `"write"`.
   */
  readonly access?: "write" | "read";
  /**
   * Whether a missing file is made; only with access `"write"`. Default `"ifMissing"`.
   * A name that was made lasts only after `fs.syncDirectory` of its directory, by the caller.
   */
  readonly create?: "ifMissing" | "exclusive" | "never";
  /** Permissions of a file that is made, before the umask: 0 to `0o777`. Default `0o666`. */
  readonly mode?: number;
  /**
   * Entries by which the file first grows, 1 to 65,536. Default 4096, which are 64 KiB.
   * Each later step is as long as the file, up to 65,536 entries, which are 1 MiB.
   */
  readonly growEntries?: number;
}

/** How much `sparseIndex` keeps. */
export interface SparseIndexOptions {
  /**
   * An entry is kept when it lies at least so many bytes behind the one kept before it.
   * From 1, which keeps every entry. Default 4096.
   */
  readonly bytesBetween?: number;
}
