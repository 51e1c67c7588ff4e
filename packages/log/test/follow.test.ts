import { type Log, type LogRecord, openLog } from "@seglog/log";
import { describe, expect, it, vi } from "vitest";
import { PROGRESS_FILE_NAME, STATE_FILE_NAME } from "./support/parts.ts";
import { copyDisk, DIRECTORY, memoryPlace, type Place, placeOn } from "./support/place.ts";
import { appendRange, brief, contentOf, rangeOf, textOf, valueAt } from "./support/records.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const LIMITS = { indexEntriesMax: 4 };

interface Pair {
  readonly place: Place;
  readonly writer: Log;
  readonly reader: Log;
}

/** A writer with `count` durable records, and a reader that was opened then. */
async function pair(count: number, limits = LIMITS): Promise<Pair> {
  const place = memoryPlace(limits);
  const writer = await place.open();
  appendRange(writer, 0, count);
  await writer.sync();
  return { place, writer, reader: await place.open({ readOnly: true }) };
}

async function closeAll({ writer, reader }: Pair): Promise<void> {
  await reader.close();
  await writer.close();
}

/** Takes batches until `isEnough`. */
async function take(
  batches: AsyncIterableIterator<LogRecord[]>,
  isEnough: (records: LogRecord[]) => boolean,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of batches) {
    records.push(...batch);
    if (isEnough(records)) break;
  }
  return records;
}

/** Names and bytes of every file of the log. */
async function filesOf({ fs }: Place): Promise<[string, string][]> {
  const files: [string, string][] = [];
  for (const name of await fs.list(DIRECTORY)) {
    const handle = await fs.open(`${DIRECTORY}/${name}`, { access: "read" });
    const bytes = new Uint8Array(await handle.size());
    handle.read(bytes, 0);
    await handle.close();
    files.push([name, Buffer.from(bytes).toString("base64")]);
  }
  return files;
}

describe("refresh", () => {
  it.each([0, 1, 3, 4, 13])(
    "takes in what was committed since %i records, over rolls, and until then nothing moves",
    async (count) => {
      const both = await pair(count);
      const { writer, reader } = both;
      for (let to = count + 1; to < count + 30; to += 1 + (to % 6)) {
        const before = reader.committedOffset;
        appendRange(writer, before, to);
        await writer.sync();
        expect(reader.committedOffset).toBe(before);
        await reader.refresh();
        expect(await contentOf(reader)).toEqual(rangeOf(0, to));
        expect(reader.segments().map((one) => one.baseOffset)).toEqual(
          writer
            .segments()
            .map((one) => one.baseOffset)
            .filter((base) => base === 0 || base < to),
        );
      }
      await closeAll(both);
    },
  );

  it("does not show what was given to the OS and not synced", async () => {
    const both = await pair(6);
    const { writer, reader } = both;
    appendRange(writer, 6, 7);
    await writer.flush();
    await reader.refresh();
    expect(reader.nextOffset).toBe(6);
    expect(() => reader.read(6, { uncommitted: true })).toThrow(/is not in/);
    await writer.sync();
    await reader.refresh();
    expect(await contentOf(reader)).toEqual(rangeOf(0, 7));
    await closeAll(both);
  });

  it("of a log that commits on flush shows what was flushed", async () => {
    const place = memoryPlace({ ...LIMITS, commitOn: "flush" });
    const writer = await place.open();
    const reader = await place.open({ readOnly: true });
    appendRange(writer, 0, 3);
    await reader.refresh();
    expect(reader.nextOffset).toBe(0);
    await writer.flush();
    await reader.refresh();
    expect(await contentOf(reader)).toEqual(rangeOf(0, 3));
    await closeAll({ place, writer, reader });
  });

  it("lets go of what truncateBefore and retention removed, and of everything", async () => {
    const both = await pair(22);
    const { writer, reader } = both;
    for (const first of [1, 9, 22]) {
      await writer.truncateBefore(first);
      await reader.refresh();
      expect(reader.firstOffset).toBe(first);
      expect(await contentOf(reader)).toEqual(rangeOf(first, 22));
      expect(reader.segments().length).toBe(Math.ceil((22 - (first - (first % 4))) / 4) || 1);
    }
    appendRange(writer, 22, 40);
    await writer.sync();
    await reader.refresh();
    expect(await contentOf(reader)).toEqual(rangeOf(22, 40));
    await closeAll(both);
  });

  it.each([3, 7, 11, 12])("sees a truncateAfter(%i), and what came in its place", async (kept) => {
    const both = await pair(14);
    const { writer, reader } = both;
    await writer.truncateAfter(kept);
    expect(() => reader.read(13)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_OUT_OF_RANGE" }),
    );
    expect(textOf(reader.read(2).value)).toBe(textOf(valueAt(2)));
    expect(reader.nextOffset).toBe(kept + 1);
    for (let n = kept + 1; n < 30; n++) writer.append(Buffer.from(`new ${n}`));
    await writer.sync();
    await reader.refresh();
    const expected = await contentOf(writer);
    expect(await contentOf(reader)).toEqual(expected);
    expect(expected.at(-1)).toEqual([29, "new 29"]);
    await closeAll(both);
  });

  it("never gives a record that took another's place before it was committed", async () => {
    const both = await pair(4, { indexEntriesMax: 100 });
    const { writer, reader } = both;
    // the reader still goes by what it saw: records 2 and 3 are committed
    await writer.truncateAfter(1);
    writer.append(Buffer.from("two, again"));
    writer.append(Buffer.from("three, again"));
    await writer.flush();
    const code = "ERR_SEGLOG_OUT_OF_RANGE";
    expect(() => reader.read(2)).toThrow(expect.objectContaining({ code }));
    const records = await take(reader.batches(), () => false);
    expect(brief(records)).toEqual(rangeOf(0, 2));
    await writer.sync();
    await reader.refresh();
    expect(textOf(reader.read(3).value)).toBe("three, again");
    await closeAll(both);
  });

  it("follows a writer that was killed and opened again, and one that was closed", async () => {
    const { place, writer, reader } = await pair(10);
    // nothing of it is ended: to the disk in memory it is gone
    appendRange(writer, 10, 12);
    await writer.flush();
    await reader.refresh();
    expect(reader.nextOffset).toBe(10);
    await writer.close();
    const second = await place.open();
    await reader.refresh();
    expect(await contentOf(reader)).toEqual(rangeOf(0, 12));
    appendRange(second, 12, 31);
    await second.sync();
    await reader.refresh();
    expect(await contentOf(reader)).toEqual(rangeOf(0, 31));
    await closeAll({ place, writer: second, reader });
  });

  it("is not needed to open beside a writer, where every segment is opened once", async () => {
    const { place, writer, reader } = await pair(13);
    let segmentsOpened = 0;
    const catalog = await place.catalog({ readOnly: true });
    const { open } = catalog;
    catalog.open = (...call) => {
      segmentsOpened++;
      return open.apply(catalog, call);
    };
    const second = await openLog(catalog);
    expect(await contentOf(second)).toEqual(rangeOf(0, 13));
    expect(segmentsOpened).toBe(second.segments().length);
    await second.close();
    await closeAll({ place, writer, reader });
  });

  it("fails where the state cannot be read behind a cut, and close does not wait for it", async () => {
    const both = await pair(6);
    const { place, writer, reader } = both;
    await writer.truncateAfter(2); // after which a reader opens everything anew
    const state = await place.fs.open(`${DIRECTORY}/${STATE_FILE_NAME}`, { access: "write" });
    const saved = new Uint8Array(await state.size());
    state.read(saved, 0);
    state.writeNow(
      saved.map(() => 0xff),
      0,
    );
    const code = "ERR_SEGLOG_CORRUPT";
    await expect(reader.refresh()).rejects.toMatchObject({ code });
    // one that is under way ends, too
    await Promise.allSettled([reader.refresh(), reader.close()]);
    state.writeNow(saved, 0);
    await state.close();
    await writer.close();
  });

  it("while a snapshot is being read, leaves it its segments", async () => {
    const both = await pair(14);
    const { writer, reader } = both;
    const stream = reader.reader();
    await writer.truncateBefore(14);
    await reader.refresh();
    const other = memoryPlace(LIMITS);
    const { restoreSnapshot } = await import("@seglog/log");
    const catalog = await other.catalog();
    await restoreSnapshot(catalog, stream);
    await catalog.close();
    const restored = await other.open();
    expect(await contentOf(restored)).toEqual(rangeOf(0, 14));
    await restored.close();
    await closeAll(both);
  });

  it("of a log that is written does nothing, and of a closed one is CLOSED", async () => {
    const both = await pair(3);
    await both.writer.refresh();
    await closeAll(both);
    const code = "ERR_SEGLOG_CLOSED";
    await expect(both.writer.refresh()).rejects.toMatchObject({ code });
    await expect(both.reader.refresh()).rejects.toMatchObject({ code });
  });
});

describe("a reader of a log whose writer is gone", () => {
  it("sees nothing that only the OS has: a power cut could take it", async () => {
    const { place, reader, writer } = await pair(6);
    appendRange(writer, 6, 8);
    await writer.flush();
    const left = placeOn(await copyDisk(place.fs), LIMITS);
    const late = await left.open({ readOnly: true });
    expect(await contentOf(late)).toEqual(rangeOf(0, 6));
    await late.close();
    await closeAll({ place, writer, reader });
  });

  it("goes by the files where nothing was told, or what was told is damaged", async () => {
    const { place, reader, writer } = await pair(6);
    appendRange(writer, 6, 8);
    await writer.flush();
    const fs = await copyDisk(place.fs);
    const path = `${DIRECTORY}/${PROGRESS_FILE_NAME}`;
    const handle = await fs.open(path, { access: "write" });
    await handle.write([new Uint8Array(1024).fill(0x53)], 0);
    await handle.close();
    for (const change of [async () => {}, () => fs.remove(path)]) {
      await change();
      const late = await placeOn(fs, LIMITS).open({ readOnly: true });
      expect(await contentOf(late)).toEqual(rangeOf(0, 8));
      await late.refresh();
      await late.close();
    }
    const again = await placeOn(fs, LIMITS).open();
    const follower = await placeOn(fs, LIMITS).open({ readOnly: true });
    appendRange(again, 8, 15);
    await again.sync();
    await follower.refresh();
    expect(await contentOf(follower)).toEqual(rangeOf(0, 15));
    await follower.close();
    await again.close();
    await closeAll({ place, writer, reader });
  });
});

describe("tailBatches of a read-only log", () => {
  it("sees each record once and in order, over rolls and removals", async () => {
    const { place, writer, reader } = await pair(5);
    const tail = take(reader.tailBatches({ from: "start" }), (all) => all.length === 300);
    for (let n = 5; n < 300; n += 7) {
      appendRange(writer, n, Math.min(300, n + 7));
      await writer.sync();
      await new Promise((resolve) => setImmediate(resolve));
      // never what the tail has still to see
      const before = Math.min(writer.nextOffset, reader.committedOffset) - 4;
      if (before > writer.firstOffset) await writer.truncateBefore(before);
    }
    const records = await tail;
    expect(brief(records)).toEqual(rangeOf(0, 300).slice(-records.length));
    await closeAll({ place, writer, reader });
  });

  it("goes back once after a truncateAfter, with the records that came in its place", async () => {
    const both = await pair(10);
    const { writer, reader } = both;
    let cut = false;
    const records: LogRecord[] = [];
    for await (const batch of reader.tailBatches({ from: 0 })) {
      records.push(...batch);
      if (records.length >= 10 && !cut) {
        cut = true;
        await writer.truncateAfter(4);
        for (let n = 5; n < 12; n++) writer.append(Buffer.from(`new ${n}`));
        await writer.sync();
      }
      if (textOf(records.at(-1)?.value ?? new Uint8Array()) === "new 11") break;
    }
    const news = Array.from({ length: 7 }, (_, i) => [5 + i, `new ${5 + i}`]);
    expect(brief(records)).toEqual([...rangeOf(0, 10), ...news]);
    await closeAll(both);
  });

  it("ends when the signal aborts and when the log closes, also while it waits", async () => {
    const both = await pair(3);
    const abort = new AbortController();
    const first = take(both.reader.tailBatches({ from: 0, signal: abort.signal }), (all) => {
      if (all.length === 3) setImmediate(() => abort.abort());
      return false;
    });
    expect((await first).length).toBe(3);
    const second = take(both.reader.tailBatches({ from: 0 }), (all) => {
      if (all.length === 3) setImmediate(() => void both.reader.close());
      return false;
    });
    expect((await second).length).toBe(3);
    await closeAll(both);
  });
});

it("nothing that a read-only log does changes a byte, a name, or a lock", async () => {
  const { place, writer, reader } = await pair(14);
  const before = await filesOf(place);
  await contentOf(reader);
  await reader.refresh();
  const abort = new AbortController();
  const tail = take(reader.tailBatches({ from: 0, signal: abort.signal }), () => {
    setImmediate(() => abort.abort());
    return false;
  });
  await tail;
  const late = await place.open({ readOnly: true });
  await expect(late.cursor("none")).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
  await late.close();
  await reader.close();
  expect(await filesOf(place)).toEqual(before);
  await writer.close();
});
