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
  /** After `close`: opens for appending what was left. Absent where nothing outlives closing. */
  readonly reopen?: () => Promise<Segment>;
  /** Removes what the case left. Called also after a failure. */
  dispose(): Promise<void>;
}

/** A catalog under test. Each case gets one of its own. */
export interface SegmentCatalogHarness {
  /** Opens the catalog for writing: empty at first, after `close` with what was left. */
  open(): Promise<SegmentCatalog>;
  /** Opens it read-only, also while it is open for writing. Absent where that is not possible. */
  readonly openReadOnly?: () => Promise<SegmentCatalog>;
  /** Whether `open` fails with `ERR_SEGLOG_LOCKED` while the catalog is open for writing. */
  readonly locks: boolean;
  /** Removes what the case left. Called also after a failure. */
  dispose(): Promise<void>;
}

/** Cases by name, each given a harness of its own. */
export type Cases<Harness> = Readonly<Record<string, (harness: Harness) => Promise<void>>>;
