import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { describe, expect, it } from "vitest";
import { memoryPlace, placeOn } from "./support/place.ts";
import { appendRange, contentOf, rangeOf } from "./support/records.ts";

describe("retention", () => {
  it("by segments: the oldest sealed ones go after each roll, in the background", async () => {
    const log = await memoryPlace({ indexEntriesMax: 4, retention: { segmentsMax: 3 } }).open();
    for (let n = 0; n < 40; n++) {
      appendRange(log, n, n + 1);
      await log.sync();
    }
    await log.enforceRetention(); // behind what runs in the background
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([28, 32, 36]);
    expect(log.firstOffset).toBe(28);
    expect(await contentOf(log)).toEqual(rangeOf(28, 40));
    await log.close();
  });

  it("many rolls in one tick leave no more than allowed, without asking", async () => {
    const log = await memoryPlace({ indexEntriesMax: 2, retention: { segmentsMax: 2 } }).open();
    appendRange(log, 0, 301);
    await log.sync();
    await log.truncateBefore(log.firstOffset); // waits for its turn
    await log.sync();
    expect(log.segments().length).toBeLessThanOrEqual(2);
    await log.close();
  });

  it("looks at the files of sealed segments once, however often it is asked", async () => {
    const { fs, counts } = countingFileSystem(memoryFileSystem());
    const place = placeOn(fs, { indexEntriesMax: 4, retention: { segmentsMax: 100 } });
    const before = await place.open();
    appendRange(before, 0, 80);
    await before.close();
    const log = await place.open();
    const opened = counts.map;
    const known = log.segments();
    for (let n = 0; n < 30; n++) {
      await log.enforceRetention();
      expect(log.segments()).toEqual(known);
    }
    expect(known.length).toBe(20);
    expect(counts.map).toBe(opened);
    await log.close();
  });

  it("by bytes: store and index of all segments together", async () => {
    const log = await memoryPlace({ segmentBytesMax: 300, retention: { bytesMax: 1500 } }).open();
    appendRange(log, 0, 200);
    await log.sync();
    await log.enforceRetention();
    const bytes = log.segments().map(({ storeBytes, indexBytes }) => storeBytes + indexBytes);
    expect(bytes.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1500);
    expect(await contentOf(log)).toEqual(rangeOf(log.firstOffset, 200));
    await log.close();
  });

  it.each([{ bytesMax: 1 }, { segmentsMax: 1 }])(
    "never drops the active segment for %o",
    async (retention) => {
      const log = await memoryPlace({ indexEntriesMax: 4, retention }).open();
      appendRange(log, 0, 7);
      await log.sync();
      await log.enforceRetention();
      expect(await contentOf(log)).toEqual(rangeOf(4, 7));
      await log.close();
    },
  );

  it("by age: segments whose last record is older, the active one as a whole too", async () => {
    let now = 0;
    const place = memoryPlace({
      indexEntriesMax: 2,
      retention: { ageMsMax: 100 },
      clock: () => now,
    });
    const log = await place.open();
    for (let n = 0; n < 7; n++) {
      now = n * 10;
      appendRange(log, n, n + 1);
    }
    await log.sync();
    now = 110; // record 1, of time 10, is just not older than 100
    await log.enforceRetention();
    expect(log.firstOffset).toBe(0);
    now = 111;
    await log.enforceRetention();
    expect(log.firstOffset).toBe(2);
    now = 160;
    await log.enforceRetention();
    expect(await contentOf(log)).toEqual(rangeOf(6, 7));
    now = 161;
    await log.enforceRetention();
    expect([log.firstOffset, log.nextOffset]).toEqual([7, 7]);
    expect(log.segments().length).toBe(1);
    await log.close();
  });

  it("is applied at opening", async () => {
    const place = memoryPlace({ indexEntriesMax: 2 });
    const log = await place.open();
    appendRange(log, 0, 9);
    await log.close();
    const again = await place.open({ retention: { segmentsMax: 2 } });
    expect(again.firstOffset).toBe(6);
    await again.close();
  });

  it("goes on beside iterations, tails and snapshots", async () => {
    const place = memoryPlace({ indexEntriesMax: 4, retention: { segmentsMax: 2 } });
    const log = await place.open();
    appendRange(log, 0, 4);
    await log.sync();
    const snapshot = log.reader();
    const iteration = log.batches({ recordsMax: 1 });
    await iteration.next();
    const tailed: number[] = [];
    const tail = (async () => {
      for await (const batch of log.tailBatches({ from: "start" })) {
        tailed.push(...batch.map(({ offset }) => offset));
      }
    })();
    for (let n = 4; n < 60; n++) {
      appendRange(log, n, n + 1);
      await log.sync();
    }
    const bytes = await new Response(snapshot).arrayBuffer();
    expect(bytes.byteLength).toBe(
      32 + 4 * 16 + rangeOf(0, 4).reduce((s, [, t]) => s + t.length, 0),
    );
    for await (const [record] of iteration) expect(record?.offset).toBeGreaterThanOrEqual(0);
    await log.close();
    await tail;
    expect(tailed).toEqual([...tailed].sort((a, b) => a - b));
    expect(new Set(tailed).size).toBe(tailed.length);
  });
});
