import type { GroupCommitStats } from "@seglog/groupcommit";
import type {
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  OpenCursorOptions,
  SavedCursor,
  SegmentInfo,
} from "@seglog/log";
import type { BytesOrString } from "./options-contract.ts";

export type { BytesOrString, Codec, Durability, OpenLogOptions } from "./options-contract.ts";

/** A record as it is read. */
export interface TypedRecord<Out> {
  readonly offset: Offset;
  /** When it was appended, in ms since the epoch; never falls along the log. */
  readonly time: number;
  readonly value: Out;
}

/**
 * A durable, append-only log in a directory: records of type `In` go in, come back as `Out`.
 *
 * All members may be called at any time and overlap freely. After a failed write or sync the log
 * is poisoned: whoever waits, and every later append, is rejected with `ERR_SEGLOG_POISONED`;
 * reads of committed records go on; `close` releases; reopening recovers. After `close` every call
 * but `close` fails with `ERR_SEGLOG_CLOSED`.
 *
 * A full disk, and a lack of descriptors or memory, is no such failure: whoever waits is rejected
 * with `ERR_SEGLOG_NOT_WRITTEN`, what was not committed is dropped for good, and the log goes on;
 * what is appended until that is done, some ms, is rejected as well.
 * Whoever uses {@link Seglog.write} is told by the next {@link Seglog.sync}, and until then by
 * every `write`; the offsets that were lost are given again.
 */
export interface Seglog<In = BytesOrString, Out = Uint8Array> {
  /** The log's directory, as an absolute path. */
  readonly path: string;
  readonly readOnly: boolean;
  /** What opening found and mended. */
  readonly recovery: LogRecovery;
  /** Offset of the first record retained. */
  readonly firstOffset: Offset;
  /** Offset that the next record gets. */
  readonly nextOffset: Offset;
  /** One past the last acknowledged record, and so the bound of what readers see. */
  readonly committedOffset: Offset;

  /**
   * Appends one record and resolves with its offset once it is acknowledged; what that means is
   * said by {@link OpenLogOptions.durability}.
   *
   * Order: staged at once, in call order; two calls in one tick get consecutive offsets. Beyond
   * `stagedBytesMax` the record waits its turn, and must not change until the promise settles.
   *
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE | ERR_SEGLOG_CODEC  nothing was staged
   * @throws ERR_SEGLOG_OVERLOADED  `waitingMax` appends wait for room
   * @throws the signal's reason, when it aborts before the record has an offset
   */
  append(value: In, options?: AppendOptions): Promise<Offset>;

  /**
   * Appends records that a crash keeps or drops together, and resolves with the first one's
   * offset; the others follow without a gap. Otherwise as {@link Seglog.append}.
   */
  appendBatch(values: readonly In[], options?: AppendOptions): Promise<Offset>;

  /**
   * Stages one record and returns its offset. Durability: as of the next {@link Seglog.sync}.
   *
   * @throws ERR_SEGLOG_OVERLOADED  `stagedBytesMax` is reached, or appends wait for room; nothing
   *   was staged; `await ready()`
   * @throws ERR_SEGLOG_NOT_WRITTEN  earlier records are lost: `sync` says so, and ends that
   */
  write(value: In): Offset;

  /**
   * Stages records that a crash keeps or drops together, and returns the first one's offset; the
   * others follow without a gap. Otherwise as {@link Seglog.write}.
   *
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE  a record, or all of them together; nothing was staged
   */
  writeBatch(values: readonly In[]): Offset;

  /**
   * Resolves when there is room for what {@link Seglog.write} last refused, which is then to be
   * written again; at once where nothing was refused. The next value may need more room.
   */
  ready(): Promise<void>;

  /**
   * When this resolves, everything staged before the call is durable, whatever the policy.
   *
   * @throws ERR_SEGLOG_NOT_WRITTEN  some of it is lost; `nextOffset` tells where to go on
   */
  sync(): Promise<void>;

  /**
   * The record at `offset`, synchronously; its value belongs to the caller.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  it is not in `[firstOffset, committedOffset)`, or with
   *   `uncommitted` not in `[firstOffset, nextOffset)`
   * @throws ERR_SEGLOG_CORRUPT  it is damaged
   */
  read(offset: Offset, options?: ReadOptions): TypedRecord<Out>;

  /**
   * As {@link Seglog.read}, without a copy: the codec decodes the bytes where they lie. What the
   * default codec, or any that gives back bytes that it was given, returns is lent: not to be
   * written to, valid until the caller next awaits, writes, truncates or closes.
   */
  readView(offset: Offset, options?: ReadOptions): TypedRecord<Out>;

  /**
   * Committed records of a range, as arrays. Ends where the log ended at the call; what is
   * truncated meanwhile is not delivered. Nothing is held between two batches.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  from the call, when `from` or `to` is not in
   *   `[firstOffset, committedOffset]`
   */
  batches(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>[]>;

  /**
   * As {@link Seglog.batches}, for whoever is done with a batch before asking for the next.
   *
   * Ownership: the codec decodes lent bytes. With the default codec the array, its records and
   * their values are lent, not to be written to, valid until the next call of the iterator,
   * whatever is awaited or truncated before that. They are the same objects each time, filled anew.
   */
  batchesView(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>[]>;

  /** As {@link Seglog.batches}, one record at a time. */
  records(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>>;

  /**
   * Committed records from an offset on, and each new one once it is committed.
   *
   * Ends without an error when the signal aborts or the log closes. After a `truncateAfter` below
   * what was delivered it goes on with the records that come in their place: offsets fall once.
   */
  tail(options?: TailOptions): AsyncIterableIterator<TypedRecord<Out>>;

  /**
   * The records of a range, one a chunk, for `pipeTo`, and for `pipeline` of
   * `node:stream/promises`. Options and end as of {@link Seglog.batches}; errors of those error the
   * stream. Holds one batch at a time. `ReadableStream.from(log.tail())` goes on live.
   */
  readable(options?: BatchesOptions): ReadableStream<TypedRecord<Out>>;

  /**
   * Takes values, one a chunk, each staged as by {@link Seglog.write}, and waits where that has no
   * room: a slow disk holds back whoever writes, with `stagedBytesMax` in memory at most.
   * Durability: closing the stream is a {@link Seglog.sync}; aborting it appends no more, and takes
   * nothing back. The log stays open. `pipeline` takes it, too; its types do not know yet: cast it.
   */
  writable(): WritableStream<In>;

  /**
   * The place of a consumer, kept in the log under `name` across crashes; made, durably, where
   * there is none. At least once: what was not committed is delivered again. Of a log opened
   * read-only it is as of this call: what its consumer commits later another call tells.
   *
   * @param name  1 to 64 of `a-z 0-9 . _ -`, a letter or digit first
   * @throws ERR_SEGLOG_CORRUPT  what was saved is damaged: remove it, and begin again
   * @throws ERR_SEGLOG_NOT_FOUND  there is none, and the log was opened read-only
   */
  cursor(name: string, options?: OpenCursorOptions): Promise<Cursor<Out>>;

  /** Every cursor, by name; `offset` is `undefined` where what was saved is damaged. */
  cursors(): Promise<SavedCursor[]>;

  /** Forgets a cursor, durably; one that is not there counts as removed. */
  removeCursor(name: string): Promise<void>;

  /**
   * Of a log that was opened `readOnly`: looks now how far its writer, in another process or
   * thread, is. When it resolves, what that had acknowledged before the call can be read; until
   * then offsets and reads are as of the last look. A `tail` looks by itself.
   */
  refresh(): Promise<void>;

  /** Lowest and highest committed offset, both inclusive; `undefined` while there is none. */
  offsetRange(): OffsetRange | undefined;

  /**
   * Offset of the first committed record whose time is `time`, in ms since the epoch, or later;
   * `committedOffset` when there is none.
   *
   * @throws ERR_SEGLOG_CORRUPT  a record that had to be looked at is damaged
   */
  offsetAtTime(time: number): Offset;

  /**
   * Drops the records before `offset`, which stays the first; `nextOffset` empties the log.
   * Offsets go on: none is used again. Durable, and whole, when it resolves.
   */
  truncateBefore(offset: Offset): Promise<void>;

  /**
   * Drops the records after `offset`, which stays the last; `firstOffset - 1` empties the log.
   * What is appended from the call on takes the dropped records' offsets. Durable, and whole, when
   * it resolves.
   */
  truncateAfter(offset: Offset): Promise<void>;

  /** The segments, oldest first; the last is the active one. */
  segments(): SegmentInfo[];

  /** The committed records as one byte stream, for {@link restoreLog}; as of the call. */
  reader(): ReadableStream<Uint8Array>;

  /** Counters and sizes; which mapper is in use. */
  stats(): SeglogStats;

  /**
   * Commits what is staged, settles every promise, and releases everything. Idempotent.
   *
   * @throws ERR_SEGLOG_POISONED  a record that was staged could not be committed; everything is
   *   released all the same
   */
  close(): Promise<void>;
  /** As {@link Seglog.close}: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where a consumer is, and the records from there on. */
export interface Cursor<Out> extends AsyncIterable<TypedRecord<Out>> {
  /** What it was opened by. */
  readonly name: string;
  /**
   * Where to go on: one past the last record that is done with, not below `firstOffset`. A
   * `truncateAfter` takes it back to the new end.
   */
  readonly offset: Offset;

  /**
   * Says that the records before `offset` are done with: `commit(record.offset + 1)`. It may also
   * go back. Durable when it resolves; costs a sync of its own.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is above `committedOffset`
   * @throws ERR_SEGLOG_READ_ONLY  the log was opened read-only
   */
  commit(offset: Offset): Promise<void>;

  /** Records from {@link Cursor.offset} to where the log ends now. */
  records(options?: CursorRecordsOptions): AsyncIterableIterator<TypedRecord<Out>>;

  /** Records from {@link Cursor.offset} on, and each new one; as the cursor itself in a loop. */
  tail(options?: CursorTailOptions): AsyncIterableIterator<TypedRecord<Out>>;
}

/** What a cursor's records are limited by. */
export type CursorRecordsOptions = Omit<BatchesOptions, "from" | "to" | "reverse" | "uncommitted">;
/** What ends a cursor's tail. */
export type CursorTailOptions = Omit<TailOptions, "from">;

/** How one append is made. */
export interface AppendOptions {
  /** Honoured until the record has an offset; afterwards the promise tells what became of it. */
  readonly signal?: AbortSignal | undefined;
}

/** Which records `Seglog.read` may give. */
export interface ReadOptions {
  /** Also reads records that a crash could still take back. Default false. */
  readonly uncommitted?: boolean | undefined;
}

/** Which records an iteration gives, in which order, and how many at once. */
export interface BatchesOptions extends ReadOptions {
  /** First offset, inclusive. Default `firstOffset`. */
  readonly from?: Offset | undefined;
  /** Exclusive bound. Default `committedOffset`, at the call. */
  readonly to?: Offset | undefined;
  /** From `to - 1` down to `from`. Default false. */
  readonly reverse?: boolean | undefined;
  /** Records in one batch, at most; from 1. Default 1024. */
  readonly recordsMax?: number | undefined;
  /** Bytes of one batch with framing, at most; one larger record goes alone. Default 256 KiB. */
  readonly bytesMax?: number | undefined;
  /** Ends the iteration with the signal's reason as error. */
  readonly signal?: AbortSignal | undefined;
}

/** Where a tail begins and when it ends. */
export interface TailOptions {
  /** An offset, `"start"`, or `"end"`: only what is committed from now on. Default `"end"`. */
  readonly from?: Offset | "start" | "end" | undefined;
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
}

/** Counters since opening, and sizes now; docs/watching.md has each with its unit. */
export interface SeglogStats extends LogStats {
  readonly groupCommit: GroupCommitStats;
}
