import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLog, restoreLog, type Seglog } from "../src/index.ts";
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

test("a snapshot that ends early leaves nothing behind, and can be tried again", async () => {
  const directory = temporaryDirectory();
  const log = await sampleLog(join(directory, "a"));
  const whole = await collect(log.reader());
  const target = join(directory, "b");
  const cut = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of whole) controller.enqueue(chunk.subarray(0, chunk.length - 1));
      controller.close();
    },
  });
  await expect(restoreLog(target, cut)).rejects.toMatchObject({ code: "ERR_SEGLOG_BAD_SNAPSHOT" });
  expect(existsSync(target)).toBe(false);
  expect(readdirSync(directory)).toEqual(["a"]);
  await restoreLog(target, log.reader());
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
