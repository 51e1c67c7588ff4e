import { groupCommit } from "@seglog/groupcommit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quiet } from "./fixture.ts";
import { ModelRun } from "./model-run.ts";

/** What a caller, the disk or the scheduler may do next. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), bytes: fc.nat(60) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("appendWithSignal" as const), bytes: fc.nat(60) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("appendRefused" as const), bytes: fc.nat(60) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("submit" as const),
      bytes: fc.integer({ min: 1, max: 130 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("stage" as const), bytes: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("abort" as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ do: "flush" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "ready" as const }) },
  { weight: 5, arbitrary: fc.constant({ do: "syncEnds" as const }) },
  { weight: 4, arbitrary: fc.constant({ do: "turn" as const }) },
  { weight: 4, arbitrary: fc.constant({ do: "microtask" as const }) },
);

const scenario = fc.record({
  steps: fc.array(step, { maxLength: 80 }),
  bytesMax: fc.integer({ min: 1, max: 200 }),
  syncPart: fc.integer({ min: 1, max: 4 }),
  lingerMs: fc.constantFrom(0, 0, 60_000),
  failingSync: fc.constantFrom(0, 0, 0, 1, 2, 5),
  failsAtOnce: fc.boolean(),
  /** Before which step the group is closed, if there is such a step. */
  closeBefore: fc.nat(160),
});

test("whatever callers and disk do: order, cover, one sync at a time, and all is settled", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (plan) => {
      const { bytesMax, lingerMs } = plan;
      const syncBytes = Math.max(1, Math.floor(bytesMax / plan.syncPart));
      const run = new ModelRun(
        (target) => groupCommit(target, { bytesMax, syncBytes, lingerMs }),
        plan,
      );
      for (const [i, next] of plan.steps.entries()) {
        if (i === plan.closeBefore) run.close();
        await run.step(next);
      }
      await run.end();
    }),
    { numRuns: 1000 },
  );
});

test("the model run itself notices a record acknowledged before its sync", async () => {
  const run = new ModelRun((target) => {
    const early = { append: (record: Uint8Array) => target.append(record), sync: async () => {} };
    return groupCommit(early);
  });
  await run.step({ do: "append", bytes: 1 });
  await quiet();
  expect(() => run.checkEnd()).toThrow(/not durable/);
});
