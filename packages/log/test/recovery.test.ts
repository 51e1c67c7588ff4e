import { describe, expect, it } from "vitest";
import { memoryIndex, STATE_FILE_NAME, storeName } from "./support/parts.ts";
import { crashed, DIRECTORY, memoryPlace, overwrite, type Place } from "./support/place.ts";
import { appendRange, contentOf, rangeOf, textOf, valueAt } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 4 };
const CORRUPT = { code: "ERR_SEGLOG_CORRUPT" };

/** A place whose log holds `count` records, closed cleanly or left as by a crash. */
async function filled(count: number, end: "closed" | "crashed"): Promise<Place> {
  const place = memoryPlace(LIMITS);
  const log = await place.open();
  appendRange(log, 0, count);
  await log.sync();
  const left = end === "crashed" ? await crashed(place, LIMITS) : place;
  await log.close();
  return left;
}

describe("opening again", () => {
  it("after close: clean, nothing torn, no index written anew", async () => {
    const place = await filled(13, "closed");
    const log = await place.open();
    expect(log.recovery).toEqual({ clean: true, tornBytes: 0, indexesRebuilt: [] });
    await log.close();
  });

  it.each([0, 1, 4, 5, 8, 13])(
    "after a crash with %s records: all that was synced",
    async (count) => {
      const place = await filled(count, "crashed");
      const log = await place.open();
      expect(log.recovery.clean).toBe(false);
      expect(await contentOf(log)).toEqual(rangeOf(0, count));
      await log.close();
    },
  );

  it("a torn tail is cut, and reported", async () => {
    const place = await filled(6, "crashed");
    const path = `${DIRECTORY}/${storeName(4)}`;
    const plain = await place.open();
    const bytes = plain.segments()[1]?.storeBytes ?? 0;
    appendRange(plain, 6, 7);
    await plain.flush();
    const torn = await crashed(place, LIMITS);
    await overwrite(torn.fs, path, 32 + bytes + 10, new Uint8Array(3).fill(255));
    const log = await torn.open();
    expect(log.recovery.tornBytes).toBeGreaterThan(0);
    expect(await contentOf(log)).toEqual(rangeOf(0, 6));
    await log.close();
    await plain.close();
  });

  it.each([
    ["a sealed segment", 0],
    ["the last segment", 4],
  ])("zeros behind %s of a closed log are what a power cut brought back", async (_, base) => {
    const place = await filled(5, "closed");
    await overwrite(place.fs, `${DIRECTORY}/${storeName(base)}`, 8000, new Uint8Array(100));
    for (const readOnly of [true, false, true]) {
      const log = await place.open({ readOnly });
      expect(log.recovery).toMatchObject({ clean: true, tornBytes: 0 });
      expect(await contentOf(log)).toEqual(rangeOf(0, 5));
      await log.close();
    }
  });

  it.each([
    ["a sealed segment", 0],
    ["the last segment", 4],
  ])("other bytes behind %s are damage in a closed log, and stay", async (_, base) => {
    const path = `${DIRECTORY}/${storeName(base)}`;
    const place = await filled(5, "closed");
    await overwrite(place.fs, path, 8000, new Uint8Array(3).fill(7));
    const before = (await place.fs.stat(path))?.bytes;
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
    await expect(place.open({ readOnly: true })).rejects.toMatchObject(CORRUPT);
    expect((await place.fs.stat(path))?.bytes, "nothing was cut").toBe(before);
  });

  it("the segment before the last need not have been sealed", async () => {
    const place = await filled(5, "crashed");
    await overwrite(place.fs, `${DIRECTORY}/${storeName(0)}`, 8000, new Uint8Array(100));
    const log = await place.open();
    expect(await contentOf(log)).toEqual(rangeOf(0, 5));
    await log.close();
    const again = await place.open();
    expect(await contentOf(again)).toEqual(rangeOf(0, 5));
    await again.close();
  });

  it.each(["crashed", "closed"] as const)("an empty last segment (%s)", async (end) => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 9);
    await log.truncateAfter(7);
    expect(log.segments().at(-1)).toMatchObject({ baseOffset: 8, nextOffset: 8 });
    const left = end === "crashed" ? await crashed(place, LIMITS) : place;
    await log.close();
    const again = await left.open();
    expect(await contentOf(again)).toEqual(rangeOf(0, 8));
    appendRange(again, 8, 10);
    await again.sync();
    expect(await contentOf(again)).toEqual(rangeOf(0, 10));
    await again.close();
  });

  it("the first offset of a new log is as asked, and an existing log keeps its own", async () => {
    const place = memoryPlace({ ...LIMITS, firstOffset: 1000 });
    const log = await place.open();
    expect([log.firstOffset, log.nextOffset, log.committedOffset]).toEqual([1000, 1000, 1000]);
    expect(log.append(valueAt(0))).toBe(1000);
    await log.close();
    const again = await place.open({ firstOffset: 5 });
    expect(again.firstOffset).toBe(1000);
    expect(() => again.read(999)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_OUT_OF_RANGE" }),
    );
    await again.close();
  });

  it("with a later format, limits or index: what is there stays as it is", async () => {
    const place = await filled(13, "closed");
    const log = await place.open({ indexEntriesMax: 100, openIndex: async () => memoryIndex() });
    appendRange(log, 13, 60);
    await log.sync();
    expect(await contentOf(log)).toEqual(rangeOf(0, 60));
    expect(log.segments().length).toBe(4);
    await log.close();
  });
});

describe("what no crash explains is ERR_SEGLOG_CORRUPT", () => {
  it.each(["closed", "crashed"] as const)("a missing state file (%s)", async (end) => {
    const place = await filled(6, end);
    await place.fs.remove(`${DIRECTORY}/${STATE_FILE_NAME}`);
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
  });

  it.each(["closed", "crashed"] as const)("all segments missing (%s)", async (end) => {
    const place = await filled(6, end);
    for (const base of [0, 4]) await place.fs.remove(`${DIRECTORY}/${storeName(base)}`);
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
  });

  it.each(["closed", "crashed"] as const)(
    "the first, or a middle segment missing (%s)",
    async (end) => {
      for (const base of [0, 4, 8]) {
        const place = await filled(13, end);
        await place.fs.remove(`${DIRECTORY}/${storeName(base)}`);
        await expect(place.open()).rejects.toMatchObject(CORRUPT);
      }
    },
  );

  it("the last segment missing after a clean close", async () => {
    const place = await filled(13, "closed");
    await place.fs.remove(`${DIRECTORY}/${storeName(12)}`);
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
  });

  it("a damaged record, when it is read; the records around it are unharmed", async () => {
    const place = await filled(13, "closed");
    await overwrite(place.fs, `${DIRECTORY}/${storeName(4)}`, 32 + 16, Uint8Array.of(255));
    const log = await place.open();
    expect(() => log.read(4)).toThrow(expect.objectContaining(CORRUPT));
    for (const offset of [3, 5, 12]) {
      expect(textOf(log.read(offset).value)).toBe(textOf(valueAt(offset)));
    }
    expect(log.segments()[1]).toMatchObject({ baseOffset: 4, nextOffset: 8 });
    await log.close();
  });

  it("a damaged last record of a sealed segment does not keep the log from opening", async () => {
    const place = await filled(8, "closed");
    await (await place.open()).truncateAfter(7).catch(() => {});
    const log = await (await crashed(place, LIMITS)).open();
    expect(log.nextOffset).toBe(8);
    await log.close();
  });

  it("opening that fails leaves nothing open: the place can be opened once mended", async () => {
    const place = await filled(13, "closed");
    const copy = await crashed(place, LIMITS);
    await place.fs.remove(`${DIRECTORY}/${storeName(8)}`);
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
    await expect(place.open()).rejects.toMatchObject(CORRUPT);
    const log = await copy.open();
    await log.close();
  });
});

describe("read-only", () => {
  it("reads what is there, writes nothing, and refuses what writes", async () => {
    const place = await filled(13, "closed");
    const log = await place.open({ readOnly: true });
    expect(log.readOnly).toBe(true);
    expect(await contentOf(log)).toEqual(rangeOf(0, 13));
    const code = "ERR_SEGLOG_READ_ONLY";
    expect(() => log.append(valueAt(0))).toThrow(expect.objectContaining({ code }));
    expect(() => log.appendBatch([valueAt(0)])).toThrow(expect.objectContaining({ code }));
    await expect(log.truncateBefore(1)).rejects.toMatchObject({ code });
    await expect(log.truncateAfter(1)).rejects.toMatchObject({ code });
    await expect(log.enforceRetention()).rejects.toMatchObject({ code });
    await log.sync();
    await log.flush();
    await log.close();
    expect(() => log.append(valueAt(0))).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_CLOSED" }),
    );
    const writer = await place.open();
    expect(writer.recovery.clean).toBe(true);
    await writer.close();
  });

  it("beside a writer: sees what was durable, and an unsealed segment is no damage", async () => {
    const place = memoryPlace(LIMITS);
    const log = await place.open();
    appendRange(log, 0, 13);
    await log.sync();
    const reader = await place.open({ readOnly: true });
    expect(await contentOf(reader)).toEqual(rangeOf(0, 13));
    await reader.close();
    await log.close();
    const left = await filled(5, "crashed");
    await overwrite(left.fs, `${DIRECTORY}/${storeName(0)}`, 8000, new Uint8Array(100));
    const other = await left.open({ readOnly: true });
    expect(await contentOf(other)).toEqual(rangeOf(0, 5));
    await other.close();
  });

  it("shows an unfinished truncateAfter as done", async () => {
    const place = await filled(13, "crashed");
    const catalog = await place.catalog();
    await catalog.saveState({ firstOffset: 0, closedAt: undefined, truncatingTo: 6, lastTime: 0 });
    await catalog.close();
    const reader = await place.open({ readOnly: true });
    expect(await contentOf(reader)).toEqual(rangeOf(0, 6));
    await reader.close();
    const writer = await place.open();
    expect(await contentOf(writer)).toEqual(rangeOf(0, 6));
    await writer.close();
  });

  it("a directory without a log is ERR_SEGLOG_NOT_FOUND", async () => {
    const place = memoryPlace();
    await place.fs.makeDirectory(DIRECTORY);
    await expect(place.open({ readOnly: true })).rejects.toMatchObject({
      code: "ERR_SEGLOG_NOT_FOUND",
    });
  });
});
