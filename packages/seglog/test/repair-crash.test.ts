import type { SimulatedDisk } from "@seglog/fs/sim";
import { inspectIndex } from "@seglog/index";
import { repairDirectory } from "@seglog/segment";
import { copyStore, inspectStore } from "@seglog/store";
import { describe, expect, test, vi } from "vitest";
import { hasCode, repairLog, verifyLog } from "../src/index.ts";
import {
  contentsOf,
  copyOf,
  DIRECTORY,
  indexPath,
  putFile,
  quarantineOf,
  readAll,
  STATE_PATH,
  type StoredLog,
  spoil,
  storedLog,
  storePath,
} from "./stored-log.ts";

vi.setConfig({ testTimeout: 120_000 }); // a busy machine is ten times slower

/** One of each step that a repair takes: a move, a rewrite, a new segment, a new state. */
async function ruined(): Promise<StoredLog> {
  const log = await storedLog({ records: 40, segmentBytesMax: 600 });
  const [, second, third] = log.segments as [number, number, number];
  spoil(log, 1);
  spoil(log, (log.segments.at(-1) as number) + 1, 5);
  await log.disk.fs.remove(storePath(second));
  log.disk.zeroRange(storePath(third), 0, 20);
  await putFile(log.disk, storePath(1e9), new Uint8Array(60).fill(9));
  await log.disk.fs.makeDirectory(indexPath(1e9));
  log.disk.zeroRange(STATE_PATH, 0, 8192);
  log.disk.corrupt(STATE_PATH, 7, 7);
  return log;
}

/** What a repaired log is, whenever it was repaired. */
async function outcomeOf(log: StoredLog): Promise<unknown> {
  const { right, corrupt, firstOffset, nextOffset } = await readAll(log);
  return { right: [...right], corrupt: [...corrupt], firstOffset, nextOffset };
}

/** Every byte that was there is in place, or in quarantine; an index is a cache. */
async function keepsAll(before: ReadonlyMap<string, string>, disk: SimulatedDisk): Promise<void> {
  const now = await contentsOf({ disk });
  const kept = await quarantineOf({ disk });
  for (const [name, bytes] of before) {
    if (name.endsWith(".index") || name === "seglog.progress") continue; // made anew by an opening
    if (now.get(name) !== bytes && !kept.has(bytes)) expect(name).toBe("kept");
  }
}

/** The directory of `log` on a disk of its own, a directory in it too. */
async function again(log: StoredLog): Promise<StoredLog> {
  const disk = await copyOf(log.disk);
  await disk.fs.makeDirectory(indexPath(1e9));
  return { ...log, disk };
}

describe("a repair that is cut short at any moment", () => {
  test("leaves every byte in place or in quarantine, and can be run again to the same end", async () => {
    const log = await ruined();
    const before = await contentsOf(log);
    const whole = await again(log);
    const { lost } = await repairLog(DIRECTORY, { fs: whole.disk.fs, clock: () => 0 });
    const expected = await outcomeOf(whole);
    let states = 0;
    for (let cut = 0; ; cut++) {
      const { disk } = await again(log);
      const from = disk.operationCount;
      disk.cutAfter(from + cut);
      const repair = repairLog(DIRECTORY, { fs: disk.fs, clock: () => 0 });
      const isCut = await repair.then(
        () => false,
        () => true,
      );
      if (!isCut) break;
      for (const state of disk.crashStates({ limit: 12, seed: cut })) {
        states++;
        await keepsAll(before, state.disk);
        const left = { ...log, disk: state.disk };
        const second = await repairLog(DIRECTORY, { fs: state.fs, clock: () => 0 });
        await keepsAll(before, state.disk);
        expect(await outcomeOf(left)).toEqual(expected);
        expect(lost).toEqual(expect.arrayContaining([...second.lost]));
      }
    }
    expect(states).toBeGreaterThan(500);
  });
});

describe("each call of the disk failing once", () => {
  test.each(["EIO", "ENOSPC"])(
    "with %s: nothing is lost, and the next repair does it",
    async (errno) => {
      const log = await ruined();
      const before = await contentsOf(log);
      const whole = await again(log);
      await repairLog(DIRECTORY, { fs: whole.disk.fs });
      const expected = await outcomeOf(whole);
      for (let failing = 0; ; failing++) {
        const { disk } = await again(log);
        const at = disk.operationCount + failing;
        disk.fail({ at, errno, effect: "partial" });
        // without the opening that proves it, which has tests of its own
        const tools = { fs: disk.fs, inspectStore, inspectIndex, copyStore };
        const repair = repairDirectory({ ...tools, directory: DIRECTORY });
        const failure = await repair.catch((error: unknown) => error);
        if (disk.operationCount <= at) break;
        if (failure instanceof Error) expect(hasCode(failure, "ERR_SEGLOG_IO")).toBe(true);
        expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
        await keepsAll(before, disk);
        await repairLog(DIRECTORY, { fs: disk.fs });
        expect(await outcomeOf({ ...log, disk })).toEqual(expected);
      }
    },
  );

  test("a verification reports what it cannot read, or fails with a code", async () => {
    const log = await ruined();
    for (let failing = 0; ; failing++) {
      const { disk } = await again(log);
      const at = disk.operationCount + failing;
      disk.fail({ at, errno: "EIO" });
      const found = await verifyLog(DIRECTORY, { fs: disk.fs }).catch((error: unknown) => error);
      if (disk.operationCount <= at) break;
      if (found instanceof Error) expect(hasCode(found, "ERR_SEGLOG_IO")).toBe(true);
      else expect(found).toMatchObject({ clean: false });
      expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
    }
  });

  test("a disk that is full is told of, and the damaged files are as they were", async () => {
    const log = await ruined();
    const { disk } = await again(log);
    const before = await contentsOf({ disk });
    disk.quotaBytes = disk.usedBytes;
    await expect(repairLog(DIRECTORY, { fs: disk.fs })).rejects.toMatchObject({
      code: "ERR_SEGLOG_IO",
      context: { errno: "ENOSPC" },
    });
    await keepsAll(before, disk);
    disk.quotaBytes = Number.POSITIVE_INFINITY;
    expect((await repairLog(DIRECTORY, { fs: disk.fs })).actions.length).toBeGreaterThan(3);
  });
});
