import { createHook } from "node:async_hooks";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { describe, expect, test } from "vitest";
import { openLog } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

const RECORD = new Uint8Array(10).fill(7);

/** How many promises `work` makes before it returns. */
function promisesOf(work: () => void): number {
  let count = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === "PROMISE") count++;
    },
  });
  hook.enable();
  try {
    work();
  } finally {
    hook.disable();
  }
  return count;
}

describe("appends that nobody awaits", () => {
  /** What became of them; see the fixture. */
  function flood(count: number, options: object) {
    const fixture = join(import.meta.dirname, "fixtures/flood.mjs");
    const args = [fixture, temporaryDirectory(), String(count), JSON.stringify(options)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  }

  test("beyond stagedBytesMax and waitingMax are refused by code, and the others acknowledged", {
    timeout: 60_000,
  }, () => {
    const options = { stagedBytesMax: 26_000, waitingMax: 500 };
    const found = flood(100_000, options);
    expect(found.acknowledged).toBe(1500);
    expect(found.refused).toBe(98_500);
    expect(found.committedOffset).toBe(1500);
  });

  test("all wait their turn where as many may wait", { timeout: 60_000 }, () => {
    const found = flood(20_000, { stagedBytesMax: 26_000, waitingMax: 20_000 });
    expect(found.acknowledged).toBe(20_000);
  });
});

describe("what a record costs, by count", () => {
  test("one promise for an append, none for a write or a batch that is written", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    const appends: Promise<number>[] = [];
    const appending = promisesOf(() => {
      for (let i = 0; i < 1000; i++) appends.push(log.append(RECORD));
    });
    expect(appending).toBe(1000);
    await Promise.all(appends);
    const writing = promisesOf(() => {
      for (let i = 0; i < 1000; i++) log.write(RECORD);
      for (let i = 0; i < 10; i++) log.writeBatch([RECORD, RECORD]);
    });
    expect(writing).toBe(0);
    await log.close();
  });

  test("no object on the heap for a write; for an append what one promise takes", {
    timeout: 60_000,
  }, () => {
    const fixture = join(import.meta.dirname, "fixtures/heap-per-record.mjs");
    const args = ["--expose-gc", fixture, temporaryDirectory()];
    const found = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    // an object takes 16 bytes at least: less says that there is none for each
    expect(found.write).toBeLessThan(8);
    expect(found.writeBatch).toBeLessThan(8 + 16); // an array of 64 records takes 8 a record
    expect(found.append).toBeLessThan(found.promise * 1.1 + 8);
    expect(found.promise).toBeGreaterThan(64);
  });

  test("no call to the disk for 100,000 writes but one for 4096 entries of index", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const log = await openLog("/log", { fs });
    for (let i = 0; i < 1000; i++) log.write(RECORD);
    await log.sync();
    reset();
    for (let i = 0; i < 100_000; i++) log.write(RECORD);
    const { write, allocate, map, unmap, ...others } = counts;
    expect(write).toBe(Math.floor((1000 + 100_000 - 1) / 4096));
    expect(allocate + map + unmap).toBeLessThan(20); // its room, which doubles
    expect(Object.values(others).every((count) => count === 0)).toBe(true);
    await log.close();
  });
});
