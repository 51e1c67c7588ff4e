import { describe, expect, it } from "vitest";
import { crashed, memoryPlace } from "./support/place.ts";
import { appendRange, contentOf, rangeOf } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 4 };

describe("truncateBefore", () => {
  const offsets = Array.from({ length: 14 }, (_, i) => i);

  it.each(offsets)("%s: the offset stays first, durably, whatever segment it is in", async (at) => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 13);
    await log.sync();
    await log.truncateBefore(at);
    expect(log.firstOffset).toBe(at);
    expect(await contentOf(log)).toEqual(rangeOf(at, 13));
    expect(log.offsetRange()).toEqual(at === 13 ? undefined : { lowest: at, highest: 12 });
    const bases = log.segments().map(({ baseOffset }) => baseOffset);
    expect(bases[0]).toBe(at === 13 ? 13 : at - (at % 4));

    const after = await crashed(place, LIMITS);
    const reopened = await after.open();
    expect(reopened.firstOffset).toBe(at);
    expect(reopened.nextOffset).toBe(13);
    expect(await contentOf(reopened)).toEqual(rangeOf(at, 13));
    appendRange(reopened, 13, 15);
    await reopened.sync();
    expect(await contentOf(reopened)).toEqual(rangeOf(at, 15));
    await reopened.close();
    await log.close();
  });

  it("offsets are never reused after an emptied log was reopened, and times never fall", async () => {
    let now = 5000;
    const place = memoryPlace({ ...LIMITS, clock: () => now });
    const log = await place.open();
    appendRange(log, 0, 10);
    await log.truncateBefore(10);
    await log.close();
    now = 1000;
    for (let n = 10; n < 13; n++) {
      const again = await place.open();
      expect([again.firstOffset, again.nextOffset]).toEqual([n, n]);
      appendRange(again, n, n + 1);
      await again.sync();
      expect(again.read(n).time).toBe(5000);
      await again.truncateBefore(n + 1);
      await again.close();
    }
    const after = await (await crashed(place, { ...LIMITS, clock: () => now })).open();
    expect(after.nextOffset).toBe(13);
    after.append(new Uint8Array(1));
    expect(after.read(13, { uncommitted: true }).time).toBe(5000);
    await after.close();
  });

  it("of records that are staged: they become durable first, and are dropped", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 3);
    const sync = log.sync();
    await Promise.all([log.truncateBefore(3), sync]);
    expect([log.firstOffset, log.committedOffset, log.nextOffset]).toEqual([3, 3, 3]);
    const reopened = await (await crashed(place)).open();
    expect(reopened.nextOffset).toBe(3);
    await reopened.close();
    await log.close();
  });

  it("twice at once, in either order: the later one wins, the earlier one is no error", async () => {
    for (const [a, b] of [
      [3, 9],
      [9, 3],
    ] as const) {
      const log = await memoryPlace(LIMITS).open();
      appendRange(log, 0, 13);
      await Promise.all([log.truncateBefore(a), log.truncateBefore(b)]);
      expect(log.firstOffset).toBe(9);
      expect(await contentOf(log)).toEqual(rangeOf(9, 13));
      await log.close();
    }
  });

  it("appends go on while it runs, over rolls", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 13);
    const truncation = log.truncateBefore(13);
    appendRange(log, 13, 40);
    await truncation;
    await log.sync();
    expect(await contentOf(log)).toEqual(rangeOf(13, 40));
    await log.close();
  });

  it("frees whole segments: what is gone is gone from the disk and from the counts", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 13);
    await log.truncateBefore(9);
    expect(log.stats()).toMatchObject({ segments: 2, segmentsRemoved: 2 });
    const names = (await place.fs.list("/log")).filter((name) => name.endsWith(".store"));
    expect(names.map((name) => Number.parseInt(name, 10))).toEqual([8, 12]);
    await log.close();
  });
});
