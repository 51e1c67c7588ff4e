import type { Offset, SavedCursor, SegmentRecord } from "@seglog/segment";
import type { LogRecovery, LogStats, SegmentInfo } from "./stats-contract.ts";

export type { Offset, SavedCursor } from "@seglog/segment";
export type { OpenLogOptions, Retention } from "./options-contract.ts";
export type { LogRecovery, LogStats, SegmentInfo } from "./stats-contract.ts";

/** A record as it was appended, with its offset and its time in ms since the epoch. */
export type LogRecord = SegmentRecord;

/**
 * A durable, append-only sequence of records over a catalog of segments.
 *
 * The one layer that may be called from many places at once: all members may overlap freely.
 * `append`, `appendBatch`, `read` and the properties are synchronous; what waits for the disk
 * returns a promise.
 *
 * After a failed write or sync the log is poisoned: appends, syncs and truncations fail with
 * `ERR_SEGLOG_POISONED`, the first failure as `cause`; reads of committed records go on; `close`
 * releases, and rejects if records were or may be lost; reopening recovers. After `close` every
 * call but `close` fails with `ERR_SEGLOG_CLOSED`.
 *
 * Where the disk has no room for a write or a segment, or the process no means (`ENOSPC`, `EMFILE`,
 * …), and no sync has failed, the log is only stalled: the same calls fail with
 * `ERR_SEGLOG_NOT_WRITTEN` until {@link Log.resume}.
 */
export interface Log {
  /** Where the log is, for messages. */
  readonly path: string;
  /** Whether calls that write fail with `ERR_SEGLOG_READ_ONLY`: somebody else writes, or nobody. */
  readonly readOnly: boolean;
  /** What opening found and mended. */
  readonly recovery: LogRecovery;

  /** Offset of the first record retained. Never falls. */
  readonly firstOffset: Offset;
  /** Offset that the next record gets. */
  readonly nextOffset: Offset;
  /**
   * One past the last record that is acknowledged, and so the bound of what readers see: durable
   * or, with {@link OpenLogOptions.commitOn} `"flush"`, given to the OS.
   */
  readonly committedOffset: Offset;
  /** Bytes appended and not yet given to the OS. */
  readonly stagedBytes: number;
  /**
   * Of a log that was opened read-only, the properties above, and what the members below go by,
   * are as of the last look at what its writer, in another process or thread, has committed; a
   * `tail` that waits looks by itself, and this looks now. When it resolves, what the writer had
   * acknowledged before the call can be read. A log that is written knows, and does nothing.
   *
   * @throws ERR_SEGLOG_CORRUPT | ERR_SEGLOG_IO  what was there cannot be taken in
   */
  refresh(): Promise<void>;

  /** Lowest and highest committed offset, both inclusive; `undefined` while there is none. */
  offsetRange(): OffsetRange | undefined;

  /**
   * Appends one record after the last, and rolls to a new segment where needed.
   *
   * Order: that of the calls, offsets without a gap. Durability: none before a {@link Log.sync}
   * called after it resolves. Ownership: `value` is copied before this returns.
   *
   * @returns the record's offset
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE | ERR_SEGLOG_OVERLOADED  nothing was staged
   * @throws ERR_SEGLOG_IO  there is no room for the record's index entry; nothing was staged
   */
  append(value: Uint8Array): Offset;

  /**
   * Appends records that a crash keeps or drops together. They share one segment and one time.
   * Otherwise as {@link Log.append}.
   *
   * @returns the first record's offset; the others follow without a gap
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `values` is empty
   */
  appendBatch(values: readonly Uint8Array[]): Offset;

  /**
   * Gives everything appended before the call to the OS: a killed process loses none of it.
   * @throws ERR_SEGLOG_NOT_WRITTEN  also where a {@link Log.resume} dropped it first
   */
  flush(): Promise<void>;

  /** When this resolves, all appended before the call survives a power cut. Errors: as `flush`. */
  sync(): Promise<void>;

  /**
   * The record at `offset`; the caller owns its value.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  it is not in `[firstOffset, committedOffset)`, or with
   *   `uncommitted` not in `[firstOffset, nextOffset)`
   * @throws ERR_SEGLOG_CORRUPT  the record is damaged
   */
  read(offset: Offset, options?: ReadOptions): LogRecord;

  /**
   * As {@link Log.read}, without a copy where the store can. The value is lent: not to be written
   * to, valid until the caller next awaits, or calls anything that writes.
   */
  readView(offset: Offset, options?: ReadOptions): LogRecord;

  /**
   * Committed records from a range, in batches, the caller owning the values.
   *
   * The end is that of the call, except that records truncated meanwhile are not delivered:
   * iteration goes on behind what `truncateBefore` and retention removed, and ends at what
   * `truncateAfter` removed. It holds nothing between batches.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  from the call, when `from` or `to` is not in
   *   `[firstOffset, committedOffset]`
   * @throws the signal's reason, from the iteration, when it aborts
   */
  batches(options?: BatchesOptions): AsyncIterableIterator<LogRecord[]>;

  /**
   * As {@link Log.batches}, but lent, the array, its records and their values: not to be written
   * to, valid until the next call of the iterator, whatever happens before, and then filled anew.
   */
  batchesView(options?: BatchesOptions): AsyncIterableIterator<LogRecord[]>;

  /**
   * Committed records from an offset on, and then each new one as it is committed, in batches.
   *
   * Ends, without an error, when the signal aborts or the log closes. In a log that was opened
   * read-only it looks, while it waits, what its writer commits: when the disk tells of a change,
   * and ten times a second. Goes on behind what
   * `truncateBefore` removed; after a `truncateAfter` below what was delivered, or below where it
   * was called to begin, it goes on with the records that come in their place, so that offsets
   * fall once.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  from the call, when `from` is not in
   *   `[firstOffset, committedOffset]`
   * @throws ERR_SEGLOG_POISONED  from the iteration, once everything committed was delivered
   */
  tailBatches(options?: TailOptions): AsyncIterableIterator<LogRecord[]>;

  /**
   * Offset of the first committed record whose time is `time` or later; `committedOffset` when
   * there is none.
   *
   * @param time  ms since the epoch, from 0
   * @throws ERR_SEGLOG_CORRUPT  a record that the search looks at is damaged
   */
  offsetAtTime(time: number): Offset;

  /**
   * The place of a consumer, kept in the log under `name` across crashes. Made, durably, where
   * there is none; two that are opened by one name share their place.
   *
   * @param name  1 to 64 of `a-z 0-9 . _ -`, a letter or digit first
   * @throws ERR_SEGLOG_CORRUPT  what was saved is damaged: remove it, and begin again
   * @throws ERR_SEGLOG_NOT_FOUND  there is none, and the log was opened read-only
   */
  cursor(name: string, options?: OpenCursorOptions): Promise<LogCursor>;

  /** Every cursor, by name. */
  cursors(): Promise<SavedCursor[]>;

  /** Forgets a cursor, durably; one that is not there counts as removed. */
  removeCursor(name: string): Promise<void>;

  /**
   * Drops the records before `offset`, which stays the first; `nextOffset` empties the log.
   * Durable when it resolves; done whole or not at all by a crash. Space is freed by segments.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is not in `[firstOffset, nextOffset]`
   */
  truncateBefore(offset: Offset): Promise<void>;

  /**
   * Drops the records after `offset`, which stays the last; `firstOffset - 1` empties the log.
   * What is appended from the call on follows `offset`. Records staged before the call are
   * committed first, so that their appends tell the truth. Durable when it resolves; done whole or
   * not at all by a crash.
   *
   * Truncations are carried out in the order of their calls; bounds are those that the calls
   * before it will have left.
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is not in `[firstOffset - 1, nextOffset)`
   * @throws ERR_SEGLOG_CORRUPT  the record at `offset` and the one after it are both damaged, so
   *   that where to cut cannot be told: nothing was dropped, and the log goes on. Damage elsewhere
   *   in a sealed segment, found while it is opened anew, poisons; nothing was dropped all the same
   */
  truncateAfter(offset: Offset): Promise<void>;

  /**
   * Ends a stall, if there is one: drops every record that is not committed, so that who was told
   * that an append failed was told the truth. The next append gets `committedOffset`.
   *
   * @throws ERR_SEGLOG_POISONED  dropping them failed, or a `truncateAfter` was under way; reopen
   */
  resume(): Promise<void>;

  /**
   * Applies the retention policy now; it is also applied at open and after each roll.
   * @throws what the clock throws; nothing was dropped
   */
  enforceRetention(): Promise<void>;

  /** The segments, oldest first; the last is the active one. */
  segments(): SegmentInfo[];

  /**
   * The committed records as one byte stream in the snapshot format of FORMAT.md, as of the call.
   * Its segments stay readable until it ends or is cancelled; a `truncateAfter` into what it has
   * not delivered yet, and `close`, error it.
   */
  reader(): ReadableStream<Uint8Array>;

  /** Counters and sizes. */
  stats(): LogStats;

  /**
   * Makes everything durable unless poisoned, marks the log as closed cleanly, and releases it.
   * Calls made before it are carried out, later ones fail. Idempotent: called again, it settles as
   * the first time.
   *
   * Releases everything also where it rejects. Poisoned or stalled, it resolves if all is known
   * to be durable.
   *
   * @throws ERR_SEGLOG_POISONED | ERR_SEGLOG_NOT_WRITTEN  records were appended that were never
   *   committed, or that no sync of this log covered; reopening tells which are there
   */
  close(): Promise<void>;
}

/**
 * Where a consumer is. At least once: after a crash it is where the last commit that resolved had
 * put it, or one after that; what was done since then is delivered again.
 */
export interface LogCursor {
  /** What it was opened by. */
  readonly name: string;
  /**
   * Where to go on: one past the last record that is done with, not below `firstOffset`. A
   * `truncateAfter` takes it back to the new end, durably, before it drops anything.
   */
  readonly offset: Offset;

  /**
   * Says that the records before `offset` are done with; it may also go back. Durable when it
   * resolves. Calls are carried out in their order. In a log that was opened read-only:
   * `ERR_SEGLOG_READ_ONLY`.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is above `committedOffset`
   */
  commit(offset: Offset): Promise<void>;
}

/** How a cursor is opened. */
export interface OpenCursorOptions {
  /** Where a cursor that is made begins: an offset, `"start"` or `"end"`. Default `"start"`. */
  readonly from?: Offset | "start" | "end" | undefined;
}

/** Bounds of the records that are held, both inclusive. */
export interface OffsetRange {
  readonly lowest: Offset;
  readonly highest: Offset;
}

/** Which records `Log.read` may give. */
export interface ReadOptions {
  /** Also reads records that a crash could still take back. Default false. */
  readonly uncommitted?: boolean | undefined;
}

/** Which records an iteration gives, and how many at once. */
export interface BatchesOptions extends ReadOptions {
  /** First offset, inclusive. Default `firstOffset`. */
  readonly from?: Offset | undefined;
  /** Exclusive bound. Default `committedOffset` at the call; `nextOffset` with `uncommitted`. */
  readonly to?: Offset | undefined;
  /** From `to - 1` down to `from`. Default false. */
  readonly reverse?: boolean | undefined;
  /** Records in a batch, at most; from 1. Default 1024. */
  readonly recordsMax?: number | undefined;
  /** Bytes of a batch with framing, at most; one larger record goes alone. Default 256 KiB. */
  readonly bytesMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a tail begins, and how many records it gives at once. */
export interface TailOptions {
  /** An offset, `"start"` for `firstOffset`, or `"end"` for `committedOffset`. Default `"end"`. */
  readonly from?: Offset | "start" | "end" | undefined;
  readonly recordsMax?: number | undefined;
  readonly bytesMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
