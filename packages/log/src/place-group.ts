import type { Segment } from "@seglog/segment";
import { tooLarge } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import type { StagedGroup } from "./staging-queue.ts";

/** Appends a record, or a batch, to a segment that has room for it. */
export function placeGroup(
  segment: Segment,
  { values, time }: StagedGroup,
  failure: LogFailure,
): void {
  const last = values.length - 1;
  let i = 0;
  try {
    for (; i <= last; i++) segment.append(values[i] as Uint8Array, time, i < last);
  } catch (error) {
    // half a batch is staged: it is dropped with all that is not committed, or by recovery
    if (i > 0) failure.fail(error);
    throw error;
  }
}

/** Bytes of `values` together, none of which may be longer than `recordBytesMax`. */
export function bytesOf(values: readonly Uint8Array[], recordBytesMax: number): number {
  let bytes = 0;
  for (const { length } of values) {
    if (length > recordBytesMax) throw tooLarge("a record", length, recordBytesMax);
    bytes += length;
  }
  return bytes;
}

/** Whether what waits has to leave half of the room to what is written past it. */
export function isCrowded(stagedBytes: number, framed: number, bytesMax: number): boolean {
  return stagedBytes > 0 && stagedBytes + framed > bytesMax / 2;
}
