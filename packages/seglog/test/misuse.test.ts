import { memoryFileSystem } from "@seglog/fs";
import { beforeEach, describe, expect, test } from "vitest";
import { type OpenLogOptions, openLog, type Seglog } from "../src/index.ts";

const ODD_OFFSETS = [-2, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, "1", null, {}, 1n];
const invalid = (name: string): unknown =>
  expect.objectContaining({
    code: "ERR_SEGLOG_INVALID_ARGUMENT",
    context: expect.objectContaining({ name }),
  });
const outOfRange = expect.objectContaining({ code: "ERR_SEGLOG_OUT_OF_RANGE" });

describe("options", () => {
  const cases: [string, unknown][] = [
    ...["segmentBytesMax", "indexEntriesMax", "stagedBytesMax", "segmentAgeMsMax"].flatMap((name) =>
      [0, -1, 1.5, Number.NaN, "1", 2 ** 53, null].map((value): [string, unknown] => [name, value]),
    ),
    ["segmentBytesMax", 2 ** 30 + 1],
    ["recordBytesMax", -1],
    ["recordBytesMax", 2 ** 28 - 8],
    ["frameFormat", "json"],
    ["mode", 0o1000],
    ["mode", "644"],
    ["clock", 5],
    ["readOnly", "yes"],
    ["codec", { encode: 1 }],
    ["codec", null],
    ["openStore", "x"],
    ["openIndex", {}],
    ["durability", "never"],
    ["durability", 5],
    ["durability", null],
  ];

  test.each(cases)("%s: %j is refused by name, and nothing is made", async (name, value) => {
    const fs = memoryFileSystem();
    const options = { fs, [name]: value } as OpenLogOptions & { codec?: undefined };
    await expect(openLog("/log", options)).rejects.toEqual(invalid(name));
    expect(await fs.list("/")).toEqual([]);
    // nothing holds the directory either
    await (await openLog("/log", { fs })).close();
  });

  test.each([
    [{ durability: { everyMs: 0 } }, "durability.everyMs"],
    [{ durability: {} }, "durability.everyMs"],
    [{ durability: { every: 1 } }, "durability.every"],
    [{ retention: { bytesMax: 0 } }, "retention.bytesMax"],
    [{ retention: { ageMsMax: -1 } }, "retention.ageMsMax"],
    [{ retention: { segmentsMax: 1.5 } }, "retention.segmentsMax"],
    [{ retention: { bytes: 1 } }, "retention.bytes"],
    [{ retention: 5 }, "retention"],
    [{ segmentBytes: 1 }, "segmentBytes"],
    [{ fs: {} }, "fs"],
  ])("%j is refused as %s", async (options, name) => {
    const fs = memoryFileSystem();
    const all = { fs, ...options } as OpenLogOptions & { codec?: undefined };
    await expect(openLog("/log", all)).rejects.toEqual(invalid(name));
    expect(await fs.list("/")).toEqual([]);
  });

  test.each([undefined, null, 5, "", "a\0b", {}])("directory %j is refused", async (directory) => {
    await expect(openLog(directory as string)).rejects.toEqual(invalid("directory"));
  });

  test("undefined stands for the default of every option", async () => {
    const log = await openLog("/log", {
      fs: memoryFileSystem(),
      durability: undefined,
      segmentBytesMax: undefined,
      segmentAgeMsMax: undefined,
      indexEntriesMax: undefined,
      recordBytesMax: undefined,
      stagedBytesMax: undefined,
      frameFormat: undefined,
      retention: undefined,
      readOnly: undefined,
      mode: undefined,
      clock: undefined,
      openStore: undefined,
      openIndex: undefined,
      codec: undefined,
    });
    expect(await log.append("x")).toBe(0);
    await log.close();
  });
});

describe("arguments", () => {
  let log: Seglog;
  beforeEach(async () => {
    log = await openLog("/log", { fs: memoryFileSystem(), recordBytesMax: 100 });
    for (let i = 0; i < 10; i++) log.write(`${i}`);
    await log.sync();
    await log.truncateBefore(3);
    return () => log.close();
  });

  const unchanged = (): void => {
    expect(log.offsetRange()).toEqual({ lowest: 3, highest: 9 });
    expect(log.nextOffset).toBe(10);
  };

  test.each(ODD_OFFSETS)("%s is no offset, for every member that takes one", async (value) => {
    const offset = value as number;
    expect(() => log.read(offset)).toThrow(invalid("offset") as Error);
    expect(() => log.batches({ from: offset })).toThrow(invalid("from") as Error);
    expect(() => log.records({ to: offset })).toThrow(invalid("to") as Error);
    if (typeof value !== "string") {
      expect(() => log.tail({ from: offset })).toThrow(invalid("from") as Error);
    }
    await expect(log.truncateBefore(offset)).rejects.toEqual(invalid("offset"));
    await expect(log.truncateAfter(offset)).rejects.toEqual(invalid("offset"));
    unchanged();
  });

  test("an offset outside the log says what is held", async () => {
    for (const offset of [0, 2, 10, 11, 2 ** 53 - 1]) {
      expect(() => log.read(offset)).toThrow(
        expect.objectContaining({ context: { name: "offset", value: offset, from: 3, to: 10 } }),
      );
    }
    for (const offset of [2, 11]) {
      expect(() => log.batches({ from: offset })).toThrow(outOfRange);
      expect(() => log.batches({ to: offset })).toThrow(outOfRange);
      expect(() => log.tail({ from: offset })).toThrow(outOfRange);
      await expect(log.truncateBefore(offset)).rejects.toEqual(outOfRange);
    }
    for (const offset of [1, 10]) {
      await expect(log.truncateAfter(offset)).rejects.toEqual(outOfRange);
    }
    unchanged();
  });

  test.each([5, null, undefined, {}, [1, 2], new ArrayBuffer(1), new DataView(new ArrayBuffer(1))])(
    "%j is no value",
    async (value) => {
      await expect(log.append(value as string)).rejects.toEqual(invalid("value"));
      await expect(log.appendBatch(["x", value as string])).rejects.toEqual(invalid("value"));
      expect(() => log.write(value as string)).toThrow(invalid("value") as Error);
      expect(() => log.writeBatch(["x", value as string])).toThrow(invalid("value") as Error);
      unchanged();
    },
  );

  test.each([[], undefined, "abc", {}])("%j is no batch", async (values) => {
    await expect(log.appendBatch(values as string[])).rejects.toEqual(invalid("values"));
    expect(() => log.writeBatch(values as string[])).toThrow(invalid("values") as Error);
    unchanged();
  });

  test("a record beyond recordBytesMax is refused, one at it is taken", async () => {
    const tooLarge = expect.objectContaining({
      code: "ERR_SEGLOG_RECORD_TOO_LARGE",
      context: { bytes: 101, bytesMax: 100 },
    });
    await expect(log.append(new Uint8Array(101))).rejects.toEqual(tooLarge);
    expect(() => log.write(new Uint8Array(101))).toThrow(tooLarge);
    await expect(log.appendBatch(["x", new Uint8Array(101)])).rejects.toEqual(tooLarge);
    expect(() => log.writeBatch(["x", new Uint8Array(101)])).toThrow(tooLarge);
    unchanged();
    expect(await log.append(new Uint8Array(100))).toBe(10);
  });

  test("unknown options of a call are refused by name", async () => {
    const odd = { sginal: 1 } as object;
    await expect(log.append("x", odd)).rejects.toEqual(invalid("sginal"));
    await expect(log.appendBatch(["x"], odd)).rejects.toEqual(invalid("sginal"));
    expect(() => log.read(3, odd)).toThrow(invalid("sginal") as Error);
    expect(() => log.batches(odd)).toThrow(invalid("sginal") as Error);
    expect(() => log.tail(odd)).toThrow(invalid("sginal") as Error);
    for (const options of [{ recordsMax: 0 }, { bytesMax: 0.5 }, { signal: 1 as never }]) {
      expect(() => log.batches(options)).toThrow(
        expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }),
      );
    }
    expect(() => log.tail({ from: "middle" as "end" })).toThrow(invalid("from") as Error);
    unchanged();
  });

  test.each([-1, Number.NaN, "now", null])("%s is no time", (time) => {
    expect(() => log.offsetAtTime(time as number)).toThrow(invalid("time") as Error);
  });
});
