import type { Log } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { memoryFileSystem, storeName } from "./support/parts.ts";
import { crashed, DIRECTORY, memoryPlace, overwrite, placeOn } from "./support/place.ts";
import {
  appendRange,
  brief,
  collect,
  contentOf,
  rangeOf,
  textOf,
  valueAt,
} from "./support/records.ts";
import { slowDisk } from "./support/slow-disk.ts";

const LIMITS = { indexEntriesMax: 4 };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("truncateAfter", () => {
  const offsets = Array.from({ length: 14 }, (_, i) => i - 1);

  it.each(offsets)("%s: the offset stays last, durably, whatever segment it is in", async (at) => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 13);
    if (at % 2 === 0) await log.sync();
    await log.truncateAfter(at);
    expect([log.nextOffset, log.committedOffset]).toEqual([at + 1, at + 1]);
    expect(await contentOf(log)).toEqual(rangeOf(0, at + 1));

    const reopened = await (await crashed(place, LIMITS)).open();
    expect([reopened.firstOffset, reopened.nextOffset]).toEqual([0, at + 1]);
    expect(await contentOf(reopened)).toEqual(rangeOf(0, at + 1));
    await reopened.close();

    appendRange(log, at + 1, at + 12);
    await log.sync();
    expect(await contentOf(log)).toEqual(rangeOf(0, at + 12));
    await log.close();
    const again = await place.open();
    expect(again.recovery.clean).toBe(true);
    expect(await contentOf(again)).toEqual(rangeOf(0, at + 12));
    await again.close();
  });

  it.each([0, 3, 4, 5, 8])(
    "empties a log that begins at %s, and offsets go on there",
    async (first) => {
      const place = memoryPlace(LIMITS);
      const log = await place.open();
      appendRange(log, 0, 11);
      await log.truncateBefore(first);
      await log.truncateAfter(first - 1);
      expect([log.firstOffset, log.nextOffset]).toEqual([first, first]);
      expect(log.offsetRange()).toBeUndefined();
      const reopened = await (await crashed(place, LIMITS)).open();
      expect([reopened.firstOffset, reopened.nextOffset]).toEqual([first, first]);
      appendRange(reopened, first, first + 9);
      await reopened.sync();
      expect(await contentOf(reopened)).toEqual(rangeOf(first, first + 9));
      await reopened.close();
      await log.close();
    },
  );

  it("what is appended from the call on follows the offset, also in the same tick", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    const truncation = log.truncateAfter(5);
    expect(log.nextOffset).toBe(6);
    expect(log.append(text("new six"))).toBe(6);
    expect(textOf(log.read(6, { uncommitted: true }).value)).toBe("new six");
    expect(log.appendBatch([text("new seven"), text("new eight")])).toBe(7);
    const sync = log.sync();
    await truncation;
    await sync;
    expect(await contentOf(log)).toEqual([
      ...rangeOf(0, 6),
      [6, "new six"],
      [7, "new seven"],
      [8, "new eight"],
    ]);
    await log.close();
  });

  it.each([
    ["truncateBefore", (log: Log) => log.truncateBefore(2)],
    ["truncateAfter", (log: Log) => log.truncateAfter(8)],
    ["enforceRetention", (log: Log) => log.enforceRetention()],
    ["sync", (log: Log) => log.sync()],
  ])("also while %s is under way", async (_, other) => {
    const log = await memoryPlace({ ...LIMITS, retention: { segmentsMax: 2 } }).open();
    appendRange(log, 0, 10);
    const pending = other(log);
    const truncation = log.truncateAfter(7);
    expect(log.append(text("eight"))).toBe(8);
    await Promise.all([pending, truncation, log.sync()]);
    expect([log.nextOffset, log.committedOffset]).toEqual([9, 9]);
    expect(textOf(log.read(8).value)).toBe("eight");
    expect(textOf(log.read(7).value)).toBe(rangeOf(7, 8)[0]?.[1]);
    await log.close();
  });

  it("several at once are carried out in the order of their calls", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    const done = [log.truncateAfter(7)];
    log.append(text("a8"));
    log.append(text("a9"));
    done.push(log.truncateAfter(8));
    log.append(text("b9"));
    done.push(log.truncateAfter(2));
    log.append(text("c3"));
    done.push(log.truncateAfter(3), log.truncateBefore(1));
    log.append(text("d4"));
    const sync = log.sync();
    await Promise.all([...done, sync]);
    expect(await contentOf(log)).toEqual([...rangeOf(1, 3), [3, "c3"], [4, "d4"]]);
    await log.close();
  });

  it("a cut above an earlier one keeps what was appended between them", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    const first = log.truncateAfter(1);
    for (let n = 2; n < 12; n++) log.append(text(`new ${n}`));
    const second = log.truncateAfter(6);
    await Promise.all([first, second]);
    expect(brief(await collect(log.batches({ from: 2 })))).toEqual(
      [2, 3, 4, 5, 6].map((n) => [n, `new ${n}`]),
    );
    await log.close();
  });

  it("records staged before it are committed first: their sync resolves", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    const sync = log.sync();
    const truncation = log.truncateAfter(3);
    await sync;
    await truncation;
    expect(await contentOf(log)).toEqual(rangeOf(0, 4));
    await log.close();
  });

  it("a sync asked for before it is told of the records that stay as committed", async () => {
    const log = await memoryPlace({ indexEntriesMax: 100 }).open();
    appendRange(log, 0, 10);
    const sync = log.sync();
    const truncation = log.truncateAfter(6);
    await sync;
    expect(log.committedOffset).toBe(7);
    await truncation;
    await log.close();
  });

  it("truncateBefore that was called before it bounds it, one called after it is bounded", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    const before = log.truncateBefore(6);
    await expect(log.truncateAfter(4)).rejects.toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
    const after = log.truncateAfter(7);
    await expect(log.truncateBefore(9)).rejects.toMatchObject({ code: "ERR_SEGLOG_OUT_OF_RANGE" });
    await Promise.all([before, after]);
    expect(await contentOf(log)).toEqual(rangeOf(6, 8));
    expect(log.stats().poisoned).toBe(false);
    await log.close();
  });

  it("drops records of a sealed segment, and that one takes appends again", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 20);
    await log.sync();
    for (const at of [17, 13, 9, 9, 6, 2]) {
      await log.truncateAfter(at);
      appendRange(log, at + 1, at + 3);
      await log.sync();
      expect(await contentOf(log)).toEqual(rangeOf(0, at + 3));
    }
    await log.close();
  });

  it("reads go on at every moment, and of a damaged record they say so", async () => {
    const disk = memoryFileSystem();
    const slow = placeOn(
      slowDisk(disk, () => 2),
      LIMITS,
    );
    const filled = await slow.open();
    appendRange(filled, 0, 20);
    await filled.close();
    await overwrite(disk, `${DIRECTORY}/${storeName(4)}`, 32 + 16, Uint8Array.of(255));
    const log = await slow.open();
    let done = false;
    const truncation = log.truncateAfter(6).then(() => {
      done = true;
    });
    for (let turns = 0; !done; turns++) {
      expect(() => log.read(4)).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_CORRUPT" }));
      for (const at of [0, 3, 5, 6]) expect(textOf(log.read(at).value)).toBe(textOf(valueAt(at)));
      expect(log.offsetAtTime(0)).toBe(0);
      expect(log.segments().length).toBeGreaterThan(1);
      expect(turns).toBeLessThan(1000);
      await new Promise((wake) => setImmediate(wake));
    }
    await truncation;
    expect(log.nextOffset).toBe(7);
    await log.close();
  });

  it("retention that meets it neither fails nor drops what replaces the cut", async () => {
    let now = 0;
    const retention = { ageMsMax: 10 };
    const log = await memoryPlace({ ...LIMITS, retention, clock: () => now }).open();
    appendRange(log, 0, 10);
    now = 100;
    const truncation = log.truncateAfter(2);
    const retained = log.enforceRetention();
    expect(log.append(text("three"))).toBe(3);
    await Promise.all([truncation, retained, log.sync()]);
    expect(log.stats().poisoned).toBe(false);
    expect(await contentOf(log)).toEqual([...rangeOf(0, 3), [3, "three"]]);
    await log.close();
  });
});
