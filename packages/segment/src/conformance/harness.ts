import type { Offset, Segment, SegmentCatalog } from "../contract.ts";

/** One promise of the contract, and how it is proved. */
export interface ConformanceCase {
  /** The promise, in words. Unique within the kit. */
  readonly name: string;
  /** Resolves when the promise holds; rejects with an Error that says what was found instead. */
  run(): Promise<void>;
}

/** What a case asks of the segment that it gets. */
export interface SegmentRequest {
  readonly baseOffset: Offset;
  /** Default 64 MiB. */
  readonly segmentBytesMax?: number;
  /** Default 2^26. */
  readonly indexEntriesMax?: number;
}

/** A segment under test. Each case gets one of its own. */
export interface SegmentHarness {
  /** Opens the empty segment; called once. Records of 3 MiB must fit. */
  open(request: SegmentRequest): Promise<Segment>;
  /**
   * After `close`: opens for appending what was left. Needed for `SegmentTraits.persistent` only.
   */
  readonly reopen?: () => Promise<Segment>;
  /** Removes what the case left. Called also after a failure. */
  dispose(): Promise<void>;
}

/** A catalog under test. Each case gets one of its own. */
export interface SegmentCatalogHarness {
  /** Opens the catalog for writing: empty at first, after `close` with what was left. */
  open(): Promise<SegmentCatalog>;
  /**
   * Opens it read-only, also while it is open for writing, as another process does. Needed for
   * `SegmentCatalogTraits.follows` only.
   */
  readonly openReadOnly?: () => Promise<SegmentCatalog>;
  /** Removes what the case left. Called also after a failure. */
  dispose(): Promise<void>;
}

/** What the segments of a factory can do. Each adds cases to the kit. */
export interface SegmentTraits {
  /** A segment that was closed can be opened again: the harnesses have `reopen`. */
  readonly persistent?: boolean;
}

/** What the catalogs of a factory can do. Each adds cases to the kit. */
export interface SegmentCatalogTraits {
  /** They are read beside their writer, and follow it: the harnesses have `openReadOnly`. */
  readonly follows?: boolean;
  /** `open` fails with `ERR_SEGLOG_LOCKED` while the catalog is open for writing. */
  readonly locks?: boolean;
}

/** Cases by name, each given a harness of its own. */
export type Cases<Harness> = Readonly<Record<string, (harness: Harness) => Promise<void>>>;
