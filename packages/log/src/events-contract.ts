import type { Offset } from "./contract.ts";

/**
 * What a log publishes through `node:diagnostics_channel`: the type of the message of each channel.
 *
 * All logs of a process share the channels; `path` tells them apart. A message is published, in the
 * call that it tells of, once that has happened, and only where the channel has subscribers. What a
 * subscriber throws becomes an uncaught exception, and disturbs no log. Ownership: a message is a
 * frozen object of its own.
 */
export interface LogEvents {
  /** Records became committed: one message for all that one sync, or flush, has covered. */
  readonly "seglog:append": AppendEvent;
  /** A sync of the active segment has finished. */
  readonly "seglog:sync": SyncEvent;
  /** A new segment is the active one. */
  readonly "seglog:roll": RollEvent;
  /** Records were dropped at one end, durably. */
  readonly "seglog:truncate": TruncateEvent;
  /** A log was opened. */
  readonly "seglog:recovery": RecoveryEvent;
  /** A write or sync has failed, and the log refuses to write. */
  readonly "seglog:failure": FailureEvent;
}

/** The records `[from, to)` are committed. The promises of their appends resolve after this. */
export interface AppendEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  /** Offset of the first. */
  readonly from: Offset;
  /** One past the last. */
  readonly to: Offset;
}

/** The records `[from, to)` became durable by one sync. */
export interface SyncEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  /** Offset of the first. */
  readonly from: Offset;
  /** One past the last. */
  readonly to: Offset;
  /** From the call of the segment's sync to its end, in ms: the write is in it. */
  readonly ms: number;
}

/** A segment was added, after the one before it was synced. */
export interface RollEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  /** Offset that the new segment begins with. */
  readonly baseOffset: Offset;
  /** Segments of the log now, the new one included. */
  readonly segments: number;
  /** Bytes of the frames of the segment before it. */
  readonly sealedBytes: number;
}

/** The log holds the records `[firstOffset, nextOffset)` now. */
export interface TruncateEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  /** `"before"` and `"after"` name the call, `"retention"` the policy, which drops the oldest. */
  readonly what: "before" | "after" | "retention";
  /** Offset of the first record that is left. */
  readonly firstOffset: Offset;
  /** One past the last that has a place in a segment. */
  readonly nextOffset: Offset;
  /** Segments that were removed. */
  readonly segmentsRemoved: number;
}

/** What opening found, mended and cost. */
export interface RecoveryEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Whether the log was closed cleanly, or is new. */
  readonly clean: boolean;
  /** Bytes of unfinished appends that were cut off. */
  readonly tornBytes: number;
  /** Indexes that were written anew. */
  readonly indexesRebuilt: number;
  /** Segments that were opened. */
  readonly segments: number;
  /** Offset of the first record. */
  readonly firstOffset: Offset;
  /** Offset that the next record gets. */
  readonly nextOffset: Offset;
  /** From the call of `openLog` until the segments were open, in ms. */
  readonly ms: number;
}

/** A log began to refuse writing; failures that follow from the one that it was are not told. */
export interface FailureEvent {
  /** The log's directory, or whatever its catalog calls its place. */
  readonly path: string;
  /**
   * `"poisoned"`: until it is opened anew. `"stalled"`: the disk has no room, or the process no
   * means, until what was not committed is taken back.
   */
  readonly state: "poisoned" | "stalled";
  /** What failed. */
  readonly error: unknown;
}
