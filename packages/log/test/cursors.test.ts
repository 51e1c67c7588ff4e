import type { Log } from "@seglog/log";
import { describe, expect, it, vi } from "vitest";
import { simulatedDisk } from "./support/parts.ts";
import { DIRECTORY, memoryPlace, overwrite, placeOn } from "./support/place.ts";
import { appendRange, contentOf, rangeOf } from "./support/records.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const LIMITS = { indexEntriesMax: 4 };

async function filled(count: number, options = {}): Promise<Log> {
  const log = await memoryPlace({ ...LIMITS, ...options }).open();
  appendRange(log, 0, count);
  await log.sync();
  return log;
}

describe("a cursor", () => {
  it("is made where it is told to begin, and stays where it was put, over openings", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 10);
    await log.sync();
    expect((await log.cursor("a")).offset).toBe(0);
    expect((await log.cursor("b", { from: "end" })).offset).toBe(10);
    const c = await log.cursor("c", { from: 4 });
    await c.commit(7);
    expect((await log.cursor("c", { from: 1 })).offset).toBe(7);
    await c.commit(3);
    await log.close();
    const again = await place.open();
    const saved = [
      { name: "a", offset: 0 },
      { name: "b", offset: 10 },
      { name: "c", offset: 3 },
    ];
    expect(await again.cursors()).toEqual(saved);
    const reader = await place.open({ readOnly: true });
    expect(await reader.cursors()).toEqual(saved);
    const seen = await reader.cursor("c");
    expect(seen.offset).toBe(3);
    const code = "ERR_SEGLOG_READ_ONLY";
    await expect(seen.commit(4)).rejects.toMatchObject({ code });
    await expect(reader.removeCursor("c")).rejects.toMatchObject({ code });
    await reader.close();
    await again.removeCursor("a");
    await again.removeCursor("never-was");
    await again.close();
    const third = await place.open();
    expect((await third.cursors()).map(({ name }) => name)).toEqual(["b", "c"]);
    await third.close();
  });

  it("has a name that leads nowhere else", async () => {
    const log = await filled(1);
    const names = ["", ".", "..", "../a", "a/b", "A", "a\0", "-a", "a b", "ä", "a".repeat(65)];
    for (const name of [...names, 7 as unknown as string]) {
      const code = "ERR_SEGLOG_INVALID_ARGUMENT";
      await expect(log.cursor(name), name).rejects.toMatchObject({ code });
    }
    for (const name of ["a", "0", "a.b_c-d", "a".repeat(64)]) await log.cursor(name);
    expect(await log.cursors()).toHaveLength(4);
    await log.close();
  });

  it("cannot be put behind what is committed, nor anywhere once the log is closed", async () => {
    const log = await filled(3);
    appendRange(log, 3, 4);
    const cursor = await log.cursor("a");
    const code = "ERR_SEGLOG_OUT_OF_RANGE";
    await expect(cursor.commit(4)).rejects.toMatchObject({ code });
    await cursor.commit(3);
    await log.sync();
    await cursor.commit(4);
    await expect(cursor.commit(-1)).rejects.toMatchObject({ code: "ERR_SEGLOG_INVALID_ARGUMENT" });
    await log.close();
    await expect(cursor.commit(1)).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
  });

  it("commits in the order of the calls", async () => {
    const log = await filled(20);
    const cursor = await log.cursor("a");
    await Promise.all(Array.from({ length: 20 }, (_, n) => cursor.commit(n + 1)));
    expect(cursor.offset).toBe(20);
    expect(await log.cursors()).toEqual([{ name: "a", offset: 20 }]);
    await log.close();
  });

  it("is taken back by truncateAfter, so that it passes over nothing that comes", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 14);
    await log.sync();
    const ahead = await log.cursor("ahead", { from: 12 });
    const behind = await log.cursor("behind", { from: 2 });
    const cutting = log.truncateAfter(5);
    // called since the cut: what it says is done is not there any more
    await expect(ahead.commit(13)).rejects.toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
    await cutting;
    expect([ahead.offset, behind.offset]).toEqual([6, 2]);
    await log.close();
    const again = await place.open();
    expect(await again.cursors()).toEqual([
      { name: "ahead", offset: 6 },
      { name: "behind", offset: 2 },
    ]);
    await again.close();
  });

  it("goes on at the first record where truncateBefore has dropped what it was at", async () => {
    const log = await filled(14);
    const cursor = await log.cursor("a");
    await log.truncateBefore(9);
    expect(cursor.offset).toBe(9);
    await log.close();
  });

  it("that is damaged says so, and can be removed; one half made is none", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    await log.cursor("a");
    await log.cursor("b");
    await log.close();
    for (const at of [20, 4116]) {
      await overwrite(place.fs, `${DIRECTORY}/a.cursor`, at, new Uint8Array(8).fill(7));
    }
    await overwrite(place.fs, `${DIRECTORY}/b.cursor`, 0, new Uint8Array(40));
    const again = await place.open();
    expect(await again.cursors()).toEqual([{ name: "a", offset: undefined }]);
    await expect(again.cursor("a")).rejects.toMatchObject({ code: "ERR_SEGLOG_CORRUPT" });
    await again.removeCursor("a");
    expect((await again.cursor("a")).offset).toBe(0);
    await again.close();
  });

  it("of which one slot is damaged is where one of its last two commits put it", async () => {
    for (const at of [20, 4116]) {
      const place = memoryPlace(LIMITS);
      const log = await place.open();
      appendRange(log, 0, 9);
      await log.sync();
      const cursor = await log.cursor("a");
      for (const offset of [3, 5, 8]) await cursor.commit(offset);
      await log.close();
      await overwrite(place.fs, `${DIRECTORY}/a.cursor`, at, new Uint8Array(8).fill(7));
      const again = await place.open();
      expect([5, 8]).toContain((await again.cursor("a")).offset);
      await again.close();
    }
  });
});

describe("retention", () => {
  it("keeps what a cursor has not committed, if asked, and frees it afterwards", async () => {
    for (const keepUncommitted of [true, false]) {
      const retention = { segmentsMax: 2, keepUncommitted };
      const log = await filled(8, { retention });
      const slow = await log.cursor("slow", { from: 5 });
      const quick = await log.cursor("quick");
      await quick.commit(8);
      appendRange(log, 8, 40);
      await log.sync();
      await log.enforceRetention();
      if (keepUncommitted) {
        expect([log.firstOffset, slow.offset]).toEqual([5, 5]);
        expect(await contentOf(log)).toEqual(rangeOf(5, 40));
        await slow.commit(30);
        await quick.commit(40);
        await log.enforceRetention();
        expect(log.firstOffset).toBe(30);
        await log.removeCursor("slow");
        await log.enforceRetention();
      }
      expect(log.firstOffset).toBe(32);
      await log.close();
    }
  });

  it("knows the cursors of an opening before, and keeps all for one that is damaged", async () => {
    const retention = { segmentsMax: 1, keepUncommitted: true };
    const place = memoryPlace({ ...LIMITS, retention });
    const log = await place.open();
    await log.cursor("a");
    appendRange(log, 0, 20);
    await log.close();
    for (const damage of [false, true]) {
      if (damage) {
        for (const at of [20, 4116]) {
          await overwrite(place.fs, `${DIRECTORY}/a.cursor`, at, new Uint8Array(8).fill(7));
        }
      }
      const again = await place.open();
      expect(again.firstOffset).toBe(0);
      await again.close();
    }
  });
});

describe("a power cut at any call", () => {
  it("leaves each cursor where its last resolved commit put it, or one that was under way", async () => {
    let states = 0;
    for (let cutAt = 20; ; cutAt++) {
      const disk = simulatedDisk({ seed: cutAt });
      const place = placeOn(disk.fs, LIMITS);
      let low: number | undefined;
      let high = 0;
      disk.cutAfter(cutAt);
      const isDone = await (async () => {
        const log = await place.open();
        appendRange(log, 0, 6);
        await log.sync();
        const cursor = await log.cursor("a");
        low = 0;
        for (const offset of [1, 4, 2, 6]) {
          high = Math.max(offset, low);
          const before = low;
          low = Math.min(offset, before);
          await cursor.commit(offset);
          low = offset;
          high = offset;
        }
        await log.truncateAfter(3).then(
          () => {
            low = 4;
            high = 4;
          },
          (error: unknown) => {
            low = 4;
            throw error;
          },
        );
        await log.close();
        return true;
      })().catch(() => false);
      disk.cut();
      for (const state of disk.crashStates({ limit: 10 })) {
        states++;
        const log = await placeOn(state.fs, LIMITS).open();
        const saved = (await log.cursors()).find(({ name }) => name === "a");
        const { offset } = saved ?? { offset: undefined };
        if (low !== undefined) expect(saved, state.describe()).toBeDefined();
        if (offset !== undefined) {
          expect(offset, state.describe()).toBeGreaterThanOrEqual(low ?? 0);
          expect(offset, state.describe()).toBeLessThanOrEqual(Math.min(high, log.nextOffset));
        }
        await log.close();
      }
      if (isDone) break;
    }
    expect(states).toBeGreaterThan(300);
  });
});
