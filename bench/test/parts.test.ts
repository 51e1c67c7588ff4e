import { expect, test } from "vitest";
import { appendCallers } from "../src/append-callers.mjs";
import { checkGoal } from "../src/check-goals.mjs";
import type { WorkloadResult } from "../src/contract.ts";
import { groupAppends } from "../src/group-appends.mjs";
import { Latencies } from "../src/latencies.mjs";
import { PacedCount } from "../src/paced-count.mjs";
import { checkSeen, firstByteOf, makeRecords, seenOf, seenOfAll } from "../src/records.mjs";

test("a group holds all who wait, and who was answered shares the next one", async () => {
  const groups: number[] = [];
  const append = groupAppends(async (records) => {
    groups.push(records.length);
    await Promise.resolve();
  });
  const caller = async () => {
    for (let i = 0; i < 3; i++) await append(new Uint8Array(1));
  };
  await Promise.all(Array.from({ length: 5 }, caller));
  expect(groups).toEqual([5, 5, 5]);
});

test("a group that fails rejects all of its callers, and the next one goes on", async () => {
  let fail = true;
  const append = groupAppends(() => {
    if (fail) throw new Error("disk");
  });
  const both = await Promise.allSettled([append(new Uint8Array(1)), append(new Uint8Array(1))]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fail = false;
  await expect(append(new Uint8Array(1))).resolves.toBeUndefined();
});

test("every append of every caller is counted, and timed ones are 64 at most", async () => {
  let appends = 0;
  const { count, latencies } = await appendCallers(
    async () => {
      appends++;
      await new Promise((resolve) => setImmediate(resolve));
    },
    { records: makeRecords(8), callers: 256, forMs: 5 },
  );
  expect(count).toBe(appends);
  expect(count).toBeGreaterThanOrEqual(256);
  expect(latencies.count).toBe(count / 4);
});

test("quantiles of times are right within 5%", () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms);
  expect(Math.abs(latencies.quantile(0.5) / 500 - 1)).toBeLessThan(0.05);
  expect(Math.abs(latencies.quantile(0.99) / 990 - 1)).toBeLessThan(0.05);
  expect(new Latencies().quantile(0.5)).toBeNaN();
});

test("a slow contender gets what it can do in the time, a fast one all", () => {
  const slow = new PacedCount(1000, 100);
  expect(slow.count).toBe(20);
  slow.done(10);
  expect(slow.count).toBe(200);
  expect(slow.isSettled).toBe(false);
  slow.done(60);
  expect([slow.count, slow.isSettled]).toEqual([333, true]);
  slow.done(1);
  expect(slow.count).toBe(333);
  const fast = new PacedCount(1000, 100);
  fast.done(0.1);
  expect([fast.count, fast.isSettled]).toEqual([1000, false]);
  fast.done(5);
  expect([fast.count, fast.isSettled]).toEqual([1000, true]);
});

test("a read of other records than those asked for is noticed", () => {
  const records = makeRecords(16);
  expect(records.map(({ length }) => length)).toEqual(Array(26).fill(16));
  expect(records[3]?.[0]).toBe(firstByteOf(3));
  const asked = seenOf(Uint32Array.of(1, 2, 3), 16);
  expect(() => checkSeen(seenOf(Uint32Array.of(1, 2, 4), 16), asked)).toThrow("sum seen");
  expect(() => checkSeen(seenOf(Uint32Array.of(1, 2), 16), asked)).toThrow("records seen");
  expect(seenOfAll(3, 16)).toEqual(seenOf(Uint32Array.of(0, 1, 2), 16));
});

test("a goal is judged by ratios of rounds, and says when there is nothing to judge", () => {
  const rounds = (...values: number[]) => values.map((rate) => ({ rate }));
  const contender = (id: string, values: number[]) => ({
    id,
    name: id,
    role: "ours" as const,
    settings: "",
    durable: true,
    status: "measured" as const,
    rounds: rounds(...values),
    summary: {},
  });
  const metrics = { rate: { unit: "1/s", better: "higher" as const } };
  const contenders = [contender("seglog", [10, 100, 20]), contender("raw", [5, 50, 40])];
  const cases = [{ id: "c", title: "c", metrics, contenders, ratios: [] }];
  const measured: WorkloadResult[] = [{ id: "w", title: "w", about: "", seconds: 0, cases }];
  const goal = { text: "t", workload: "w", case: "c", contender: "seglog", against: "raw" };
  expect(checkGoal({ ...goal, atLeast: 2 }, measured)).toMatchObject({ measured: 2, met: true });
  expect(checkGoal({ ...goal, atLeast: 2.1 }, measured)).toMatchObject({ met: false });
  expect(checkGoal({ ...goal, atMost: 1.9 }, measured)).toMatchObject({ met: false });
  expect(checkGoal({ ...goal, case: "other", atLeast: 1 }, measured)).toMatchObject({
    measured: undefined,
    reason: "not measured in this run",
  });
});
