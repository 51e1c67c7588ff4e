import type { Log } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { type Change, faultyDisk } from "./support/faulty-disk.ts";
import { memoryFileSystem } from "./support/parts.ts";
import { copyDisk, type Place, type PlaceOptions, placeOn } from "./support/place.ts";
import { appendRange, brief, collect, contentOf, rangeOf, valueAt } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 4 };
const INJECTED = "injected: writeDurably /log/00000000000000000000.store";
const POISONED = { code: "ERR_SEGLOG_POISONED" };

/** A log on a disk that fails, from when `break` is called on, every change of one kind. */
async function breakable(
  kind: Change,
  path = "",
  options: PlaceOptions = {},
): Promise<{ place: Place; log: Log; break(): void }> {
  let broken = false;
  const inner = memoryFileSystem();
  // a durable write is both
  const isIt = (change: Change): boolean =>
    change === kind || (change === "writeDurably" && ["write", "sync"].includes(kind));
  const { fs } = faultyDisk(inner, (change, at) =>
    broken && isIt(change) && at.includes(path) ? "fail" : "pass",
  );
  const log = await placeOn(fs, LIMITS).open(options);
  return { place: placeOn(inner, LIMITS), log, break: () => (broken = true) };
}

async function expectPoisoned(place: Place, log: Log, committed: number): Promise<void> {
  expect(log.stats().poisoned).toBe(true);
  expect(() => log.append(valueAt(0))).toThrow(expect.objectContaining(POISONED));
  expect(() => log.appendBatch([valueAt(0)])).toThrow(expect.objectContaining(POISONED));
  await expect(log.sync()).rejects.toMatchObject(POISONED);
  await expect(log.flush()).rejects.toMatchObject(POISONED);
  await expect(log.truncateBefore(0)).rejects.toMatchObject(POISONED);
  await expect(log.truncateAfter(0)).rejects.toMatchObject(POISONED);
  await expect(log.enforceRetention()).rejects.toMatchObject(POISONED);
  expect(log.committedOffset).toBe(committed);
  expect(await contentOf(log)).toEqual(rangeOf(0, committed));
  const tail = log.tailBatches({ from: "start" });
  const delivered = brief((await tail.next()).value ?? []);
  expect(delivered.length).toBeGreaterThan(0);
  if (committed === log.nextOffset) await log.close();
  else await expect(log.close()).rejects.toMatchObject(POISONED);
  const reopened = await placeOn(await copyDisk(place.fs), LIMITS).open();
  expect(reopened.committedOffset).toBeGreaterThanOrEqual(committed);
  expect((await contentOf(reopened)).slice(0, committed)).toEqual(rangeOf(0, committed));
  await reopened.close();
}

describe("a failed disk is not papered over", () => {
  it.each(["write", "sync"] as const)(
    "a failed %s: who waits is rejected, then all who write",
    async (kind) => {
      const { place, log, ...disk } = await breakable(kind);
      appendRange(log, 0, 3);
      await log.sync();
      disk.break();
      appendRange(log, 3, 4);
      const waiting = [log.sync(), log.sync(), log.sync()];
      for (const each of waiting) {
        await expect(each).rejects.toMatchObject({ cause: expect.objectContaining({}) });
      }
      await expectPoisoned(place, log, 3);
    },
  );

  it.each(["create", "sync", "syncDirectory"] as const)("a %s that fails a roll", async (kind) => {
    const { place, log, ...disk } = await breakable(kind);
    appendRange(log, 0, 3);
    await log.sync();
    disk.break();
    appendRange(log, 3, 30);
    await expect(log.sync()).rejects.toMatchObject(POISONED);
    await expectPoisoned(place, log, kind === "sync" ? 3 : 4);
  });

  it("a seal that fails in the background", async () => {
    const { place, log, ...disk } = await breakable("truncate", "00000.store");
    appendRange(log, 0, 4);
    await log.sync();
    disk.break();
    appendRange(log, 4, 5);
    await log.sync().catch(() => {}); // whether the seal or the sync is first does not matter
    await log.flush().catch(() => {}); // the same
    const committed = log.committedOffset;
    expect(committed).toBeGreaterThanOrEqual(4);
    await expectPoisoned(place, log, committed);
  });

  it.each([
    ["truncateBefore", "sync", "state"],
    ["truncateBefore", "remove", "index"],
    ["truncateAfter", "sync", "state"],
    ["truncateAfter", "truncate", "store"],
    ["truncateAfter", "remove", "store"],
  ] as const)("a %s whose %s of the %s file fails", async (name, kind, path) => {
    const { place, log, ...disk } = await breakable(kind, path);
    appendRange(log, 0, 11);
    await log.sync();
    await log.flush();
    disk.break();
    const offset = 5;
    await expect(log[name](offset)).rejects.toThrow(/injected/);
    expect(log.stats().poisoned).toBe(true);
    expect(() => log.append(valueAt(0))).toThrow(expect.objectContaining(POISONED));
    const readable = brief(await collect(log.batches()));
    expect(readable).toEqual(rangeOf(log.firstOffset, log.committedOffset));
    await log.close();
    const reopened = await placeOn(await copyDisk(place.fs), LIMITS).open();
    const range = [reopened.firstOffset, reopened.nextOffset];
    expect([[0, 11], name === "truncateBefore" ? [5, 11] : [0, 6]]).toContainEqual(range);
    expect(await contentOf(reopened)).toEqual(rangeOf(reopened.firstOffset, reopened.nextOffset));
    await reopened.close();
  });

  it("truncations that wait behind a failed one are rejected, too", async () => {
    const { log, ...disk } = await breakable("sync");
    appendRange(log, 0, 11);
    await log.sync();
    disk.break();
    const results = await Promise.allSettled([
      log.truncateAfter(5),
      log.truncateAfter(3),
      log.truncateBefore(2),
      log.sync(),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "rejected",
      "rejected",
    ]);
    await log.close();
  });

  it("retention that fails in the background poisons", async () => {
    let broken = false;
    const { fs } = faultyDisk(memoryFileSystem(), (change, path) =>
      broken && change === "remove" && path.endsWith(".store") ? "fail" : "pass",
    );
    const log = await placeOn(fs, { indexEntriesMax: 2, retention: { segmentsMax: 2 } }).open();
    broken = true;
    appendRange(log, 0, 3);
    await log.sync();
    appendRange(log, 3, 9);
    await expect(
      (async () => {
        for (;;) await log.sync();
      })(),
    ).rejects.toMatchObject(POISONED);
    await log.close();
  });

  it("close rejects if a poisoned log lost records, with tails and snapshots open", async () => {
    const { log, ...disk } = await breakable("sync");
    appendRange(log, 0, 3);
    await log.sync();
    const tail = log.tailBatches();
    const next = tail.next();
    const snapshot = log.reader().getReader();
    disk.break();
    log.append(valueAt(3));
    await expect(log.sync()).rejects.toMatchObject(POISONED);
    await expect(next).rejects.toMatchObject(POISONED);
    const closing = log.close();
    expect(log.close()).toBe(closing);
    await expect(closing).rejects.toMatchObject({ ...POISONED, cause: new Error(INJECTED) });
    await expect(log.close()).rejects.toMatchObject(POISONED);
    await expect(
      (async () => {
        while (!(await snapshot.read()).done);
      })(),
    ).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
  });

  it.each(["write", "sync"] as const)("close rejects where its own %s fails", async (kind) => {
    for (const commitOn of ["sync", "flush"] as const) {
      const { log, place, ...disk } = await breakable(kind, "store", { commitOn });
      appendRange(log, 0, 3);
      await log.sync();
      disk.break();
      appendRange(log, 3, 6);
      await expect(log.close()).rejects.toMatchObject(POISONED);
      await (await place.open()).close(); // the lock was released
    }
  });

  it("close rejects where an earlier sync failed, though all is committed by a flush", async () => {
    const { log, ...disk } = await breakable("sync", "store", { commitOn: "flush" });
    appendRange(log, 0, 3);
    await log.flush();
    disk.break();
    await expect(log.sync()).rejects.toMatchObject(POISONED);
    expect(log.committedOffset).toBe(3);
    await expect(log.close()).rejects.toMatchObject(POISONED);
  });

  it("close of a poisoned log that lost nothing resolves", async () => {
    const { log, ...disk } = await breakable("sync", "state");
    appendRange(log, 0, 3);
    await log.sync();
    disk.break();
    await expect(log.truncateBefore(2)).rejects.toThrow(/injected/);
    expect(log.stats().poisoned).toBe(true);
    await log.close();
    await log.close();
  });

  it("a write that fails while a new log is made leaves a place where one can be made", async () => {
    const whole = faultyDisk(memoryFileSystem(), () => "pass");
    await (await placeOn(whole.fs, LIMITS).open()).close();
    for (let at = 0; at < whole.changes; at++) {
      const disk = memoryFileSystem();
      const { fs } = faultyDisk(disk, (_change, _path, n) => (n === at ? "fail" : "pass"));
      const opening = placeOn(fs, LIMITS).open();
      // the failure may come while opening, or while closing
      await opening.then((log) => log.close()).catch(() => {});
      const again = await placeOn(disk, LIMITS).open();
      expect(again.nextOffset).toBe(0);
      await again.close();
    }
  });
});
