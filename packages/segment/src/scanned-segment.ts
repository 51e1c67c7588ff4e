import type { IndexInspection } from "@seglog/index";
import type { InspectedEnd, StoreHeader } from "@seglog/store";
import type { Offset } from "./contract.ts";
import type { Damage } from "./damage.ts";
import type { LostSpan } from "./lost-record.ts";

/** How a segment is scanned. */
export interface ScanRequest {
  readonly baseOffset: Offset;
  readonly header: StoreHeader;
  readonly index: IndexInspection | undefined;
  /** One past the last record, where that is known from elsewhere. */
  readonly knownEnd: Offset | undefined;
  /** Whether a writer may be appending. */
  readonly live: boolean;
  readonly turn: (position: number) => void;
}

/** What a segment holds. */
export interface ScannedSegment {
  readonly baseOffset: Offset;
  readonly path: string;
  readonly header: StoreHeader;
  /** One past the last record that has a place. */
  readonly nextOffset: Offset;
  /** How many of them read right. */
  readonly records: number;
  /** Of the last record that reads right; 0 when there is none. */
  readonly lastTime: number;
  /** Damaged stretches with records behind them. */
  readonly spans: readonly LostSpan[];
  /** Damaged bytes behind the last record that has a place, and where they begin. */
  readonly tail: { readonly from: number; readonly to: number } | undefined;
  readonly end: InspectedEnd;
  /** Position of the last frame that has a place, and its generation; -1 for none. */
  readonly lastFrame: number | undefined;
  readonly lastGeneration: number;
  /** Where the known end lies, if records reach beyond it, and the last frame before. */
  readonly beyond:
    | { readonly position: number; readonly lastFrame: number | undefined }
    | undefined;
  /**
   * Where opening would cut, if the log was not closed: at the first damage, or at the batch that
   * is open there; `records` as far as there.
   */
  readonly cut: {
    readonly offset: Offset;
    readonly position: number;
    readonly records: number;
    readonly damages: number;
  };
  /** All but what the end tells, which needs the neighbours. */
  readonly damages: readonly Damage[];
  readonly index: "right" | "wrong" | "short" | "missing";
  /** Whether the index can only have been written for these records. */
  readonly hasOwnIndex: boolean;
}
