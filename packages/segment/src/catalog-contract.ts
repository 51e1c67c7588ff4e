import type { Offset } from "./contract.ts";

/** How far a log is, for those who read it elsewhere. */
export interface LogProgress {
  /** Offset of the first record retained. */
  readonly firstOffset: Offset;
  /** One past the last record that is acknowledged. */
  readonly committedOffset: Offset;
  /** How often the log was cut at its end since it was made, as far as known; only rises. */
  readonly cutCount: number;
  /**
   * What is needed of these cuts to tell, for every n, how far the log was cut down by those after
   * the nth: at most 16, `number` and `nextOffset` rising. The first with a `number` above n has
   * the answer.
   */
  readonly cuts: readonly LogCut[];
}

/** One cut of a log at its end. */
export interface LogCut {
  /** Which it is of the log's, from 1. */
  readonly number: number;
  /** What the log ended at afterwards, or below it. */
  readonly nextOffset: Offset;
}

/** What a writer told, and which. */
export interface PublishedProgress extends LogProgress {
  /** Which opening for writing it is of: a safe integer, not that of the one before. */
  readonly session: number;
}

/** A cursor as it was saved. */
export interface SavedCursor {
  /** What it was opened by. */
  readonly name: string;
  /** `undefined` where what was saved is damaged. */
  readonly offset: Offset | undefined;
}

/** A segment that is there, not opened. */
export interface SegmentListing {
  readonly baseOffset: Offset;
  /** Bytes of store and index on disk. */
  readonly bytes: number;
}

/** How a segment that is there is opened. */
export interface OpenListedOptions {
  /**
   * - `"sealed"`: complete; ends at `nextOffset`; anything else is damage.
   * - `"closed"`: the last segment of a log that was closed cleanly; for appending; any bad
   *   frame is damage.
   * - `"crashed"`: the last segment of a log that was not; for appending; a torn tail is cut.
   */
  readonly mode: "sealed" | "closed" | "crashed";
  /** One past the last record, where known: always with `"sealed"`. */
  readonly nextOffset?: Offset;
  /**
   * With `"crashed"`: a truncation was cut short that drops the records from here on. What lies
   * there is dropped and not judged, by stores that know `keepRecords`; others may still have it.
   */
  readonly cutAt?: Offset;
  /**
   * With `"crashed"` and `nextOffset`: only zeros, which were preallocated, may lie behind the last
   * record; other bytes are damage, as in a log that was closed. Default false: they are cut.
   */
  readonly zerosOnly?: boolean;
}

/** What a log must remember beside its segments. */
export interface CatalogState {
  /** Offset of the first record retained. */
  readonly firstOffset: Offset;
  /**
   * Set while the log is closed cleanly: one past its last record. `undefined` while it is open
   * or after a crash.
   */
  readonly closedAt: Offset | undefined;
  /**
   * Set while `truncateAfter` is under way: records from this offset on are dropped, and whoever
   * opens the log finishes that.
   */
  readonly truncatingTo: Offset | undefined;
  /** Time of the last record ever appended, in ms since the epoch; times never go below it. */
  readonly lastTime: number;
}
