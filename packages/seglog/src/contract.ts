import type { FileSystem } from "@seglog/fs";
import type { GroupCommitStats } from "@seglog/groupcommit";
import type { Index } from "@seglog/index";
import type {
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  Retention,
  SegmentInfo,
} from "@seglog/log";
import type { OpenIndexRequest, OpenStoreRequest } from "@seglog/segment";
import type { FrameFormat, Store } from "@seglog/store";

/** What a log without a codec takes: bytes, or a string, which is stored as UTF-8. */
export type BytesOrString = Uint8Array | string;

/** Turns values into bytes and back. Both must be pure: the same input, the same output. */
export interface Codec<In, Out = In> {
  /** The bytes of `value`; the log copies them before the call that encodes returns. */
  readonly encode: (value: In) => Uint8Array;
  /**
   * The value of `bytes`, not to be written to. Those of the methods whose names end in `View` are
   * lent, as they say; all others may be kept, and are not reused.
   */
  readonly decode: (bytes: Uint8Array) => Out;
}

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

  /** Resolves when {@link Seglog.write} has room again. */
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

/** What an acknowledgement means. */
export type Durability =
  /** The record survives a power cut: a sync that covers it has finished. */
  | "commit"
  /** The OS has it, and a sync follows within so many ms: a power cut takes at most that time. */
  | { readonly everyMs: number }
  /** The OS has it: a killed process loses nothing, a power cut may. */
  | "os";

/** Every field may be left out; an unknown name is `ERR_SEGLOG_INVALID_ARGUMENT`. */
export interface OpenLogOptions<In = BytesOrString, Out = Uint8Array> {
  /** Turns values into bytes and back. Default: `Uint8Array` or string in, `Uint8Array` out. */
  readonly codec?: Codec<In, Out> | undefined;
  /** First offset of a log that is made; one that is there keeps its own. Default 0. */
  readonly firstOffset?: Offset | undefined;
  /** What an acknowledgement means. Default `"commit"`. `everyMs`: 1 to 3,600,000. */
  readonly durability?: Durability | undefined;
  /** A segment is full with so many bytes of frames: 1 to 2^30. Default 64 MiB. */
  readonly segmentBytesMax?: number | undefined;
  /**
   * A new segment begins with the append that finds the active one's first record so old, in ms.
   * Default never.
   */
  readonly segmentAgeMsMax?: number | undefined;
  /** A segment is full with so many records: 1 to 2^26. Default 2^26. */
  readonly indexEntriesMax?: number | undefined;
  /** Longest value, in bytes: 0 to 2^28 - 9. Default 64 MiB. */
  readonly recordBytesMax?: number | undefined;
  /** Bytes staged and not yet acknowledged, each record with 16 more: 1 to 2^30. Default 64 MiB. */
  readonly stagedBytesMax?: number | undefined;
  /**
   * How many appends may wait for room beyond `stagedBytesMax`; one more rejects with
   * `ERR_SEGLOG_OVERLOADED`. From 0. Default 1,000,000: some hundred MiB of heap.
   */
  readonly waitingMax?: number | undefined;
  /**
   * Of segments made from now on. `"plain"` has no checksums: damage is not found, and after a
   * power cut neither are records that did not reach the disk whole. Default `"checked"`.
   */
  readonly frameFormat?: FrameFormat | undefined;
  /** What is dropped without being asked, in the background. Default nothing. */
  readonly retention?: Retention | undefined;
  /**
   * Takes no lock, never writes; sees what is there at open. Files are read by calls and not
   * mapped, since a writer may cut them. Default false.
   */
  readonly readOnly?: boolean | undefined;
  /** Permissions of every file made, before the umask. Default 0o644. */
  readonly mode?: number | undefined;
  /** The time in ms since the epoch. Default `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** The disk. Default `nodeFileSystem()`. */
  readonly fs?: FileSystem | undefined;
  /** Opens a segment's store. Default `openFileStore`. */
  readonly openStore?: ((request: OpenStoreRequest) => Promise<Store>) | undefined;
  /** Opens a segment's index. Default `openMappedIndex`; `memoryIndex` for `"scratch"`. */
  readonly openIndex?: ((request: OpenIndexRequest) => Promise<Index>) | undefined;
}
