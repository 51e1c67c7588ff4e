import { type GroupCommitOptions, groupCommit } from "@seglog/groupcommit";
import { expect, test } from "vitest";
import { FakeTarget, quiet, record } from "./fixture.ts";

const APPEND_MS = 0.001;

interface Wave {
  readonly callers: number;
  readonly syncs: number;
}

interface Disk {
  /** What a sync takes, however many records it covers. */
  readonly syncMs: number;
  /** Between two waves. Default 0. */
  readonly pauseMs?: number;
  readonly options?: GroupCommitOptions;
}

interface Run extends Wave, Disk {}

/**
 * Callers that append again once they are acknowledged, on a clock that goes on by what they and
 * the disk take; of each wave, until it had its syncs.
 *
 * @returns how many records each sync of each wave covered
 */
async function sizesOfWaves(waves: readonly Wave[], disk: Disk): Promise<number[][]> {
  const { syncMs, pauseMs = 0, options } = disk;
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
  let before = 0;
  const run = async ({ callers, syncs }: Wave): Promise<number[]> => {
    const sizes: number[] = [];
    let stopped = false;
    const caller = async (): Promise<void> => {
      while (!stopped) expect(target.isDurable(await group.append(RECORD))).toBe(true);
    };
    const all = Promise.all(Array.from({ length: callers }, caller));
    const endSync = (): void => {
      const { syncing } = target;
      if (syncing === undefined) return; // until a linger is over
      sizes.push(syncing.covers - before);
      before = syncing.covers;
      now = Math.max(now, begun + syncMs);
      stopped = sizes.length >= syncs;
      syncing.resolve();
    };
    while (!stopped) {
      await quiet();
      endSync();
    }
    // the other half waits for one more
    await quiet();
    endSync();
    await all;
    return sizes.slice(0, syncs);
  };
  const sizes: number[][] = [];
  for (const wave of waves) {
    sizes.push(await run(wave));
    now += pauseMs;
  }
  await group.close();
  expect(target.overlapping).toBe(0);
  return sizes;
}

async function sizesOf(run: Run): Promise<number[]> {
  const [sizes = []] = await sizesOfWaves([run], run);
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
  expect(counted(sizes.slice(0, 40))).toEqual({ 256: 40 });
  expect(counted(sizes.slice(-600))).toEqual({ 128: 600 });
});

test("callers that went away and come back go in halves at once", async () => {
  const many = { callers: 256, syncs: 300 };
  const [, few = [], again = []] = await sizesOfWaves([many, { callers: 2, syncs: 100 }, many], {
    syncMs: 0.1,
  });
  expect(counted(few)).toEqual({ 2: 100 });
  // the first one gathers all of them
  expect(counted(again.slice(2))).toEqual({ 128: 298 });
});

test("a lull ends a trial: what comes then is another load", async () => {
  const small = { callers: 2, syncs: 5 };
  const waves = [{ callers: 400, syncs: 50 }, small, { callers: 600, syncs: 200 }];
  const [before = [], , after = []] = await sizesOfWaves(waves, { syncMs: 0.9 });
  expect(before.slice(-4)).toEqual([200, 200, 200, 200]); // under way
  expect(counted(after.slice(0, 35))).toEqual({ 600: 35 });
});

test("a pause between waves is not taken for their pace", async () => {
  const waves = Array.from({ length: 120 }, () => ({ callers: 600, syncs: 3 }));
  const sizes = await sizesOfWaves(waves, { syncMs: 0.9, pauseMs: 100 });
  const syncs = sizes.slice(-40).flat();
  expect(syncs.filter((size) => size === 600).length).toBeGreaterThan(100);
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
