import { expect, test } from "vitest";
import { appendValues } from "../../src/cli/append-values.ts";
import type { Seglog } from "../../src/index.ts";

const value = Uint8Array.of(1);

/** A log that only counts, and whose syncs end when they are told to. */
function countingLog() {
  const syncs: { upTo: number; end: () => void; fail: (error: Error) => void }[] = [];
  const counts = { next: 7, room: Number.POSITIVE_INFINITY, readies: 0 };
  const log = {
    get nextOffset() {
      return counts.next;
    },
    write: () => {
      if (counts.room === 0) {
        throw Object.assign(new Error("full"), { code: "ERR_SEGLOG_OVERLOADED" });
      }
      counts.room--;
      return counts.next++;
    },
    ready: async () => {
      counts.readies++;
      counts.room = 2;
    },
    sync: () =>
      new Promise<void>((end, fail) => {
        syncs.push({ upTo: counts.next, end, fail });
      }),
  };
  return { log: log as unknown as Seglog, counts, syncs };
}

/** Everything that is ready to run has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("records are told durable when a sync that began after they were written has ended", async () => {
  const { log, syncs } = countingLog();
  const told: number[][] = [];
  let more = (): void => {};
  const wanted = new Promise<void>((resolve) => {
    more = resolve;
  });
  async function* source() {
    yield [value, value];
    await wanted;
    yield [value];
  }
  const done = appendValues(log, source(), async (from, to) => {
    told.push([from, to]);
  });
  await settled();
  expect(syncs.map(({ upTo }) => upTo)).toEqual([9]);
  more();
  await settled();
  expect(syncs).toHaveLength(1); // one at a time
  expect(told).toEqual([]);
  syncs[0]?.end();
  await settled();
  expect(told).toEqual([[7, 9]]);
  expect(syncs.map(({ upTo }) => upTo)).toEqual([9, 10]);
  syncs[1]?.end();
  await done;
  expect(told).toEqual([
    [7, 9],
    [9, 10],
  ]);
});

test("a log without room is waited for, and no value is lost or written twice", async () => {
  const { log, counts, syncs } = countingLog();
  counts.room = 2;
  async function* source() {
    yield [value, value, value, value, value];
  }
  const done = appendValues(log, source());
  await settled();
  expect([counts.next, counts.readies]).toEqual([12, 2]);
  syncs[0]?.end();
  await done;
});

test("where the source fails, what it gave before is made durable first", async () => {
  const { log, syncs } = countingLog();
  async function* source() {
    yield [value];
    throw new Error("bad input");
  }
  let failure: Error | undefined;
  const done = appendValues(log, source()).catch((error) => {
    failure = error;
  });
  await settled();
  expect(failure).toBeUndefined();
  syncs[0]?.end();
  await done;
  expect(failure?.message).toBe("bad input");
});

test("a sync that fails ends it, and nothing is told durable", async () => {
  const { log, syncs } = countingLog();
  async function* source() {
    for (;;) {
      yield [value];
      await settled();
    }
  }
  const told: number[][] = [];
  const done = appendValues(log, source(), async (...range) => {
    told.push(range);
  });
  await settled();
  syncs[0]?.fail(new Error("no disk"));
  await expect(done).rejects.toThrow("no disk");
  expect(told).toEqual([]);
  expect(syncs).toHaveLength(1);
});
