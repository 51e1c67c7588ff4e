import { memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** One thing done to an index; numbers are turned into valid arguments by {@link apply}. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ op: fc.constant("write"), n: fc.integer({ min: 1, max: 9000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("truncate"), n: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("find"), n: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("reopen"), n: fc.constant(0) }) },
);
const base = fc.oneof(fc.constant(0), fc.nat(100), fc.integer({ min: 2 ** 40, max: 2 ** 52 }));

interface Model {
  base: number;
  positions: number[];
}

describe("finding a record by walking from its floor gives the same for every index", () => {
  it.each<[string, () => Promise<Opener>]>([
    ["memoryIndex", async () => keeping(memoryIndex())],
    ["sparseIndex, 1 byte between", async () => keeping(sparseIndex({ bytesBetween: 1 }))],
    ["sparseIndex, 100 bytes between", async () => keeping(sparseIndex({ bytesBetween: 100 }))],
    ["sparseIndex, 4096 bytes between", async () => keeping(sparseIndex())],
    ["openMappedIndex", mapped],
  ])("%s", async (_, make) => {
    await fc.assert(
      fc.asyncProperty(base, fc.array(step, { maxLength: 80 }), async (first, steps) => {
        const open = await make();
        const model: Model = { base: first, positions: [] };
        let index = await open(undefined);
        for (const { op, n } of steps) {
          if (op === "reopen") index = await open(index);
          else apply(index, model, op, n);
          expect(index.nextOffset).toBe(nextOf(model));
        }
        await index.close();
      }),
      { numRuns: 150 },
    );
  });
});

/** Closes the index it gets, if any, and opens it again. */
type Opener = (index: Index | undefined) => Promise<Index>;

function keeping(index: Index): Opener {
  return async () => index;
}

async function mapped(): Promise<Opener> {
  const fs = memoryFileSystem();
  return async (index) => {
    await index?.close();
    return openMappedIndex({ fs, path: "x.index", growEntries: 5 });
  };
}

function nextOf({ base, positions }: Model): number | undefined {
  return positions.length === 0 ? undefined : base + positions.length;
}

function apply(index: Index, model: Model, op: string, n: number): void {
  if (op === "write") {
    const position = (model.positions.at(-1) ?? 0) + n;
    index.write(model.base + model.positions.length, position);
    model.positions.push(position);
  } else if (op === "truncate") {
    index.truncate(model.base + n);
    model.positions.length = Math.min(model.positions.length, n);
  } else {
    expect(found(index, model, model.base + n)).toBe(model.positions[n]);
  }
}

/** As a segment finds a record: from the floor on, frame by frame; the model is the store. */
function found(index: Index, model: Model, offset: number): number | undefined {
  const entry = index.floor(offset);
  if (entry === undefined || offset >= (index.nextOffset as number)) return undefined;
  expect(entry.offset).toBeLessThanOrEqual(offset);
  const at = model.positions.indexOf(entry.position);
  expect(at).toBe(entry.offset - model.base);
  return model.positions[at + (offset - entry.offset)];
}
