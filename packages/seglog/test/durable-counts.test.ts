import { createHook } from "node:async_hooks";
import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { openLog, type Seglog } from "seglog";
import { expect, test } from "vitest";

// Counts, not times: what a machine under load cannot change. The disk is one in memory, on which
// every call takes the same few microtasks, so that who waits for what is always the same.

const RECORD = new Uint8Array(128).fill(7);

async function counted(): Promise<{
  log: Seglog;
  took(work: () => Promise<unknown>): Promise<Record<string, number>>;
}> {
  const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
  const log = await openLog("/log", { fs });
  // the first makes the file longer, and has zeros written ahead
  await log.append(RECORD);
  await new Promise((resolve) => setImmediate(resolve));
  return {
    log,
    async took(work) {
      reset();
      await work();
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    },
  };
}

// each group's end is told to those who follow in other processes, through a mapping: `flush`
test("100 appends one after another are 100 durable writes, and no sync", async () => {
  const { log, took } = await counted();
  const counts = await took(async () => {
    for (let i = 0; i < 100; i++) await log.append(RECORD);
  });
  expect(counts).toEqual({ writeDurably: 100, flush: 100 });
  await log.close();
});

test("64 callers who append 10 times each share 10 durable writes", async () => {
  const { log, took } = await counted();
  const caller = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await log.append(RECORD);
  };
  const counts = await took(() => Promise.all(Array.from({ length: 64 }, caller)));
  expect(counts).toEqual({ writeDurably: 10, flush: 10 });
  await log.close();
});

test("a durable write holds the frames and no byte more: 16 beside each value", async () => {
  let bytes = 0;
  const inner = memoryFileSystem();
  const log = await openLog("/log", {
    fs: {
      ...inner,
      mapper: inner.mapper,
      async open(path, options) {
        const handle = await inner.open(path, options);
        const write = handle.writeDurably.bind(handle);
        handle.writeDurably = (parts, position) => {
          const length = parts.reduce((sum, part) => sum + part.length, 0);
          if (parts[0]?.some((byte) => byte !== 0)) bytes += length;
          return write(parts, position);
        };
        return handle;
      },
    },
  });
  await log.append(RECORD);
  await new Promise((resolve) => setImmediate(resolve));
  bytes = 0;
  await Promise.all(Array.from({ length: 100 }, () => log.append(RECORD)));
  expect(bytes).toBe(100 * (128 + 16));
  await log.close();
});

test("an append makes one promise, and no other", async () => {
  const { log } = await counted();
  const appends = new Array<Promise<number>>(1000);
  let promises = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") promises++;
    },
  });
  hook.enable();
  for (let i = 0; i < 1000; i++) appends[i] = log.append(RECORD);
  hook.disable();
  expect(promises).toBe(1000);
  await Promise.all(appends);
  await log.close();
});
