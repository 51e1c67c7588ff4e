import { hasCode } from "@seglog/errors";
import { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
import { openFileStore } from "@seglog/store";
import { expect, test, vi } from "vitest";
import { type OpenLogOptions, openLog, type Seglog } from "../src/index.ts";

// hundreds of logs on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 60_000 });

const BLOCK_BYTES = 4096;
const LOG = "/log";
/** A roll every dozen records or so. */
const SEGMENT_BYTES = 20_000;

function open(
  disk: SimulatedDisk,
  parts: Pick<OpenLogOptions<never, never>, "openStore"> = {},
): Promise<Seglog> {
  return openLog(LOG, { fs: disk.fs, segmentBytesMax: SEGMENT_BYTES, ...parts });
}

/** Over blocks that were written ahead there is no shortage: so each write makes the file longer. */
const GROWING: Pick<OpenLogOptions<never, never>, "openStore"> = {
  openStore: (request) => openFileStore({ ...request, preallocate: false }),
};

/** Whether `error` says that the disk was full, itself or through what caused it. */
function isFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (hasCode(at, "ERR_SEGLOG_IO") && at.context.errno === "ENOSPC") return true;
  }
  return false;
}

/** What a refusal owes: a code of ours, and the full disk behind it. */
function checkRefusal(error: unknown): void {
  expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_SEGLOG_/) });
  expect(isFull(error)).toBe(true);
}

function recordOf(n: number): Uint8Array {
  return new Uint8Array((n * 397) % 3000).fill(n % 251);
}

/** Appends one by one until one is refused. @returns the values acknowledged, by offset */
async function appendUntilRefused(log: Seglog, most: number): Promise<Map<number, Uint8Array>> {
  const acknowledged = new Map<number, Uint8Array>();
  for (let n = 0; n < most; n++) {
    try {
      acknowledged.set(await log.append(recordOf(n)), recordOf(n));
    } catch (error) {
      checkRefusal(error);
      break;
    }
  }
  return acknowledged;
}

function checkHeld(log: Seglog, acknowledged: ReadonlyMap<number, Uint8Array>): void {
  const untrue = [...acknowledged].filter(([offset, value]) => {
    return !Buffer.from(value.buffer).equals(log.read(offset).value);
  });
  expect(untrue).toEqual([]);
}

/** With space freed, the log opens, holds what was acknowledged, and takes records. */
async function checkAfterwards(
  disk: SimulatedDisk,
  acknowledged: ReadonlyMap<number, Uint8Array>,
): Promise<void> {
  disk.quotaBytes += 64 * BLOCK_BYTES;
  const log = await open(disk);
  checkHeld(log, acknowledged);
  for (let n = 0; n < 10; n++) await log.append(recordOf(n));
  await log.close();
  expect(disk.sigbus).toBeUndefined();
  expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
}

/** A log on a disk with room for anything, filled with `count` records and left open. */
async function filled(
  seed: number,
  count: number,
): Promise<{ disk: SimulatedDisk; log: Seglog; acknowledged: Map<number, Uint8Array> }> {
  const disk = simulatedDisk({ seed });
  const log = await open(disk);
  return { disk, log, acknowledged: await appendUntilRefused(log, count) };
}

test("at every size of the disk: no SIGBUS, no false acknowledgement, and it goes on with space", async () => {
  let opened = 0;
  for (let blocks = 0; blocks < 44; blocks += 1 + (blocks >> 4)) {
    const disk = simulatedDisk({ seed: blocks, quotaBytes: blocks * BLOCK_BYTES });
    let acknowledged = new Map<number, Uint8Array>();
    try {
      const log = await open(disk);
      opened++;
      acknowledged = await appendUntilRefused(log, 500);
      expect(acknowledged.size).toBeLessThan(500);
      checkHeld(log, acknowledged);
      await log.close().catch(checkRefusal);
    } catch (error) {
      checkRefusal(error);
    }
    expect(disk.sigbus).toBeUndefined();
    await checkAfterwards(disk, acknowledged);
  }
  expect(opened).toBeGreaterThan(20);
});

test("no block left at a roll: what waits for the new segment is refused, what was there stays", async () => {
  for (let count = 5; count < 40; count += 5) {
    const { disk, log, acknowledged } = await filled(count, count);
    const left = SEGMENT_BYTES - (log.segments().at(-1)?.storeBytes ?? 0);
    disk.quotaBytes = disk.usedBytes;
    // no segment has room for it beside anything else: the active one holds records
    const rolling = log.append(new Uint8Array(left + 1));
    await rolling.then(
      () => expect.fail("a segment was made without a block"),
      (error: unknown) => checkRefusal(error),
    );
    checkHeld(log, acknowledged);
    await log.close().catch(checkRefusal);
    await checkAfterwards(disk, acknowledged);
  }
});

test("no block left when a closed log is opened: it opens, or says so and loses nothing", async () => {
  for (const count of [0, 1, 5, 12, 30, 60]) {
    const { disk, log, acknowledged } = await filled(count, count);
    await log.close();
    disk.quotaBytes = disk.usedBytes;
    const again = await open(disk);
    checkHeld(again, acknowledged);
    await again.close();
    await checkAfterwards(disk, acknowledged);
  }
});

test("no block left when a log is opened after a power cut: it opens, or says so and loses nothing", async () => {
  for (const count of [0, 1, 5, 12, 30, 60]) {
    const { disk: running, log, acknowledged } = await filled(count, count);
    for (const { disk } of running.crashStates({ limit: 8 })) {
      disk.quotaBytes = disk.usedBytes;
      try {
        const again = await open(disk);
        checkHeld(again, acknowledged);
        await again.close();
      } catch (error) {
        checkRefusal(error);
      }
      await checkAfterwards(disk, acknowledged);
    }
    await log.close();
  }
});

test("no block left at truncateBefore of everything: it frees space, and appends go on", async () => {
  for (const count of [20, 30, 60]) {
    const { disk, log } = await filled(count, count);
    expect(log.segments().length).toBeGreaterThan(1);
    disk.quotaBytes = disk.usedBytes;
    await log.truncateBefore(log.nextOffset);
    expect(log.offsetRange()).toBeUndefined();
    expect(disk.usedBytes).toBeLessThan(disk.quotaBytes / 2);
    expect(await log.append("goes on")).toBe(count);
    await log.close();
    await checkAfterwards(disk, new Map());
  }
});

test("no block left to empty a log of one segment: it is empty, and space is freed once there is some", async () => {
  const { disk, log } = await filled(1, 5);
  expect(log.segments()).toHaveLength(1);
  disk.quotaBytes = disk.usedBytes;
  await log.truncateBefore(5);
  expect(log.offsetRange()).toBeUndefined();
  await log.close();
  disk.quotaBytes += 2 * BLOCK_BYTES;
  const again = await open(disk);
  expect([again.firstOffset, again.nextOffset]).toEqual([5, 5]);
  await again.close();
  await checkAfterwards(disk, new Map());
});

test("no block left at close: it ends, and says what was not committed", async () => {
  for (let count = 1; count < 30; count += 3) {
    const { disk, log, acknowledged } = await filled(count, count);
    disk.quotaBytes = disk.usedBytes;
    if (count % 2 === 0) {
      await log.close();
    } else {
      for (let n = 0; n < 40; n++) log.write(recordOf(n));
      await expect(log.close()).rejects.toSatisfy(isFull);
    }
    await checkAfterwards(disk, acknowledged);
  }
});

test("what was rejected for want of room is not there after a power cut, however soon", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const disk = simulatedDisk({ seed });
    const log = await open(disk, GROWING);
    await log.append("first");
    let isOver = false;
    disk.fail({
      at: ({ kind, path }) => {
        const isIt = !isOver && kind === "writeDurably" && path.endsWith(".store");
        isOver ||= isIt;
        return isIt;
      },
      errno: "ENOSPC",
      effect: "partial",
    });
    let isTold = false;
    const cuts: SimulatedDisk[] = [];
    const look = (): void => {
      if (isTold) for (const state of disk.crashStates({ limit: 16 })) cuts.push(state.disk);
    };
    disk.onOperation(look);
    const lost = Array.from({ length: 8 }, () => log.append("lost"));
    lost[0]?.catch(() => {
      isTold = true;
    });
    const told = await Promise.allSettled(lost);
    expect(told.every(({ status }) => status === "rejected")).toBe(true);
    look();
    await log.close();
    expect(cuts.length).toBeGreaterThan(0);
    for (const cut of cuts) {
      const again = await open(cut);
      expect([again.nextOffset, Buffer.from(again.read(0).value).toString()]).toEqual([1, "first"]);
      await again.close();
    }
  }
});
