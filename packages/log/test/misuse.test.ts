import { checkOpenLogOptions, type Log, openLog } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { DIRECTORY, memoryPlace, type PlaceOptions } from "./support/place.ts";
import { appendRange, contentOf, rangeOf } from "./support/records.ts";

const INVALID = "ERR_SEGLOG_INVALID_ARGUMENT";
const OUT_OF_RANGE = "ERR_SEGLOG_OUT_OF_RANGE";
/** What no offset is. */
const NOT_OFFSETS = [-2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, {}, 1n];

async function filled(): Promise<Log> {
  const log = await memoryPlace({ indexEntriesMax: 4 }).open();
  appendRange(log, 0, 10);
  await log.sync();
  await log.truncateBefore(2);
  return log;
}

async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe("wrong options of openLog", () => {
  const wrong: [string, unknown[]][] = [
    ["firstOffset", [-1, 1.5, Number.NaN, 2 ** 53, "0"]],
    ["segmentAgeMsMax", [0, -1, 1.5, Number.NaN, "1"]],
    ["recordBytesMax", [-1, 2 ** 28 - 8, 0.5, "1"]],
    ["stagedBytesMax", [0, -1, 1.5, Number.POSITIVE_INFINITY]],
    ["commitOn", ["", "never", 1, null]],
    ["retention", [1, "1", [], null]],
    ["clock", [1, "now", {}]],
    ["segmentBytes", [1]],
  ];
  const cases = wrong.flatMap(([name, values]) => values.map((value) => [name, value] as const));

  it.each(cases)("%s: %s is refused by name, and nothing is made", async (name, value) => {
    const place = memoryPlace();
    const catalog = await place.catalog();
    await expect(openLog(catalog, { [name]: value })).rejects.toMatchObject({
      code: INVALID,
      context: { name },
    });
    expect(await catalog.list()).toEqual([]);
    expect(await catalog.loadState()).toBeUndefined();
    await catalog.close();
    expect(await codeOf(() => checkOpenLogOptions({ [name]: value }))).toBe(INVALID);
  });

  it.each([
    ["bytesMax", 0],
    ["ageMsMax", -1],
    ["segmentsMax", 1.5],
    ["days", 3],
  ])("retention.%s: %s is refused by its path", async (name, value) => {
    const call = memoryPlace({ retention: { [name]: value } }).open();
    await expect(call).rejects.toMatchObject({
      code: INVALID,
      context: { name: `retention.${name}` },
    });
  });

  it("an option that is undefined stands for its default, and the object is not touched", async () => {
    const options: PlaceOptions = Object.freeze({ clock: undefined, retention: undefined });
    const log = await memoryPlace(options).open();
    log.append(new Uint8Array(1));
    await log.close();
  });
});

describe("wrong arguments have their code, and change nothing", () => {
  const calls: [string, (log: Log, value: never) => unknown][] = [
    ["read", (log, value) => log.read(value)],
    ["readView", (log, value) => log.readView(value)],
    ["truncateBefore", (log, value) => log.truncateBefore(value)],
    ["truncateAfter", (log, value) => log.truncateAfter(value)],
    ["batches from", (log, value) => log.batches({ from: value })],
    ["batches to", (log, value) => log.batches({ to: value })],
    ["tailBatches from", (log, value) => log.tailBatches({ from: value })],
    ["recordsMax", (log, value) => log.batches({ recordsMax: value })],
    ["bytesMax", (log, value) => log.tailBatches({ bytesMax: value })],
  ];

  it.each(calls)("%s of what is no offset or count", async (_, call) => {
    const log = await filled();
    for (const value of NOT_OFFSETS) {
      expect(await codeOf(() => call(log, value as never)), String(value)).toBe(INVALID);
    }
    expect(await contentOf(log)).toEqual(rangeOf(2, 10));
    await log.close();
  });

  it.each([
    ["read", [0, 1, 10, 11], (log, at) => log.read(at)],
    ["uncommitted read", [1, 10], (log, at) => log.read(at, { uncommitted: true })],
    ["readView", [1, 10], (log, at) => log.readView(at)],
    ["truncateBefore", [0, 1, 11], (log, at) => log.truncateBefore(at)],
    ["truncateAfter", [-1, 0, 10, 11], (log, at) => log.truncateAfter(at)],
    ["batches from", [0, 1, 11], (log, at) => log.batches({ from: at })],
    ["batches to", [0, 1, 11], (log, at) => log.batches({ to: at })],
    ["tailBatches from", [0, 1, 11], (log, at) => log.tailBatches({ from: at })],
  ] as [string, number[], (log: Log, at: number) => unknown][])(
    "%s beyond what is held: %o",
    async (_, offsets, call) => {
      const log = await filled();
      for (const at of offsets) {
        expect(await codeOf(() => call(log, at)), String(at)).toBe(OUT_OF_RANGE);
      }
      expect(await contentOf(log)).toEqual(rangeOf(2, 10));
      expect(log.stats().poisoned).toBe(false);
      await log.close();
    },
  );

  it("values that are not bytes, and empty batches", async () => {
    const log = await filled();
    for (const value of [undefined, null, "text", 5, [1], new ArrayBuffer(1), new Uint16Array(1)]) {
      expect(await codeOf(() => log.append(value as unknown as Uint8Array))).toBe(INVALID);
      expect(
        await codeOf(() => log.appendBatch([new Uint8Array(1), value as unknown as Uint8Array])),
      ).toBe(INVALID);
      expect(await codeOf(() => log.appendBatch(value as unknown as Uint8Array[]))).toBe(INVALID);
    }
    expect(await codeOf(() => log.appendBatch([]))).toBe(INVALID);
    expect(log.nextOffset).toBe(10);
    await log.close();
  });

  it("unknown options, and options of the wrong kind", async () => {
    const log = await filled();
    const calls: (() => unknown)[] = [
      () => log.read(3, { comitted: true } as object),
      () => log.read(3, { uncommitted: 1 } as object),
      () => log.batches({ limit: 1 } as object),
      () => log.batches({ reverse: "yes" } as object),
      () => log.batches({ signal: {} } as object),
      () => log.batches(7 as unknown as object),
      () => log.tailBatches({ to: 5 } as object),
      () => log.tailBatches({ from: "middle" } as object),
      () => log.tailBatches({ recordsMax: 0 }),
    ];
    for (const call of calls) expect(await codeOf(call), String(call)).toBe(INVALID);
    await log.close();
  });

  it("a record, or a batch, larger than allowed stages nothing", async () => {
    const log = await memoryPlace({ recordBytesMax: 100, stagedBytesMax: 500 }).open();
    const large = "ERR_SEGLOG_RECORD_TOO_LARGE";
    log.append(new Uint8Array(100));
    await log.flush();
    expect(await codeOf(() => log.append(new Uint8Array(101)))).toBe(large);
    const batch = [new Uint8Array(1), new Uint8Array(101)];
    expect(await codeOf(() => log.appendBatch(batch))).toBe(large);
    const many = Array.from({ length: 5 }, () => new Uint8Array(85));
    expect(await codeOf(() => log.appendBatch(many))).toBe(large);
    expect([log.nextOffset, log.stagedBytes]).toEqual([1, 0]);
    await log.close();
  });
});

describe("close", () => {
  it("is refused nothing: twice, at once, and while calls are under way, which it carries out", async () => {
    const place = memoryPlace({ indexEntriesMax: 4 });
    const log = await place.open();
    appendRange(log, 0, 30);
    const calls = [log.sync(), log.truncateBefore(3), log.truncateAfter(20), log.sync()];
    await Promise.all([log.close(), log.close(), ...calls]);
    await log.close();
    const again = await place.open();
    expect(again.recovery.clean).toBe(true);
    expect(await contentOf(again)).toEqual(rangeOf(3, 21));
    await again.close();
  });

  it("commits what was appended; from the call on every other call fails with ERR_SEGLOG_CLOSED", async () => {
    const place = memoryPlace({ indexEntriesMax: 4 });
    const log = await place.open();
    appendRange(log, 0, 10);
    const closing = log.close();
    const calls: [string, () => unknown][] = [
      ["append", () => log.append(new Uint8Array(1))],
      ["appendBatch", () => log.appendBatch([new Uint8Array(1)])],
      ["flush", () => log.flush()],
      ["sync", () => log.sync()],
      ["read", () => log.read(0)],
      ["readView", () => log.readView(0)],
      ["batches", () => log.batches()],
      ["tailBatches", () => log.tailBatches()],
      ["offsetAtTime", () => log.offsetAtTime(0)],
      ["offsetRange", () => log.offsetRange()],
      ["truncateBefore", () => log.truncateBefore(1)],
      ["truncateAfter", () => log.truncateAfter(1)],
      ["enforceRetention", () => log.enforceRetention()],
      ["segments", () => log.segments()],
      ["reader", () => log.reader()],
      ["stats", () => log.stats()],
    ];
    for (const [name, call] of calls) expect(await codeOf(call), name).toBe("ERR_SEGLOG_CLOSED");
    await closing;
    for (const [name, call] of calls) expect(await codeOf(call), name).toBe("ERR_SEGLOG_CLOSED");
    expect([log.firstOffset, log.nextOffset, log.committedOffset]).toEqual([0, 10, 10]);
    const again = await place.open();
    expect(await contentOf(again)).toEqual(rangeOf(0, 10));
    await again.close();
  });

  it("gives the lock back", async () => {
    const place = memoryPlace();
    const log = await place.open();
    await expect(place.open()).rejects.toMatchObject({ code: "ERR_SEGLOG_LOCKED" });
    await log.close();
    await (await place.open()).close();
    expect(await place.fs.list(DIRECTORY)).toContain("seglog.lock");
  });
});
