import { type GroupCommitOptions, groupCommit } from "@seglog/groupcommit";
import { expect, test } from "vitest";
import { FakeTarget, quiet, record } from "./fixture.ts";

const APPEND_MS = 0.001;

interface Run {
  readonly callers: number;
  /** What a sync takes, however many records it covers. */
  readonly syncMs: number;
  readonly syncs: number;
  readonly options?: GroupCommitOptions;
}

/**
 * Callers that append again once they are acknowledged, on a clock that goes on by what they and
 * the disk take. @returns how many records each sync covered
 */
async function sizesOf({ callers, syncMs, syncs, options }: Run): Promise<number[]> {
  const target = new FakeTarget();
  let now = 0;
  let begun = 0;
  target.onAppend = () => {
    now += APPEND_MS;
  };
  target.onSync = () => {
    begun = now;
  };
  const group = groupCommit(target, { ...options, now: () => now });
  let stopped = false;
  const caller = async (): Promise<void> => {
    while (!stopped) expect(target.isDurable(await group.append(RECORD))).toBe(true);
  };
  const all = Array.from({ length: callers }, caller);
  const sizes: number[] = [];
  let before = 0;
  while (sizes.length < syncs) {
    await quiet();
    const { syncing } = target;
    if (syncing === undefined) continue; // until a linger is over
    sizes.push(syncing.covers - before);
    before = syncing.covers;
    now = Math.max(now, begun + syncMs);
    stopped = sizes.length === syncs;
    syncing.resolve();
  }
  const closing = group.close();
  for (let i = 0; i < 3; i++) {
    await quiet();
    target.syncing?.resolve();
  }
  await Promise.all([closing, ...all]);
  expect(target.overlapping).toBe(0);
  return sizes;
}

const RECORD = record(1);

/** Different sizes, each with how often it came. */
function counted(sizes: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const size of sizes) counts[size] = (counts[size] ?? 0) + 1;
  return counts;
}

test("callers whose turn takes longer than a sync go in halves, one synced while the other appends", async () => {
  const sizes = await sizesOf({ callers: 256, syncMs: 0.1, syncs: 700 });
  expect(counted(sizes.slice(0, 60))).toEqual({ 256: 60 });
  expect(counted(sizes.slice(-600))).toEqual({ 128: 600 });
});

test("where a sync takes longer than a turn, halves are tried, and given up", async () => {
  const sizes = await sizesOf({ callers: 256, syncMs: 0.3, syncs: 1300 });
  expect(counted(sizes.slice(110, 1000))).toEqual({ 256: 890 });
  const { 128: halves = 0, 256: wholes } = counted(sizes);
  expect(wholes).toBeGreaterThan(1200);
  expect(halves).toBeGreaterThan(60); // two trials
});

test.each([
  ["the disk never idles", { callers: 256, syncMs: 5, syncs: 300 }],
  ["they are few", { callers: 100, syncMs: 0.01, syncs: 300 }],
  [
    "a sync lingers for more of them",
    { callers: 256, syncMs: 0.1, options: { lingerMs: 1 }, syncs: 150 },
  ],
] as const)("all share a sync where %s", async (_name, run) => {
  expect(counted(await sizesOf(run))).toEqual({ [run.callers]: run.syncs });
});

test("a clock that throws rejects who waits, and hangs nobody", async () => {
  const target = new FakeTarget();
  const failing = new Error("no time");
  const group = groupCommit(target, {
    now: () => {
      throw failing;
    },
  });
  await expect(group.append(RECORD)).rejects.toMatchObject({ cause: failing });
  await group.close();
});
