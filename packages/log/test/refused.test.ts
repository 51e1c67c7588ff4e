import { describe, expect, it } from "vitest";
import { indexName, memoryFileSystem, storeName } from "./support/parts.ts";
import { DIRECTORY, overwrite, placeOn } from "./support/place.ts";
import { appendRange, contentOf, rangeOf } from "./support/records.ts";

const CORRUPT = { code: "ERR_SEGLOG_CORRUPT" };
/** Where the length of record 4 is, behind 4 frames of `valueAt`: 16 bytes, and 1 to 4 more. */
const LENGTH_OF_4 = 32 + 4 * 16 + 1 + 2 + 3 + 4 + 7;
const LENGTH_OF_9 = 32 + 9 * 16 + (1 + 2 + 3 + 4 + 5 + 6 + 7) + 1 + 2 + 7;
const INDEX_ENTRY_5 = 16 * 5 + 15;
const GARBAGE = Uint8Array.of(77);

describe("a call that is refused does not poison", () => {
  it("truncateAfter between two damaged records: nothing is dropped, or remembered", async () => {
    const fs = memoryFileSystem();
    const place = placeOn(fs);
    const before = await place.open();
    appendRange(before, 0, 10);
    await before.close();
    const log = await place.open(); // whose index has all entries in its file
    await overwrite(fs, `${DIRECTORY}/${storeName(0)}`, LENGTH_OF_4, GARBAGE);
    await overwrite(fs, `${DIRECTORY}/${indexName(0)}`, INDEX_ENTRY_5, GARBAGE);
    const refused = log.truncateAfter(4);
    appendRange(log, 10, 12);
    await expect(refused).rejects.toMatchObject(CORRUPT);
    expect(log.stats().poisoned).toBe(false);
    await log.sync();
    expect(log.committedOffset).toBe(12);
    await log.truncateAfter(3); // where record 4 begins, record 3 tells
    appendRange(log, 4, 6);
    await log.close();
    const again = await place.open();
    expect(await contentOf(again)).toEqual(rangeOf(0, 6));
    await again.close();
  });

  it("enforceRetention, at once and in the background, with a clock that throws", async () => {
    let isBroken = false;
    const clock = (): number => {
      if (isBroken) throw new Error("no time");
      return 5;
    };
    const retention = { segmentsMax: 2 };
    const log = await placeOn(memoryFileSystem(), { indexEntriesMax: 3, retention }).open({
      clock,
    });
    appendRange(log, 0, 12);
    isBroken = true;
    await log.sync();
    await expect(log.enforceRetention()).rejects.toThrow("no time");
    expect(log.stats()).toMatchObject({ poisoned: false, segments: 4 });
    isBroken = false;
    await log.enforceRetention();
    expect(log.firstOffset).toBe(6);
    appendRange(log, 12, 13);
    await log.close();
  });
});

describe("a truncateAfter that meets damage in a segment which it opens anew", () => {
  it("drops nothing, and leaves a log that can be opened", async () => {
    const fs = memoryFileSystem();
    const place = placeOn(fs, { indexEntriesMax: 10 });
    const log = await place.open();
    appendRange(log, 0, 25);
    await log.sync();
    await log.truncateAfter(24); // nothing is being sealed any more
    await overwrite(fs, `${DIRECTORY}/${storeName(0)}`, LENGTH_OF_9, GARBAGE);
    await expect(log.truncateAfter(6)).rejects.toMatchObject(CORRUPT);
    expect(log.stats().poisoned).toBe(true);
    await log.close();
    const catalog = await place.catalog();
    expect(await catalog.loadState()).toMatchObject({ truncatingTo: undefined });
    expect((await catalog.list()).map(({ baseOffset }) => baseOffset)).toEqual([0, 10, 20]);
    await catalog.close();
  });
});
