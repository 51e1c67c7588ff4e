import type { Segment } from "@seglog/segment";
import type { LogFailure } from "./log-failure.ts";
import type { StagedGroup } from "./staging-queue.ts";

/** Appends a record, or a batch, to a segment that has room for it. */
export function placeGroup(
  segment: Segment,
  { values, time }: StagedGroup,
  failure: LogFailure,
): void {
  const last = values.length - 1;
  for (let i = 0; i <= last; i++) {
    try {
      segment.append(values[i] as Uint8Array, time, i < last);
    } catch (error) {
      // half a batch is staged: it is dropped with all that is not committed, or by recovery
      if (i > 0) failure.fail(error);
      throw error;
    }
  }
}
