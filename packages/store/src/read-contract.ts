import type { Position } from "./contract.ts";

/**
 * How `readView` may split a record: it then returns what comes after the head, and says here where
 * the head lies and where the frame ends, which spares the caller a view and a second look.
 * The caller's own, to be given again and again.
 */
export interface SplitRead {
  /** Length of the head that `append` was given: 0 to 2^28 - 1. */
  readonly headBytes: number;
  /** Holds the head, at {@link SplitRead.at}; lent as the view is. */
  bytes: Uint8Array;
  /** Where the head begins, an index of {@link SplitRead.bytes}. */
  at: number;
  /**
   * Position of the frame that follows, or `size`. The caller sets it to -1 before the call; it
   * stays so, and the record is whole, where the store does not split, or the record is shorter
   * than the head.
   */
  next: Position;
}

/** How much one scan of a store gives. */
export interface ScanLimits {
  /** At most so many records, from 1. */
  readonly recordsMax: number;
  /** At most so many bytes of frames, from 1; one record larger than this is returned alone. */
  readonly bytesMax: number;
}

/** What makes a scan faster for whoever wants it. A store may do it, or leave it. */
export interface ScanWishes {
  /**
   * Where the records may be put. Those that lie there are lent until it is given again; what does
   * not fit has memory of its own.
   */
  readonly into?: ScanSpace | undefined;
  /**
   * Begin each record so many bytes later, behind the head that `append` was given: 0 to 2^28 - 1.
   * {@link StoreScan.split} says whether it was done.
   */
  readonly headBytes?: number | undefined;
}

/** Where to find what was taken off the front of records. */
export interface SplitRecords {
  /** All records are views of this; right before each one lies its head. */
  readonly bytes: Uint8Array;
  /** Where each record begins in `bytes`, and its head ends. There may be more of them. */
  readonly starts: readonly number[];
  readonly headBytes: number;
}

/** Memory for scans, one after the other, that makes none of them cost any. */
export interface ScanSpace {
  readonly bytes: Uint8Array;
  /** Empty at first: views of `bytes`, of which a store gives those again that fit. */
  readonly views: Uint8Array[];
  /** Empty at first, the store's: where each of `views` begins in `bytes`. */
  readonly starts: number[];
}

/** Successive records of a store. */
export interface StoreScan {
  /** Position of each record's frame. */
  readonly positions: readonly Position[];
  /** The records, `records[i]` from `positions[i]`. They may share one buffer. */
  readonly records: readonly Uint8Array[];
  /** Set where the records were begun later, as wished. Absent: they are whole. */
  readonly split?: SplitRecords | undefined;
  /** Where the next scan goes on. */
  readonly next: Position;
}
