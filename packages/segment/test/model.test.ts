import type { Segment } from "@seglog/segment";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ALL, bytesOf, isRecord, type ModelRecord } from "../src/conformance/records.ts";
import { COMBINATIONS, harnessOf, memoryPlace, type Parts } from "./places.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const BASES = [0, 1, 65_530, 2 ** 32 - 5, 2 ** 53 - 2000];

type Step =
  | { readonly do: "append"; readonly lengths: readonly number[] }
  | { readonly do: "truncate"; readonly keep: number }
  | { readonly do: "scan"; readonly from: number; readonly count: number; readonly bytes: number }
  | { readonly do: "flush" | "sync" | "reopen" | "read" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("append" as const), lengths: lengths() }) },
    fc.record({
      do: fc.constant("truncate" as const),
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      do: fc.constant("scan" as const),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      count: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 1, max: 2000 }),
    }),
    fc.record({ do: fc.constantFrom("flush" as const, "sync", "reopen", "read") }),
  ),
  { maxLength: 30 },
);

describe.each(Object.entries(COMBINATIONS))("%s", (_, parts) => {
  it("behaves as an array of records does, whatever is done to it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...BASES), steps, (baseOffset, todo) =>
        behavesAsArray(parts, baseOffset, todo),
      ),
      { numRuns: 60 },
    );
  });
});

function lengths(): fc.Arbitrary<number[]> {
  return fc.array(fc.constantFrom(0, 1, 7, 31, 32, 100, 5000), { minLength: 1, maxLength: 15 });
}

async function behavesAsArray(
  parts: Parts,
  baseOffset: number,
  todo: readonly Step[],
): Promise<void> {
  const harness = await harnessOf(parts, memoryPlace);
  const model: ModelRecord[] = [];
  let segment = await harness.open({ baseOffset });
  for (const [time, step] of todo.entries()) {
    if (step.do === "append") {
      for (const [i, length] of step.lengths.entries()) {
        const value = bytesOf(length, time + i);
        const continues = i < step.lengths.length - 1;
        expect(segment.append(value, time, continues)).toBe(baseOffset + model.length);
        model.push({ time, value });
      }
    } else if (step.do === "truncate") {
      model.length = Math.floor(step.keep * model.length);
      await segment.truncate(baseOffset + model.length);
    } else if (step.do === "scan") {
      scansAs(segment, model, step);
    } else if (step.do === "read") {
      readsAs(segment, model);
    } else if (step.do === "reopen") {
      if (harness.reopen === undefined) continue;
      await segment.close();
      segment = await harness.reopen();
    } else {
      await segment[step.do]();
    }
    expect(segment.nextOffset).toBe(baseOffset + model.length);
  }
  readsAs(segment, model);
  await segment.close();
  await harness.dispose();
}

function readsAs(segment: Segment, model: readonly ModelRecord[]): void {
  for (let i = model.length - 1; i >= 0; i--) {
    const offset = segment.baseOffset + i;
    isRecord("read", segment.read(offset), { offset, ...(model[i] as ModelRecord) });
  }
}

function scansAs(
  segment: Segment,
  model: readonly ModelRecord[],
  step: Extract<Step, { do: "scan" }>,
): void {
  const first = Math.floor(step.from * model.length);
  const from = segment.baseOffset + first;
  const limits = { ...ALL, recordsMax: step.count, bytesMax: step.bytes };
  const found = segment.scan(from, limits);
  let bytes = 0;
  let count = 0;
  for (const { value } of model.slice(first, first + step.count)) {
    bytes += 16 + value.length;
    if (count > 0 && bytes > step.bytes) break;
    count++;
  }
  expect(found).toHaveLength(count);
  for (const [i, record] of found.entries()) {
    isRecord("scan", record, { offset: from + i, ...(model[first + i] as ModelRecord) });
  }
}
