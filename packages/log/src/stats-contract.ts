import type { Offset } from "./contract.ts";

/** What opening a log found and mended. */
export interface LogRecovery {
  /** Whether the log was closed cleanly, or is new. */
  readonly clean: boolean;
  /** Bytes of unfinished appends that were cut off. Never anything acknowledged. */
  readonly tornBytes: number;
  /** Base offsets of the segments whose index was written anew. */
  readonly indexesRebuilt: readonly Offset[];
}

/** One segment of a log, as it was when it was asked for. */
export interface SegmentInfo {
  /** Offset of its first record. */
  readonly baseOffset: Offset;
  /** One past its last record. */
  readonly nextOffset: Offset;
  /** Bytes of its frames, staged ones included. */
  readonly storeBytes: number;
  /** Bytes of its index entries. */
  readonly indexBytes: number;
  /** Whether it is the one that is appended to. */
  readonly active: boolean;
  /**
   * Time of its first record, in ms since the epoch; `undefined` where there is none, or where
   * that record is damaged.
   */
  readonly firstTime: number | undefined;
  /** The same of its last record. */
  readonly lastTime: number | undefined;
}

/** Counters since opening, and sizes now. */
export interface LogStats {
  /** Segments held, the active one included. */
  readonly segments: number;
  /** Bytes of frames in all segments, staged ones included. */
  readonly storeBytes: number;
  /** Bytes of entries in all indexes. */
  readonly indexBytes: number;
  /** Bytes of frames not yet given to the OS. */
  readonly stagedBytes: number;
  /** Records appended. */
  readonly appends: number;
  /** Segments begun beside the first. */
  readonly rolls: number;
  /** Syncs of the active segment that were begun. */
  readonly syncs: number;
  /** Segments removed by truncations and retention. */
  readonly segmentsRemoved: number;
  /** What maps files here: `"mmap-io"`, `"koffi"`, `"read-through"`, `"memory"`. */
  readonly mapper: string;
  /** Whether a write or sync has failed, so that nothing is written until it is opened anew. */
  readonly poisoned: boolean;
  /** Whether a shortage has taken back what was not committed, and `Log.resume` is due. */
  readonly stalled: boolean;
}
