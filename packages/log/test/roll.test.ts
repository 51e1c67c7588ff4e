import { describe, expect, it, vi } from "vitest";
import { memoryPlace, type PlaceOptions } from "./support/place.ts";
import {
  appendRange,
  brief,
  collect,
  contentOf,
  rangeOf,
  textOf,
  valueAt,
} from "./support/records.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

describe("rolls go unnoticed", () => {
  it("100,000 records over more than 50 segments are read forward, backward, at random, by time", async () => {
    let now = 0;
    const place = memoryPlace({ segmentBytesMax: 40_000, clock: () => now });
    const log = await place.open();
    for (let n = 0; n < 100_000; n++) {
      now = n;
      if (log.append(valueAt(n)) !== n) expect.fail(`another offset than ${n}`);
      if (n % 997 === 0) await log.sync();
    }
    await log.sync();
    expect(log.segments().length).toBeGreaterThan(50);
    expect(brief(await collect(log.batches()))).toEqual(rangeOf(0, 100_000));
    expect(brief(await collect(log.batches({ reverse: true }))).reverse()).toEqual(
      rangeOf(0, 100_000),
    );
    for (let n = 0, at = 7; n < 100_000; n++, at = (at + 61_813) % 100_000) {
      const { offset, time, value } = log.read(at);
      if (offset !== at || time !== at || textOf(value) !== textOf(valueAt(at))) {
        expect([offset, time, textOf(value)]).toEqual([at, at, textOf(valueAt(at))]);
      }
    }
    for (let time = 0; time < 100_000; time += 613) expect(log.offsetAtTime(time)).toBe(time);
    await log.close();
  });

  it.each([
    ["by bytes", { segmentBytesMax: 100 }],
    ["by entries", { indexEntriesMax: 3 }],
    ["by both", { segmentBytesMax: 100, indexEntriesMax: 2 }],
    ["a record each", { segmentBytesMax: 1 }],
  ] as [string, PlaceOptions][])(
    "%s: content and segments are as if there were none",
    async (_, limits) => {
      const place = memoryPlace(limits);
      const log = await place.open();
      for (let n = 0; n < 50; n++) {
        appendRange(log, n, n + 1);
        if (n % 4 === 0) await log.sync();
      }
      await log.sync();
      expect(log.segments().length).toBeGreaterThan(8);
      expect(await contentOf(log)).toEqual(rangeOf(0, 50));
      await log.close();
      const again = await place.open();
      expect(again.recovery.clean).toBe(true);
      expect(await contentOf(again)).toEqual(rangeOf(0, 50));
      await again.close();
    },
  );

  it("by age, counted from the first record of the segment", async () => {
    let now = 1000;
    const log = await memoryPlace({ segmentAgeMsMax: 100, clock: () => now }).open();
    appendRange(log, 0, 1);
    now = 1099;
    appendRange(log, 1, 2);
    await log.sync();
    expect(log.segments().length).toBe(1);
    now = 1100;
    appendRange(log, 2, 4);
    await log.sync();
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([0, 2]);
    now = 1199;
    appendRange(log, 4, 5);
    now = 1200;
    appendRange(log, 5, 6);
    await log.sync();
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 5]);
    expect(await contentOf(log)).toEqual(rangeOf(0, 6));
    await log.close();
  });

  it("no limit of a segment is exceeded where many records are appended at once", async () => {
    for (const [limits, count] of [
      [{ segmentBytesMax: 200_000 }, 200_000 / 24],
      [{ indexEntriesMax: 9_000 }, 9_000],
    ] as const) {
      const log = await memoryPlace(limits).open();
      const value = new Uint8Array(8);
      for (let n = 0; n < 20_000; n++) {
        if (n % 1000 === 999) log.appendBatch([value, value]);
        else log.append(value);
      }
      await log.sync();
      const sizes = log.segments().map(({ baseOffset, nextOffset }) => nextOffset - baseOffset);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(count);
      expect(sizes.slice(0, -1).every((size) => size > count - 3)).toBe(true);
      await log.close();
    }
  });

  it("stagedBytesMax is kept to the byte where many records are appended at once", async () => {
    const log = await memoryPlace().open({ stagedBytesMax: 240_000 });
    const value = new Uint8Array(8);
    for (let n = 0; n < 10_000; n++) log.append(value);
    expect(log.stagedBytes).toBe(240_000);
    expect(() => log.append(value)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_OVERLOADED" }),
    );
    await log.flush();
    expect(log.append(value)).toBe(10_000);
    await log.close();
  });

  it("a record larger than a segment gets one of its own", async () => {
    const log = await memoryPlace({ segmentBytesMax: 1000 }).open();
    const large = new Uint8Array(5000).fill(7);
    log.append(large);
    log.append(valueAt(1));
    log.append(large);
    await log.sync();
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([0, 1, 2]);
    expect(log.read(0).value).toEqual(large);
    expect(log.read(2).value).toEqual(large);
    await log.close();
  });

  it("3,000 synchronous appends over 1,000 segments in one tick get consecutive offsets", async () => {
    const log = await memoryPlace({ indexEntriesMax: 3 }).open();
    for (let n = 0; n < 3_000; n++) expect(log.append(valueAt(n))).toBe(n);
    expect(log.nextOffset).toBe(3_000);
    expect(textOf(log.read(2_999, { uncommitted: true }).value)).toBe(textOf(valueAt(2_999)));
    await log.sync();
    expect(log.segments().length).toBe(1000);
    expect(log.stats()).toMatchObject({ segments: 1000, rolls: 999, appends: 3_000 });
    expect(brief(await collect(log.batches()))).toEqual(rangeOf(0, 3_000));
    await log.close();
  });

  it("a batch is never split: it starts a segment rather, and may exceed it", async () => {
    const log = await memoryPlace({ indexEntriesMax: 4 }).open();
    appendRange(log, 0, 3);
    expect(log.appendBatch([valueAt(3), valueAt(4)])).toBe(3);
    expect(log.appendBatch(Array.from({ length: 9 }, (_, i) => valueAt(5 + i)))).toBe(5);
    expect(log.append(valueAt(14))).toBe(14);
    await log.sync();
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([0, 3, 5, 14]);
    expect(await contentOf(log)).toEqual(rangeOf(0, 15));
    const times = new Set((await collect(log.batches({ from: 5, to: 14 }))).map((r) => r.time));
    expect(times.size).toBe(1);
    await log.close();
  });

  it("append copies also what waits for a roll: the caller may reuse its buffer at once", async () => {
    const log = await memoryPlace({ indexEntriesMax: 1 }).open();
    const buffer = new Uint8Array(3);
    for (let n = 0; n < 20; n++) {
      buffer.fill(n);
      log.append(buffer);
    }
    const view = log.read(19, { uncommitted: true });
    view.value.fill(99);
    await log.sync();
    for (let n = 0; n < 20; n++) expect([...log.read(n).value]).toEqual([n, n, n]);
    await log.close();
  });
});

describe("what is staged is bounded", () => {
  it.each([1, 1000])("by stagedBytesMax, with %s records a segment", async (indexEntriesMax) => {
    const log = await memoryPlace({ indexEntriesMax, stagedBytesMax: 1000 }).open();
    const fill = (): number => {
      for (let n = 0; ; n++) {
        try {
          log.append(new Uint8Array(84));
        } catch (error) {
          expect(error).toMatchObject({ code: "ERR_SEGLOG_OVERLOADED" });
          return n;
        }
      }
    };
    expect(fill()).toBe(10);
    expect(log.stagedBytes).toBe(1000);
    expect(log.nextOffset).toBe(10);
    expect(() => log.appendBatch([new Uint8Array(0), new Uint8Array(0)])).toThrow(/staged/);
    await log.flush();
    expect(log.stagedBytes).toBe(0);
    expect(fill()).toBe(10);
    await log.sync();
    expect((await collect(log.batches())).length).toBe(20);
    await log.close();
  });

  it("a batch of many empty records does not overfill the store behind a roll", async () => {
    const log = await memoryPlace({ segmentBytesMax: 900, stagedBytesMax: 1000 }).open();
    const empty = (count: number) => Array.from({ length: count }, () => new Uint8Array(0));
    log.appendBatch(empty(55));
    await log.flush();
    log.appendBatch(empty(30)); // rolls
    log.appendBatch(empty(25));
    await log.sync();
    expect(log.committedOffset).toBe(110);
    expect(log.stats().poisoned).toBe(false);
    await log.close();
  });

  it("one record larger than stagedBytesMax goes alone", async () => {
    const log = await memoryPlace({ stagedBytesMax: 100 }).open();
    log.append(new Uint8Array(5000));
    expect(() => log.append(new Uint8Array(0))).toThrow(/staged/);
    await log.sync();
    log.append(new Uint8Array(0));
    await log.close();
  });
});
