import type { Index } from "@seglog/index";
import type { ScanSpace, Store } from "@seglog/store";
import type {
  CatalogState,
  LogProgress,
  OpenListedOptions,
  PublishedProgress,
  SavedCursor,
  SegmentListing,
} from "./catalog-contract.ts";

export type {
  CatalogState,
  LogCut,
  LogProgress,
  OpenListedOptions,
  PublishedProgress,
  SavedCursor,
  SegmentListing,
} from "./catalog-contract.ts";

/** A record's number in the log: a safe integer from 0, rising by one, never reused. */
export type Offset = number;

/** A record as it was appended, with its offset and time. */
export interface SegmentRecord {
  readonly offset: Offset;
  /** When it was appended: ms since the epoch, an integer in `[0, 2^48)`. */
  readonly time: number;
  /** The bytes; who owns them is said by the method that returns the record. */
  readonly value: Uint8Array;
}

/**
 * One store and one index as a range of offsets `[baseOffset, nextOffset)`.
 *
 * Single-threaded by contract: no two calls run at the same time, except that `append` and the
 * reading members may be called while a `flush` or `sync` is in flight, and the reading members
 * also while a `truncate`, `seal` or `refresh` is; what a truncate drops is not held from the call
 * on. Failures are those of the store, `ERR_SEGLOG_NOT_WRITTEN` too: see `Store`.
 * After `close` every call but `close` and `hasRoom` fails with `ERR_SEGLOG_CLOSED`.
 */
export interface Segment {
  /** Offset of the first record, and name of the segment. */
  readonly baseOffset: Offset;
  /** Offset that the next record gets; equal to `baseOffset` while the segment is empty. */
  readonly nextOffset: Offset;
  /** Bytes of frames, staged ones included. */
  readonly storeBytes: number;
  /** Bytes of index entries. */
  readonly indexBytes: number;
  /** Bytes appended and not yet given to the OS. */
  readonly stagedBytes: number;
  /** Bytes of an unfinished append or batch that opening cut off. */
  readonly tornBytes: number;
  /** Whether opening found the index wrong and wrote it anew from the store. */
  readonly indexRebuilt: boolean;
  /** Whether the store has reached `segmentBytesMax`, or the index `indexEntriesMax`. */
  readonly isFull: boolean;

  /** Whether so many records of together `recordBytes` fit: in an empty segment, any do. */
  hasRoom(recordBytes: number, recordCount: number): boolean;

  /**
   * Appends one record after the last, whether the segment is full or not.
   *
   * Durability: none before {@link Segment.sync} resolves. Ownership: `value` is copied.
   *
   * @param time  ms since the epoch, an integer in `[0, 2^48)`, not below the last record's
   * @param batchContinues  the next record belongs to the same batch; see `Store.append`
   * @returns the record's offset
   * @throws ERR_SEGLOG_READ_ONLY  the segment is sealed
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `time`; or the next offset would be above 2^53 - 1
   * @throws as `Store.append` and `Index.write`; nothing was appended
   */
  append(value: Uint8Array, time: number, batchContinues: boolean): Offset;

  /**
   * The record with `offset`; its value is a copy that the caller owns.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is not in `[baseOffset, nextOffset)`
   * @throws ERR_SEGLOG_CORRUPT  no valid frame is where the record must be
   */
  read(offset: Offset): SegmentRecord;

  /**
   * As {@link Segment.read}, without a copy where the store can. `value` is lent: not to be
   * written to, valid until the caller next awaits or calls `truncate` or `close`.
   */
  readView(offset: Offset): SegmentRecord;

  /**
   * Successive records from `from`, in ascending order; the caller owns the values, which may
   * share one buffer. Ends before `to`, before the record that would exceed a limit (the first
   * is always returned), or at `nextOffset`. `from === nextOffset` gives none.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `from` is not in `[baseOffset, nextOffset]`
   * @throws ERR_SEGLOG_CORRUPT  at the first record, if it is not valid
   */
  scan(from: Offset, limits: SegmentScanLimits): SegmentRecord[];

  /** Time of the record with `offset`; errors as {@link Segment.read}. */
  timeOf(offset: Offset): number;

  /**
   * For a segment that was opened read-only while somebody else appends to it: takes in the records
   * before `nextOffset` that were written since. Fewer, where fewer are there, or where the store
   * cannot tell. One that is written through this object knows all it holds, and does nothing.
   */
  refresh(nextOffset: Offset): Promise<void>;

  /** Gives everything appended before the call to the OS; see `Store.flush`. */
  flush(): Promise<void>;

  /** When this resolves, everything appended before the call survives a power cut. */
  sync(): Promise<void>;

  /**
   * Drops the records from `offset` on; they need not be durable, what stays is.
   *
   * @throws ERR_SEGLOG_OUT_OF_RANGE  `offset` is not in `[baseOffset, nextOffset]`
   * @throws ERR_SEGLOG_CORRUPT  where the record begins cannot be told; nothing was dropped
   * @throws ERR_SEGLOG_READ_ONLY  the segment is sealed
   */
  truncate(offset: Offset): Promise<void>;

  /**
   * Makes everything durable, cuts what was preallocated, and refuses `append` and `truncate`
   * from the call on. Reads go on. Idempotent: called again, it settles as the first time.
   */
  seal(): Promise<void>;

  /** Makes everything durable unless poisoned, and releases store and index. Idempotent. */
  close(): Promise<void>;
}

/** How much one scan of a segment gives. */
export interface SegmentScanLimits {
  /** Exclusive bound of the offsets. */
  readonly to: Offset;
  /** At most so many records, from 1. */
  readonly recordsMax: number;
  /** At most so many bytes of frames, from 1. */
  readonly bytesMax: number;
  /** What the records are put into, and so lent until it is given again. Default: nothing. */
  readonly into?: SegmentScanSpace | undefined;
}

/** Memory of the caller that scans of a segment fill again and again. */
export interface SegmentScanSpace extends ScanSpace {
  /** Empty at first: records that are filled anew. */
  readonly records: SegmentRecord[];
}

/** The parts and limits of a segment. */
export interface OpenSegmentOptions {
  readonly baseOffset: Offset;
  /** Owned by the segment from now on. */
  readonly store: Store;
  /** Owned by the segment from now on. Checked against the store, written anew where wrong. */
  readonly index: Index;
  /** Full when the store holds so many bytes of frames: 1 to 1 GiB. Default 64 MiB. */
  readonly segmentBytesMax?: number;
  /** Full when it holds so many records: 1 to 2^26. Default 2^26. */
  readonly indexEntriesMax?: number;
  /** Whether the index is believed where it agrees with the store at both ends. Default false. */
  readonly trustIndex?: boolean;
  /**
   * The offset after the last record, where the caller knows it (a sealed segment ends where the
   * next begins). Default: counted.
   * @throws ERR_SEGLOG_CORRUPT  from `openSegment`, when the store does not hold that many
   */
  readonly nextOffset?: Offset;
  /**
   * Opens what `index` has written for reading only. Called once, by `seal`: the segment then
   * reads through it, and closes `index`. Default: `index` is kept.
   */
  readonly openSealedIndex?: () => Promise<Index>;
  /** Where the segment is, for error messages. */
  readonly path?: string;
}

/**
 * The segments of one log, and the little that a log must remember beside them.
 * The log above names no files; whoever implements this decides where segments live.
 *
 * Single-threaded by contract: no two calls run at the same time. After `close` every call but
 * `close` fails with `ERR_SEGLOG_CLOSED`; opened read-only, every call that writes with
 * `ERR_SEGLOG_READ_ONLY`. A base offset that is no safe integer from 0 is
 * `ERR_SEGLOG_INVALID_ARGUMENT`.
 */
export interface SegmentCatalog {
  /** Where the segments are, for messages: the directory. */
  readonly path: string;
  readonly readOnly: boolean;
  /** How stores and indexes are mapped: `FileSystem.mapper`. */
  readonly mapper: string;

  /** Every segment that is there, by ascending base offset. */
  list(): Promise<SegmentListing[]>;

  /**
   * Makes an empty segment for appending. Durability: its name lasts when this resolves.
   * A failed call leaves nothing behind.
   * @throws ERR_SEGLOG_EXISTS  there is one with this base offset
   */
  create(baseOffset: Offset): Promise<Segment>;

  /**
   * Opens a segment that is there. What its end looks like decides `options.mode`.
   * @throws ERR_SEGLOG_NOT_FOUND  there is none with this base offset
   * @throws ERR_SEGLOG_CORRUPT  damage that `mode` does not allow
   */
  open(baseOffset: Offset, options: OpenListedOptions): Promise<Segment>;

  /**
   * Removes segments, open or not; their open objects stay readable until closed.
   * Durability: all of them are gone for good when this resolves. A crash in between may leave any.
   * One that is not there counts as removed.
   */
  remove(baseOffsets: readonly Offset[]): Promise<void>;

  /** What {@link SegmentCatalog.saveState} last saved; `undefined` when nothing ever was. */
  loadState(): Promise<CatalogState | undefined>;

  /**
   * Saves `state`. Atomic and durable: a crash, or a failure, leaves the old or the new one.
   * After a failure it may be tried again.
   */
  saveState(state: CatalogState): Promise<void>;

  /**
   * Tells whoever reads the log in other processes and threads of this machine how far it is; from
   * the first saved state on that says that the log is open.
   * Synchronous, and shows at once; a system call at most. Durability: none, and none is needed:
   * what was published before the system started is not believed.
   *
   * @throws ERR_SEGLOG_IO  it did not come out; what was published before may still stand
   */
  publish(progress: LogProgress): void;

  /**
   * What {@link SegmentCatalog.publish} was last called with, in whatever process, since the system
   * started; `undefined` where nothing was, or where it is not known. Synchronous.
   * Read-only, it may not be known before the first `loadState`; what was made later is found by
   * the next. A catalog that can be followed knows it from then on, also of a writer that closed.
   */
  published(): PublishedProgress | undefined;

  /**
   * Calls `onChange` when something may have been written: a hint, which may also come for nothing,
   * late, or never.
   */
  watch(onChange: () => void): { close(): void };

  /** Every cursor that was saved and not removed, by name in ascending order. */
  listCursors(): Promise<SavedCursor[]>;

  /**
   * Saves where a consumer is. Atomic and durable, as `saveState`.
   * @throws ERR_SEGLOG_INVALID_ARGUMENT  `name` is no cursor's name
   */
  saveCursor(name: string, offset: Offset): Promise<void>;

  /** Forgets a cursor, durably; one that is not there counts as removed. */
  removeCursor(name: string): Promise<void>;

  /** Releases the catalog and its lock, not the segments. Idempotent. */
  close(): Promise<void>;
}
