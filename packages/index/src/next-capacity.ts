import { ENTRIES_MAX } from "./entry-layout.ts";

/** Longest step, 1 MiB: writing its zeros takes about 0.3 ms, 5 ns for each entry. */
export const STEP_ENTRIES_MAX = 65_536;

/**
 * For how many entries to make room when `entryCount` fill what there is: twice as many, but at
 * least `growEntries` and at most {@link STEP_ENTRIES_MAX} more. Equal to `entryCount` at the end.
 */
export function nextCapacity(entryCount: number, growEntries: number): number {
  const step = Math.min(Math.max(entryCount, growEntries), STEP_ENTRIES_MAX);
  return Math.min(entryCount + step, ENTRIES_MAX);
}
