import { createHook } from "node:async_hooks";
import { countingFileSystem, nodeFileSystem } from "@seglog/fs";
import { describe, expect, it } from "vitest";
import { json, openLog, type Seglog } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

const RECORDS = 10_000;

/** A log of {@link RECORDS} of 128 bytes on the real disk, opened anew, and the calls it makes. */
async function openFilled() {
  const directory = await temporaryDirectory();
  const written = await openLog(directory);
  for (let i = 0; i < RECORDS; i++) written.write(new Uint8Array(128).fill(i));
  await written.close();
  const { fs, counts } = countingFileSystem(nodeFileSystem());
  const log = await openLog(directory, { fs });
  return { log, counts };
}

describe("what reading costs, by counts", () => {
  it("no call of the file system, by read, readView, batches, records, or backwards", async () => {
    const { log, counts } = await openFilled();
    for (const offset of [0, RECORDS - 1]) log.read(offset);
    const before = { ...counts };
    for (let offset = 0; offset < RECORDS; offset++) {
      expect(log.read(offset).value[5]).toBe(offset & 255);
      expect(log.readView(offset).value[5]).toBe(offset & 255);
    }
    for (const reverse of [false, true]) {
      expect(await countOf(log.records({ reverse }))).toBe(RECORDS);
      expect(await recordsIn(log.batchesView({ reverse }))).toBe(RECORDS);
    }
    expect(counts).toEqual(before);
    await log.close();
  });

  it("one promise a record, beside those of its batch, by for await", async () => {
    const { log } = await openFilled();
    await countOf(log.records());
    const promises = await promisesOf(() => countOf(log.records()));
    // the iterator's, and where promises are watched as here, one that every await makes
    expect(promises).toBeLessThan(RECORDS * 2.05);
    await log.close();
  });

  it("no object per record by batchesView: each batch is the one before, filled anew", async () => {
    const { log } = await openFilled();
    const records = new Set<unknown>();
    const memory = new Set<unknown>();
    let offset = 0;
    for await (const batch of log.batchesView()) {
      for (const record of batch) {
        records.add(record);
        memory.add(record.value.buffer);
        expect([record.offset, record.value[127]]).toEqual([offset, offset & 255]);
        offset++;
      }
    }
    expect([offset, records.size, memory.size]).toEqual([RECORDS, 1024, 1]);
    await log.close();
  });

  it("memory for 64 KiB of small values at a time, and never that of another's value", async () => {
    const { log } = await openFilled();
    const values = Array.from({ length: 2000 }, (_, offset) => log.read(offset).value);
    expect(new Set(values.map(({ buffer }) => buffer)).size).toBeLessThanOrEqual(6);
    for (const value of values) value.fill(255);
    expect(log.read(7).value).toEqual(new Uint8Array(128).fill(7));
    for (const [i, value] of values.entries()) value.fill(i);
    for (const [i, value] of values.entries()) {
      expect(value).toEqual(new Uint8Array(128).fill(i));
    }
    await log.close();
  });
});

describe("what is lent", () => {
  it("a batch stays as it is while the log is truncated, until the next is asked for", async () => {
    const { log } = await openFilled();
    const batches = log.batchesView({ recordsMax: 100 });
    const first = (await batches.next()).value;
    await log.truncateBefore(RECORDS - 10);
    await log.truncateAfter(RECORDS - 5);
    await log.close();
    expect(first).toHaveLength(100);
    for (const { offset, value } of first ?? []) {
      expect(value).toEqual(new Uint8Array(128).fill(offset));
    }
  });

  it("nothing, by a codec that makes values of its own", async () => {
    const log: Seglog<number, number> = await openLog(await temporaryDirectory(), {
      codec: json<number>(),
    });
    for (let i = 0; i < 300; i++) log.write(i);
    await log.sync();
    expect(log.readView(5).value).toBe(5);
    const seen: { offset: number; value: number }[] = [];
    for await (const batch of log.batchesView({ recordsMax: 7 })) seen.push(...batch);
    expect(seen.map(({ value }) => value)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(seen.every(({ offset, value }) => offset === value)).toBe(true);
    await log.close();
  });
});

it("a long iteration gives the event loop a turn every 8 batches at least", async () => {
  const { log } = await openFilled();
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  for (const reverse of [false, true]) {
    turns = 0;
    isOver = false;
    setImmediate(count);
    let batches = 0;
    for await (const _ of log.batches({ reverse, recordsMax: 16 })) batches++;
    isOver = true;
    expect(batches).toBe(625);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(625 / 8) - 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await log.close();
});

async function countOf(records: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of records) count++;
  return count;
}

async function recordsIn(batches: AsyncIterable<unknown[]>): Promise<number> {
  let count = 0;
  for await (const batch of batches) count += batch.length;
  return count;
}

async function promisesOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") count++;
    },
  }).enable();
  await work();
  hook.disable();
  return count;
}
