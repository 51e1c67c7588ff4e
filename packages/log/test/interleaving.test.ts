import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Call, ModelRun } from "./support/model-run.ts";
import { memoryFileSystem } from "./support/parts.ts";
import { type PlaceOptions, placeOn } from "./support/place.ts";
import { contentOf } from "./support/records.ts";
import { slowDisk } from "./support/slow-disk.ts";

const at = fc.nat(100);
const calls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("batch" as const), count: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("after" as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("before" as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("iterate" as const), at, reverse: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("sync", "flush", "tail", "retain", "snapshot", "turn", "turn", "turn"),
    }) as fc.Arbitrary<Call>,
  },
);

/** Turns for the disk from a list, again and again. */
function turnsFrom(list: readonly number[]): () => number {
  let next = 0;
  return () => list[next++ % list.length] ?? 0;
}

describe("any calls in any order against each other", () => {
  it.each([
    ["many small segments", { indexEntriesMax: 3 }],
    ["small segments and little retained", { indexEntriesMax: 4, retention: { segmentsMax: 3 } }],
    ["one segment", {}],
    ['commitOn "flush"', { indexEntriesMax: 5, commitOn: "flush" }],
  ] as [string, PlaceOptions][])(
    "%s: all settle, and reads are those of an array",
    async (_, limits) => {
      const disk = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });
      const interleavings = fc.array(calls, { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(interleavings, disk, async (list, delays) => {
          const fs = memoryFileSystem();
          const log = await placeOn(slowDisk(fs, turnsFrom(delays)), limits).open();
          const run = new ModelRun(log);
          for (const call of list) await run.call(call);
          const { firstOffset } = log;
          await run.finish();
          const again = await placeOn(fs, limits).open();
          expect(again.recovery.clean).toBe(true);
          expect(again.firstOffset).toBeGreaterThanOrEqual(firstOffset);
          const expected = run.texts.slice(again.firstOffset);
          expect((await contentOf(again)).map(([, text]) => text)).toEqual(expected);
          await again.close();
        }),
        // a deadlock would show as a run that takes longer than any does: 50 ms or so
        { numRuns: 60, timeout: 3_000, endOnFailure: true },
      );
    },
    120_000,
  );
});
