import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { afterEach, expect, test, vi } from "vitest";
import { openLog } from "../src/index.ts";
import { collect } from "./temporary.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Lets what runs in the background go on until `holds`. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !holds(); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(holds()).toBe(true);
}

test("segmentBytesMax bounds every segment's frames", async () => {
  const log = await openLog("/log", { fs: memoryFileSystem(), segmentBytesMax: 500 });
  for (let i = 0; i < 100; i++) await log.append(new Uint8Array(i));
  expect(log.segments().length).toBeGreaterThan(10);
  for (const segment of log.segments()) expect(segment.storeBytes).toBeLessThanOrEqual(500);
  await log.close();
});

test("indexEntriesMax bounds every segment's records", async () => {
  const log = await openLog("/log", { fs: memoryFileSystem(), indexEntriesMax: 7 });
  for (let i = 0; i < 30; i++) await log.append("x");
  const counts = log.segments().map(({ baseOffset, nextOffset }) => nextOffset - baseOffset);
  expect(counts).toEqual([7, 7, 7, 7, 2]);
  await log.close();
});

test("segmentAgeMsMax begins a segment with the append that finds the first record so old", async () => {
  let now = 1000;
  const log = await openLog("/log", {
    fs: memoryFileSystem(),
    segmentAgeMsMax: 100,
    clock: () => now,
  });
  for (now of [1000, 1050, 1099, 1100, 1199, 1300]) await log.append("x");
  const bases = log.segments().map(({ baseOffset }) => baseOffset);
  expect(bases).toEqual([0, 3, 5]);
  await log.close();
});

test("retention.segmentsMax keeps so many segments, and the newest records", async () => {
  const log = await openLog("/log", {
    fs: memoryFileSystem(),
    indexEntriesMax: 10,
    retention: { segmentsMax: 3 },
  });
  for (let i = 0; i < 100; i++) await log.append(`${i}`);
  await until(() => log.segments().length <= 3);
  expect(log.nextOffset).toBe(100);
  expect(log.firstOffset).toBeGreaterThanOrEqual(70);
  const offsets = (await collect(log.records())).map(({ offset }) => offset);
  expect(offsets).toEqual(
    Array.from({ length: 100 - log.firstOffset }, (_, i) => log.firstOffset + i),
  );
  await log.close();
});

test("retention.bytesMax, looked at with each roll, bounds all but what was appended since", async () => {
  const bytesMax = 5000;
  const log = await openLog("/log", {
    fs: memoryFileSystem(),
    segmentBytesMax: 1000,
    retention: { bytesMax },
  });
  for (let i = 0; i < 500; i++) await log.append(new Uint8Array(40));
  const bytes = (): number => {
    const { storeBytes, indexBytes } = log.stats();
    return storeBytes + indexBytes;
  };
  const activeBytes = (): number => {
    const active = log.segments().at(-1);
    return (active?.storeBytes ?? 0) + (active?.indexBytes ?? 0);
  };
  await until(() => bytes() - activeBytes() <= bytesMax);
  expect(log.firstOffset).toBeGreaterThan(300);
  await log.close();
});

test("retention.ageMsMax drops by the clock, though nothing is appended", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let now = 1_000_000;
  const log = await openLog("/log", {
    fs: memoryFileSystem(),
    retention: { ageMsMax: 60_000 },
    clock: () => now,
  });
  await log.append("old");
  now += 59_000;
  vi.advanceTimersByTime(10_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log.firstOffset).toBe(0);
  now += 2000;
  vi.advanceTimersByTime(10_000);
  await until(() => log.firstOffset === 1);
  expect(log.offsetRange()).toBeUndefined();
  expect(await log.append("new")).toBe(1);
  await log.close();
});

test("{ everyMs } syncs by the clock, and not again while nothing is new", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const counting = countingFileSystem(memoryFileSystem());
  const log = await openLog("/log", { fs: counting.fs, durability: { everyMs: 1000 } });
  counting.reset();
  await log.append("x");
  expect(counting.counts.sync).toBe(0);
  vi.advanceTimersByTime(999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(counting.counts.sync).toBe(0);
  vi.advanceTimersByTime(1);
  await until(() => counting.counts.sync === 1);
  vi.advanceTimersByTime(5000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(counting.counts.sync).toBe(1);
  await log.close();
});
