import type { FileSystem } from "@seglog/fs";
import type { Offset } from "./contract.ts";
import type { Damage } from "./damage.ts";
import type { InspectionTools } from "./find-segments.ts";
import type { RepairTools } from "./repair-directory.ts";

/** How far a verification or a repair has come. */
export interface Progress {
  /** Never falls; equal to `bytesTotal` at the end. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** What is being read. */
  readonly path: string;
}

/** How a directory is verified. */
export interface VerifyOptions {
  /** The disk. */
  readonly fs?: FileSystem;
  /** Told now and then, at least every 16 MiB. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborts the verification, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a verification found. */
export interface Verification {
  /** The directory. */
  readonly path: string;
  readonly firstOffset: Offset;
  /** One past the last record that has a place. */
  readonly nextOffset: Offset;
  readonly segments: number;
  /** How many records are right. */
  readonly records: number;
  /**
   * How many of these are in stores of format `"plain"`. They have no checksums: that a record is
   * where it belongs, and how long, could be seen, but not whether its value is what it was.
   */
  readonly recordsUnchecked: number;
  /** Of the files looked at. */
  readonly bytes: number;
  /** Whether there is no damage, but for harmless ones. */
  readonly clean: boolean;
  readonly damages: readonly Damage[];
}

/** What `verifyDirectory` reads, and with which parts. */
export interface VerifyDirectoryOptions extends VerifyOptions, InspectionTools {
  readonly directory: string;
  readonly fs: FileSystem;
}

/** How a directory is repaired. */
export interface RepairOptions {
  /** The disk. */
  readonly fs?: FileSystem;
  /** Whether only to say what would be done. Default false. */
  readonly dryRun?: boolean;
  /** Told now and then, at least every 16 MiB. */
  readonly onProgress?: (progress: Progress) => void;
  /** Names what goes to quarantine: ms since the epoch. Default the system's clock. */
  readonly clock?: () => number;
  /** Permissions of every file that is made, before the umask. Default `0o644`. */
  readonly mode?: number;
}

/** One thing that a repair did, or would do. */
export interface RepairAction {
  /**
   * - `"move"`: the file went to quarantine.
   * - `"rewrite"`: the store was written anew; the original is in quarantine.
   * - `"create"`: a segment of lost records was made.
   * - `"saveState"`: the state file was written anew; the original is in quarantine.
   */
  readonly kind: "move" | "rewrite" | "create" | "saveState";
  /** The file. */
  readonly path: string;
  /** For a person. */
  readonly message: string;
}

/** A range of offsets `[from, to)`; `to` is `undefined` where the end cannot be told. */
export interface LostRange {
  readonly from: Offset;
  readonly to: Offset | undefined;
}

/** What a repair did. */
export interface Repair {
  /** What was found, as by a verification. */
  readonly damages: readonly Damage[];
  /** In order; empty where there was nothing to do. */
  readonly actions: readonly RepairAction[];
  /** Records that this repair gave up: reading them is `ERR_SEGLOG_CORRUPT`, or out of range. */
  readonly lost: readonly LostRange[];
  /** Paths of what is now in quarantine; empty with `dryRun`. */
  readonly quarantined: readonly string[];
  readonly dryRun: boolean;
}

/** What `repairDirectory` mends, and with which parts. */
export interface RepairDirectoryOptions extends RepairOptions, RepairTools {
  readonly directory: string;
  readonly fs: FileSystem;
}
