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
 * After `close` every call but `close` fails with `ERR_SEGLOG_CLOSED`.
 */
export interface Index {
  /** One past the offset last written; `undefined` when nothing was written. */
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
   * @throws ERR_SEGLOG_IO  no room could be made; nothing was written
   */
  write(offset: Offset, position: Position): void;

  /** Position of the record with `offset`; `undefined` when no entry for exactly it is kept. */
  read(offset: Offset): Position | undefined;

  /** The entry with the greatest offset at or below `offset`; `undefined` when there is none. */
  floor(offset: Offset): IndexEntry | undefined;

  /** Drops what was written for `offset` and above. Writing goes on at `offset`. */
  truncate(offset: Offset): void;

  /** When this resolves, all entries written before the call survive a power cut. */
  sync(): Promise<void>;

  /** Gives the entries to the OS, cuts the file to them, and releases it. Idempotent. */
  close(): Promise<void>;
}

export interface IndexEntry {
  readonly offset: Offset;
  readonly position: Position;
}
