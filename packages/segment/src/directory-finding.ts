import type { SeglogError } from "@seglog/errors";
import type { CatalogState, Offset } from "./contract.ts";
import type { Damage } from "./damage.ts";
import type { FoundFiles, FoundStore, InspectionTools } from "./find-segments.ts";
import type { InspectedState } from "./inspect-state.ts";
import type { JudgedSegment } from "./judge-segment.ts";

export interface InspectDirectoryOptions extends InspectionTools {
  readonly directory: string;
  /** Whether a writer may be at work. */
  readonly live: boolean;
  /** Told now and then how much was read; may throw to end it. */
  readonly turn: (progress: { bytesDone: number; bytesTotal: number; path: string }) => void;
}

/** All that can be found out about a log, and what a repair would do. */
export interface DirectoryFinding {
  readonly files: FoundFiles;
  readonly state: InspectedState;
  /** Which log this is, by most of its files; 0 where none says it. */
  readonly logId: number;
  readonly segments: readonly JudgedSegment[];
  /** A last one whose making was cut short. */
  readonly unfinished: FoundStore | undefined;
  /** Files that are no segments. */
  readonly strays: readonly FoundStore[];
  readonly firstOffset: Offset;
  readonly nextOffset: Offset;
  readonly damages: readonly Damage[];
  readonly refusals: readonly SeglogError[];
  /** Whether the state must be made anew: it is not there, not valid, or contradicts the rest. */
  readonly stateIsWrong: boolean;
  /** Before the first segment, records that the state says are held. */
  readonly missingBefore: { readonly from: Offset; readonly to: Offset } | undefined;
  /** Where the log was closed, if that is to be believed. */
  readonly closedAt: Offset | undefined;
}

/** What a state says, as far as it is believed. */
export interface Belief extends Pick<CatalogState, "firstOffset" | "closedAt" | "truncatingTo"> {
  /** Whether it is a valid state that nothing contradicts so far. */
  readonly isRight: boolean;
}
