import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type FileSystem,
  memoryFileSystem,
  openLog,
  restoreLog,
  type Seglog,
} from "../src/index.ts";
import { collect, temporaryDirectory } from "./temporary.ts";

async function sampleLog(directory: string): Promise<Seglog> {
  let now = 1000;
  const log = await openLog(directory, { segmentBytesMax: 4096, clock: () => (now += 7) });
  for (let i = 0; i < 500; i++) log.write(new Uint8Array(i % 97).fill(i));
  await log.sync();
  await log.truncateBefore(123);
  return log;
}

test("a restored log reads the same: offsets, times and bytes", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  const range = await restoreLog(join(directory, "b"), log.reader(), { segmentBytesMax: 10_000 });
  expect(range).toEqual({ firstOffset: 123, nextOffset: 500 });
  const copy = await openLog(join(directory, "b"));
  expect(await collect(copy.records())).toEqual(await collect(log.records()));
  expect(copy.recovery.clean).toBe(true);
  expect(await copy.append("next")).toBe(500);
  expect(readdirSync(directory).sort()).toEqual(["a", "b"]);
  await Promise.all([log.close(), copy.close()]);
});

test("an empty log is restored with its next offset", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  await log.truncateBefore(500);
  mkdirSync(join(directory, "b"));
  await restoreLog(join(directory, "b"), log.reader());
  const copy = await openLog(join(directory, "b"));
  expect([copy.firstOffset, copy.nextOffset, copy.offsetRange()]).toEqual([500, 500, undefined]);
  await Promise.all([log.close(), copy.close()]);
});

test("a directory that holds anything is not touched", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  writeFileSync(join(directory, "file"), "x");
  mkdirSync(join(directory, "full"));
  writeFileSync(join(directory, "full", "x"), "x");
  for (const name of ["a", "file", "full"]) {
    await expect(restoreLog(join(directory, name), log.reader())).rejects.toMatchObject({
      code: "ERR_SEGLOG_EXISTS",
    });
  }
  expect(readdirSync(directory).sort()).toEqual(["a", "file", "full"]);
  await log.close();
});

/** The first `bytes` of a stream that is given whole. */
function firstBytes(whole: readonly Uint8Array[], bytes: number): ReadableStream<Uint8Array> {
  const part = Buffer.concat(whole).subarray(0, bytes);
  return new ReadableStream({
    start(controller) {
      controller.enqueue(part);
      controller.close();
    },
  });
}

test("a snapshot that ends early says so, leaves nothing behind, and can be tried again", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  const whole = await collect(log.reader());
  const length = Buffer.concat(whole).length;
  const target = join(directory, "b");
  for (const bytes of [0, 31, 32, 40, 1000, length - 5, length - 1]) {
    await expect(restoreLog(target, firstBytes(whole, bytes))).rejects.toMatchObject({
      code: "ERR_SEGLOG_BAD_SNAPSHOT",
    });
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(directory), `after ${bytes} bytes`).toEqual(["a"]);
  }
  await restoreLog(target, firstBytes(whole, length));
  await log.close();
});

test("of two restores to one directory one is refused, and the other's log is whole", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  const target = join(directory, "b");
  const results = await Promise.allSettled([
    restoreLog(target, log.reader()),
    restoreLog(target, log.reader()),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const refused = results.find((result) => result.status === "rejected");
  expect(["ERR_SEGLOG_LOCKED", "ERR_SEGLOG_EXISTS"]).toContain(refused?.reason.code);
  const copy = await openLog(target);
  expect(copy.offsetRange()).toEqual({ lowest: 123, highest: 499 });
  expect(readdirSync(directory).sort()).toEqual(["a", "b"]);
  await Promise.all([log.close(), copy.close()]);
});

test("a restored log's name is synced in the directory that holds it", async () => {
  const fs = memoryFileSystem();
  const log = await openLog("/a", { fs });
  await log.append("x");
  const calls: string[] = [];
  const counting = Object.assign(Object.create(fs) as FileSystem, {
    rename: async (from: string, to: string) => {
      await fs.rename(from, to);
      calls.push(`rename ${to}`);
    },
    syncDirectory: async (path: string) => {
      await fs.syncDirectory(path);
      calls.push(`sync ${path}`);
    },
  });
  await restoreLog("/b", log.reader(), { fs: counting });
  expect(calls.slice(calls.indexOf("rename /b"))).toEqual(["rename /b", "sync /"]);
  await log.close();
});

test("a source that fails fails the restore with its own error", async () => {
  const directory = temporaryDirectory();
  const failure = new Error("connection reset");
  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(failure),
  });
  await expect(restoreLog(join(directory, "b"), failing)).rejects.toBe(failure);
  expect(readdirSync(directory)).toEqual([]);
});

test("what is no stream is refused", async () => {
  const stream = [] as unknown as ReadableStream<Uint8Array>;
  await expect(restoreLog(temporaryDirectory(), stream)).rejects.toMatchObject({
    code: "ERR_SEGLOG_INVALID_ARGUMENT",
  });
});

test("a relative path is that of the call, wherever the process goes meanwhile", async () => {
  const directory = temporaryDirectory();
  const before = process.cwd();
  mkdirSync(join(directory, "sub"));
  try {
    process.chdir(directory);
    const log = await openLog("log", { segmentBytesMax: 100 });
    const restoring = restoreLog("copy", log.reader());
    process.chdir("sub");
    await restoring;
    for (let i = 0; i < 10; i++) await log.append("a record that makes the log roll");
    await log.close();
    expect(readdirSync(join(directory, "sub"))).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(["copy", "log", "sub"]);
    process.chdir(directory);
    const again = await openLog("log");
    expect([again.path, again.nextOffset]).toEqual([join(process.cwd(), "log"), 10]);
    await again.close();
  } finally {
    process.chdir(before);
  }
});
