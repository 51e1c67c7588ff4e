import { countingFileSystem, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
import { describe, expect, test } from "vitest";
import { openLog } from "../src/index.ts";
import { collect, temporaryDirectory, textOf } from "./temporary.ts";

describe("append, write, sync", () => {
  test("append resolves with the offset, and the record can be read", async () => {
    const log = await openLog(temporaryDirectory());
    expect(await log.append("hello")).toBe(0);
    expect(await log.append(new Uint8Array([1, 2, 3]))).toBe(1);
    expect(textOf(log.read(0))).toBe("hello");
    expect(log.read(1).value).toEqual(new Uint8Array([1, 2, 3]));
    await log.close();
  });

  test("two calls in one tick get consecutive offsets, whichever calls they are", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    const a = log.append("a");
    const b = log.write("b");
    const c = log.append("c");
    const d = log.write("d");
    expect([await a, b, await c, d]).toEqual([0, 1, 2, 3]);
    await log.close();
  });

  test("write stages: readers see it after sync, uncommitted readers at once", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    expect(log.write("x")).toBe(0);
    expect(log.committedOffset).toBe(0);
    expect(log.nextOffset).toBe(1);
    expect(() => log.read(0)).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_OUT_OF_RANGE" }));
    expect(textOf(log.read(0, { uncommitted: true }))).toBe("x");
    await log.sync();
    expect(log.committedOffset).toBe(1);
    expect(textOf(log.read(0))).toBe("x");
    await log.close();
  });

  test("write beyond stagedBytesMax stages nothing; ready tells when there is room", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), stagedBytesMax: 1000 });
    const record = new Uint8Array(84); // 100 bytes with what each record counts more
    let staged = 0;
    const fill = (): void => {
      for (;;) {
        log.write(record);
        staged++;
      }
    };
    expect(fill).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_OVERLOADED" }));
    expect(staged).toBe(10);
    expect(log.nextOffset).toBe(10);
    await log.ready();
    expect(log.write(record)).toBe(10);
    await log.close();
  });

  test("append beyond stagedBytesMax waits its turn; no order is lost", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), stagedBytesMax: 500 });
    const offsets = await Promise.all(Array.from({ length: 200 }, (_, i) => log.append(`${i}`)));
    expect(offsets).toEqual(offsets.map((_, i) => i));
    expect((await collect(log.records())).map(textOf)).toEqual(offsets.map(String));
    await log.close();
  });

  test("1,000 concurrent appends cause at most a handful of syncs", async () => {
    const counting = countingFileSystem(memoryFileSystem());
    const log = await openLog("/log", { fs: counting.fs });
    counting.reset();
    await Promise.all(Array.from({ length: 1000 }, (_, i) => log.append(`record ${i}`)));
    const { syncs } = log.stats().groupCommit;
    expect(syncs).toBeGreaterThanOrEqual(1);
    expect(syncs).toBeLessThanOrEqual(4);
    expect(counting.counts.writeDurably).toBeGreaterThanOrEqual(syncs);
    expect([counting.counts.write, counting.counts.sync]).toEqual([0, 0]);
    await log.close();
  });

  test("an append is synced before it is acknowledged, whatever its size", async () => {
    for (const size of [0, 100, 2 ** 20, 3 * 2 ** 20 + 1]) {
      const counting = countingFileSystem(memoryFileSystem());
      const log = await openLog("/log", { fs: counting.fs });
      counting.reset();
      await log.append(new Uint8Array(size));
      expect(counting.counts.writeDurably, `${size} bytes`).toBeGreaterThanOrEqual(1);
      await log.close();
    }
  });

  test("appendBatch returns the first offset, and its records share one time", async () => {
    let now = 1000;
    const log = await openLog("/log", { fs: memoryFileSystem(), clock: () => now++ });
    await log.append("before");
    expect(await log.appendBatch(["a", "b", "c"])).toBe(1);
    const records = await collect(log.records({ from: 1 }));
    expect(records.map(textOf)).toEqual(["a", "b", "c"]);
    expect(new Set(records.map(({ time }) => time)).size).toBe(1);
    await log.close();
  });

  test("writeBatch stages all of a batch at once, and is refused as a whole", async () => {
    const fs = memoryFileSystem();
    const log = await openLog("/log", { fs, recordBytesMax: 40, stagedBytesMax: 100 });
    expect(log.writeBatch(["a", new Uint8Array(3), "c"])).toBe(0);
    expect(log.nextOffset).toBe(3);
    const refused = expect.objectContaining({ code: "ERR_SEGLOG_OVERLOADED" });
    expect(() => log.writeBatch(["d", "e", "f"])).toThrow(refused);
    expect(log.nextOffset).toBe(3);
    await log.ready();
    expect(log.writeBatch(["d"])).toBe(3);
    await log.sync();
    expect((await collect(log.records())).map(textOf)).toEqual(["a", "\0\0\0", "c", "d"]);
    await log.close();
    expect(() => log.writeBatch(["x"])).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_CLOSED" }),
    );
  });

  test("an append aborted before it has an offset is never written", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    const reason = new Error("changed my mind");
    await expect(log.append("x", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(log.appendBatch(["x"], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(log.nextOffset).toBe(0);
    const staged = new AbortController();
    const append = log.append("y", { signal: staged.signal });
    staged.abort();
    expect(await append).toBe(0);
    await log.close();
  });

  test("an empty value and an empty string are records", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    await log.append("");
    await log.append(new Uint8Array(0));
    expect((await collect(log.records())).map(({ value }) => value.length)).toEqual([0, 0]);
    await log.close();
  });

  test("the caller may reuse its buffer at once", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    const buffer = new Uint8Array([1]);
    const append = log.append(buffer);
    buffer[0] = 2;
    await append;
    expect(log.read(0).value).toEqual(new Uint8Array([1]));
    await log.close();
  });
});

describe("durability", () => {
  test('"os" acknowledges without a sync, and sync() still syncs', async () => {
    const counting = countingFileSystem(memoryFileSystem());
    const log = await openLog("/log", { fs: counting.fs, durability: "os" });
    counting.reset();
    expect(await log.append("x")).toBe(0);
    expect(log.committedOffset).toBe(1);
    expect(counting.counts.sync ?? 0).toBe(0);
    expect(counting.counts.write).toBeGreaterThanOrEqual(1);
    await log.sync();
    expect(counting.counts.sync).toBeGreaterThanOrEqual(1);
    await log.close();
  });

  test("{ everyMs } acknowledges at once and syncs in the background", async () => {
    const counting = countingFileSystem(memoryFileSystem());
    const log = await openLog("/log", { fs: counting.fs, durability: { everyMs: 1 } });
    counting.reset();
    await log.append("x");
    expect(log.committedOffset).toBe(1);
    while ((counting.counts.sync ?? 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    await log.close();
  });
});

describe("reading", () => {
  test("a record is as it was appended: offset, time and bytes", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), clock: () => 1_700_000_000_123 });
    await log.append("x");
    expect(log.read(0)).toEqual({
      offset: 0,
      time: 1_700_000_000_123,
      value: new TextEncoder().encode("x"),
    });
    await log.close();
  });

  test("read gives bytes that belong to the caller", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    await log.append("abc");
    log.read(0).value.fill(0);
    expect(textOf(log.read(0))).toBe("abc");
    for await (const record of log.records()) record.value.fill(0);
    expect(textOf(log.read(0))).toBe("abc");
    await log.close();
  });

  test("records and batches give the same, forward and in reverse", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), segmentBytesMax: 256 });
    for (let i = 0; i < 100; i++) log.write(`${i}`);
    await log.sync();
    const options = { from: 10, to: 90, recordsMax: 7 };
    const forward = (await collect(log.records(options))).map(textOf);
    expect(forward).toEqual(Array.from({ length: 80 }, (_, i) => `${i + 10}`));
    const batched = (await collect(log.batches(options))).flat().map(textOf);
    expect(batched).toEqual(forward);
    const reverse = (await collect(log.records({ ...options, reverse: true }))).map(textOf);
    expect(reverse).toEqual(forward.toReversed());
    await log.close();
  });

  test("overlapping next() calls of one iterator are answered in order", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    for (let i = 0; i < 10; i++) log.write(`${i}`);
    await log.sync();
    const records = log.records({ recordsMax: 3 });
    const results = await Promise.all(Array.from({ length: 12 }, () => records.next()));
    expect(results.map((result) => result.value?.offset)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => i),
      undefined,
      undefined,
    ]);
    await log.close();
  });

  test("tail delivers what is there and what comes, once each, and ends with its signal", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    await log.append("0");
    const end = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const record of log.tail({ from: "start", signal: end.signal })) {
        seen.push(textOf(record));
        if (seen.length === 50) end.abort();
      }
    })();
    for (let i = 1; i < 50; i++) await log.append(`${i}`);
    await following;
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
    await log.close();
  });

  test("a tail that is left with break does not keep the log from closing", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem() });
    await log.append("x");
    for await (const record of log.tail({ from: "start" })) {
      expect(record.offset).toBe(0);
      break;
    }
    const waiting = collect(log.tail());
    await log.close();
    expect(await waiting).toEqual([]);
  });

  test("offsetAtTime finds the first record at or after a time", async () => {
    let now = 0;
    const log = await openLog("/log", { fs: memoryFileSystem(), clock: () => now });
    for (now = 100; now <= 500; now += 100) await log.append(`${now}`);
    expect([0, 100, 101, 500, 501].map((time) => log.offsetAtTime(time))).toEqual([0, 0, 1, 4, 5]);
    await log.close();
  });
});

describe("closing and reopening", () => {
  test("everything is there after close and reopen, over many segments", async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory, { segmentBytesMax: 1000 });
    for (let i = 0; i < 1000; i++) log.write(`record ${i}`);
    await log.close();
    const again = await openLog(directory);
    expect(again.recovery.clean).toBe(true);
    expect((await collect(again.records())).map(textOf)).toEqual(
      Array.from({ length: 1000 }, (_, i) => `record ${i}`),
    );
    expect(await again.append("more")).toBe(1000);
    await again.close();
  });

  test("await using closes the log", async () => {
    const directory = temporaryDirectory();
    {
      await using log = await openLog(directory);
      log.write("x");
    }
    await using log = await openLog(directory);
    expect(textOf(log.read(0))).toBe("x");
  });

  test("close settles every append, is idempotent, and later calls say so", async () => {
    const log = await openLog("/log", { fs: memoryFileSystem(), stagedBytesMax: 100 });
    const appends = Array.from({ length: 50 }, (_, i) => log.append(`${i}`));
    const closing = log.close();
    expect(await Promise.all(appends)).toHaveLength(50);
    await Promise.all([closing, log.close()]);
    const closed = expect.objectContaining({
      code: "ERR_SEGLOG_CLOSED",
      message: "the log /log is closed",
      context: { what: "/log" },
    });
    await expect(log.append("x")).rejects.toEqual(closed);
    await expect(log.appendBatch(["x"])).rejects.toEqual(closed);
    await expect(log.sync()).rejects.toEqual(closed);
    await expect(log.ready()).rejects.toEqual(closed);
    await expect(log.truncateBefore(0)).rejects.toEqual(closed);
    await expect(log.truncateAfter(0)).rejects.toEqual(closed);
    for (const call of [
      () => log.write("x"),
      () => log.read(0),
      () => log.batches(),
      () => log.tail(),
      () => log.offsetAtTime(0),
      () => log.segments(),
      () => log.reader(),
      () => log.stats(),
    ]) {
      expect(call).toThrow(closed);
    }
  });

  test("stats name the mapper in use", async () => {
    for (const mapper of ["koffi", "read-through"] as const) {
      const log = await openLog(temporaryDirectory(), { fs: nodeFileSystem({ mapper }) });
      await log.append("x");
      expect(log.stats()).toMatchObject({ mapper, segments: 1, appends: 1, poisoned: false });
      expect(log.stats().groupCommit.appends).toBe(1);
      await log.close();
    }
  });

  test("a read-only log reads what is there, beside the writer, and refuses to write", async () => {
    const directory = temporaryDirectory();
    const writer = await openLog(directory, { segmentBytesMax: 200 });
    for (let i = 0; i < 20; i++) await writer.append(`${i}`);
    const counting = countingFileSystem(nodeFileSystem());
    const reader = await openLog(directory, { readOnly: true, fs: counting.fs });
    expect((await collect(reader.records())).map(textOf)).toEqual(
      Array.from({ length: 20 }, (_, i) => `${i}`),
    );
    const refused = expect.objectContaining({ code: "ERR_SEGLOG_READ_ONLY" });
    await expect(reader.append("x")).rejects.toEqual(refused);
    expect(() => reader.write("x")).toThrow(refused);
    await expect(reader.truncateBefore(1)).rejects.toEqual(refused);
    await reader.close();
    for (const operation of [
      "write",
      "allocate",
      "truncate",
      "remove",
      "rename",
      "lock",
    ] as const) {
      expect(counting.counts[operation] ?? 0, operation).toBe(0);
    }
    await writer.append("20");
    await writer.close();
  });
});
