import { memoryFileSystem } from "@seglog/fs";
import { memoryStore, openFileStore, type Store } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** One step: what to do, and a number that says with what. */
type Step = readonly [
  "append" | "large" | "flush" | "sync" | "wait" | "truncate" | "reopen" | "read" | "scan",
  number,
];

const step = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step[0]>("append") },
    ...(["large", "flush", "sync", "wait", "truncate", "reopen", "read", "scan"] as const).map(
      (name) => ({ weight: 1, arbitrary: fc.constant<Step[0]>(name) }),
    ),
  ),
  fc.nat(1_000_000),
);

interface Model {
  store: Store;
  readonly reopen: () => Promise<Store>;
  records: Uint8Array[];
  positions: number[];
  pending: Promise<void>[];
}

async function take(model: Model, [name, n]: Step): Promise<void> {
  const { store, records, positions, pending } = model;
  switch (name) {
    case "append":
    case "large": {
      const length = name === "append" ? n % 300 : 3000 + (n % 9000);
      const record = new Uint8Array(length).fill(n & 255);
      positions.push(store.append(record));
      records.push(record);
      return;
    }
    case "flush":
      pending.push(store.flush());
      return;
    case "sync":
      pending.push(store.sync());
      return;
    case "wait":
      await Promise.all(pending);
      return;
    case "truncate": {
      await Promise.all(pending);
      const count = n % (records.length + 1);
      await store.truncate(positions[count] ?? store.size);
      records.length = count;
      positions.length = count;
      return;
    }
    case "reopen":
      await Promise.all(pending);
      await store.close();
      model.store = await model.reopen();
      return;
    case "read":
      if (records.length > 0) {
        const i = n % records.length;
        expect(Buffer.compare(store.read(positions[i] as number), records[i] as Uint8Array)).toBe(
          0,
        );
      }
      return;
    case "scan":
      return scanFrom(model, n);
  }
}

function scanFrom({ store, records, positions }: Model, n: number): void {
  const first = n % (records.length + 1);
  const limits = { recordsMax: 1 + (n % 17), bytesMax: 1 + (n % 20_000) };
  const scan = store.scan(positions[first] ?? store.size, limits);
  const end = first + scan.records.length;
  expect(scan.positions).toEqual(positions.slice(first, end));
  expect(scan.next).toBe(positions[end] ?? store.size);
  for (const [i, record] of scan.records.entries()) {
    expect(Buffer.compare(record, records[first + i] as Uint8Array)).toBe(0);
  }
}

async function agree(reopen: () => Promise<Store>, steps: readonly Step[]): Promise<void> {
  const store = await reopen();
  const model: Model = { store, reopen, records: [], positions: [], pending: [] };
  for (const one of steps) await take(model, one);
  await Promise.all(model.pending);
  const all = model.store.scan(0, { recordsMax: 10 ** 6, bytesMax: 2 ** 40 });
  expect(all.positions).toEqual(model.positions);
  expect(Buffer.compare(Buffer.concat(all.records), Buffer.concat(model.records))).toBe(0);
  await model.store.close();
}

describe("a store does what an array would", () => {
  for (const frameFormat of ["checked", "plain"] as const) {
    for (const end of ["crashed", "closed"] as const) {
      test(`in a file, ${frameFormat} frames, opened as ${end}`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
            const fs = memoryFileSystem();
            const options = { fs, path: "/a", frameFormat, end, bufferBytes: 4096 };
            await agree(() => openFileStore(options), steps);
          }),
          { numRuns: 40 },
        );
      });
    }
  }

  test("in memory", async () => {
    const lasting = step.filter(([name]) => name !== "reopen");
    await fc.assert(
      fc.asyncProperty(fc.array(lasting, { maxLength: 80 }), (steps) =>
        agree(async () => memoryStore(), steps),
      ),
      { numRuns: 40 },
    );
  });
});
