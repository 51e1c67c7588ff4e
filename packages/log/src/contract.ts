import type { Offset, SegmentRecord } from "@seglog/segment";
import type { LogRecovery, LogStats, SegmentInfo } from "./stats-contract.ts";

export type { Offset } from "@seglog/segment";
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
 * releases, and rejects if records were lost; reopening recovers. After `close` every call but
 * `close` fails with `ERR_SEGLOG_CLOSED`.
 *
 * Where the disk has no room for a write or a segment, or the process no means (`ENOSPC`, `EMFILE`,
 * …), and no sync has failed, the log is only stalled: the same calls fail with
 * `ERR_SEGLOG_NOT_WRITTEN` until {@link Log.resume}.
 */
export interface Log {
  /** Where the log is, for messages. */
  readonly path: string;
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
   * Ends, without an error, when the signal aborts or the log closes. Goes on behind what
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
   * Releases everything also where it rejects. Poisoned or stalled, it resolves if nothing is lost.
   *
   * @throws ERR_SEGLOG_POISONED | ERR_SEGLOG_NOT_WRITTEN  records were appended that were never
   *   committed, or that this call failed to make durable; reopening tells which are there
   */
  close(): Promise<void>;
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

/**
 * What is dropped without being asked; each limit by itself. The active segment goes by age only,
 * and only as a whole.
 */
export interface Retention {
  /** Oldest sealed segments go while all together are larger; from 1. */
  readonly bytesMax?: number | undefined;
  /** Segments go whose last record is older, in ms; the active one is rolled for it. From 1. */
  readonly ageMsMax?: number | undefined;
  /** Oldest sealed segments go while there are more; from 1. */
  readonly segmentsMax?: number | undefined;
}

/** How `openLog` opens a log; every field may be left out. */
export interface OpenLogOptions {
  /** First offset of a log that is made; an existing one keeps its own. Default 0. */
  readonly firstOffset?: Offset | undefined;
  /**
   * A new segment begins with the append that finds the first record of the active one so old,
   * in ms. From 1; default never.
   */
  readonly segmentAgeMsMax?: number | undefined;
  /**
   * Longest value, in bytes: 0 to 2^28 - 9; not above what the catalog's stores take less 8.
   * Default 64 MiB.
   */
  readonly recordBytesMax?: number | undefined;
  /**
   * Bytes that may be staged, framing included; beyond it appends throw, but a single record goes
   * when nothing is staged. From 1, not above what the catalog's stores take; default 64 MiB.
   */
  readonly stagedBytesMax?: number | undefined;
  /** What commits a record: `"sync"` (default), or `"flush"`: given to the OS. */
  readonly commitOn?: "sync" | "flush" | undefined;
  readonly retention?: Retention | undefined;
  /**
   * ms since the epoch, below 2^48; asked for each record or batch. Default `Date.now`, asked once
   * for up to 32 of one turn. Times of records never fall all the same.
   */
  readonly clock?: (() => number) | undefined;
}
