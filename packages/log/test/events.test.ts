import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { LogEvents } from "@seglog/log";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { simulatedDisk } from "./support/parts.ts";
import { DIRECTORY, memoryPlace, placeOn } from "./support/place.ts";
import { appendRange } from "./support/records.ts";

const NAMES: readonly (keyof LogEvents)[] = [
  "seglog:append",
  "seglog:sync",
  "seglog:roll",
  "seglog:truncate",
  "seglog:recovery",
  "seglog:failure",
];
const path = DIRECTORY;

let told: [string, unknown][];
const note = (message: unknown, name: string | symbol): void => {
  told.push([String(name), message]);
};

describe("a log that somebody listens to tells", () => {
  beforeEach(() => {
    told = [];
    for (const name of NAMES) subscribe(name, note);
  });
  afterEach(() => {
    for (const name of NAMES) unsubscribe(name, note);
  });

  test("of appends once for all that one sync has covered, and before the sync resolves", async () => {
    const log = await memoryPlace().open();
    told = [];
    appendRange(log, 0, 1000);
    expect(told).toEqual([]);
    await log.sync();
    expect(told).toEqual([
      ["seglog:sync", { path, from: 0, to: 1000, ms: expect.any(Number) }],
      ["seglog:append", { path, from: 0, to: 1000 }],
    ]);
    told = [];
    await log.sync(); // nothing to do
    expect(told).toEqual([]);
    appendRange(log, 1000, 1001);
    await log.close();
    expect(told.at(-1)).toEqual(["seglog:append", { path, from: 1000, to: 1001 }]);
  });

  test("of appends that the OS has, and no sync, where that commits", async () => {
    const log = await memoryPlace({ commitOn: "flush" }).open();
    told = [];
    appendRange(log, 0, 3);
    await log.flush();
    expect(told).toEqual([["seglog:append", { path, from: 0, to: 3 }]]);
    await log.close();
  });

  test("of a roll with what the segments are then", async () => {
    const log = await memoryPlace({ indexEntriesMax: 4 }).open();
    appendRange(log, 0, 9);
    await log.sync();
    const [first, second] = log.segments();
    expect(messages("seglog:roll")).toEqual([
      { path, baseOffset: 4, segments: 2, sealedBytes: first?.storeBytes },
      { path, baseOffset: 8, segments: 3, sealedBytes: second?.storeBytes },
    ]);
    await log.close();
  });

  test("of truncations at both ends and of retention, when they are done", async () => {
    const retention = { segmentsMax: 2 };
    const log = await memoryPlace({ indexEntriesMax: 4, retention }).open();
    appendRange(log, 0, 4);
    await log.sync();
    await log.truncateBefore(1);
    appendRange(log, 4, 7);
    await log.truncateAfter(2);
    appendRange(log, 3, 14);
    await log.sync();
    await log.enforceRetention();
    const [before, after, ...retained] = messages("seglog:truncate");
    const counts = { path, firstOffset: 1 };
    expect(before).toEqual({ ...counts, what: "before", nextOffset: 4, segmentsRemoved: 0 });
    expect(after).toEqual({ ...counts, what: "after", nextOffset: 3, segmentsRemoved: 1 });
    expect(new Set(retained.map(({ what }) => what))).toEqual(new Set(["retention"]));
    expect(retained.at(-1)?.firstOffset).toBe(log.firstOffset);
    await log.close();
  });

  test("nothing of a truncation that had nothing to do", async () => {
    const log = await memoryPlace().open();
    await log.truncateBefore(0);
    expect(messages("seglog:truncate")).toEqual([]);
    await log.close();
  });

  test("what opening found, also of a new log", async () => {
    const place = memoryPlace({ indexEntriesMax: 4 });
    const log = await place.open();
    appendRange(log, 0, 9);
    await log.truncateBefore(5);
    await log.close();
    await place.fs.remove(`${DIRECTORY}/00000000000000000004.index`);
    await (await place.open({ readOnly: true })).close();
    const ms = expect.any(Number);
    const how = { path, readOnly: false, clean: true, tornBytes: 0, indexesRebuilt: 0, ms };
    expect(messages("seglog:recovery")).toEqual([
      { ...how, segments: 1, firstOffset: 0, nextOffset: 0 },
      { ...how, readOnly: true, indexesRebuilt: 1, segments: 2, firstOffset: 5, nextOffset: 9 },
    ]);
  });

  test.each([
    ["ENOSPC", ["writeDurably"], "stalled"],
    ["EIO", ["writeDurably"], "poisoned"],
  ] as const)("once that a %s of a %j has %s it", async (errno, kinds, state) => {
    const disk = simulatedDisk({ seed: 1 });
    const log = await placeOn(disk.fs).open();
    appendRange(log, 0, 1);
    let failures = 0;
    disk.fail({
      at: (operation) => {
        const isOne = kinds.some((kind) => kind === operation.kind);
        if (!isOne || !operation.path.endsWith(".store")) return false;
        failures++;
        return true;
      },
      errno,
      effect: "nothing",
    });
    await expect(log.sync()).rejects.toThrow();
    await expect(log.sync()).rejects.toThrow();
    expect(failures).toBeGreaterThan(0);
    expect(messages("seglog:failure")).toEqual([{ path, state, error: expect.any(Error) }]);
    expect(messages("seglog:append")).toEqual([]);
    await log.close().catch(() => {}); // what was appended is lost, as was told
  });
});

test("a log that nobody listens to asks once for a sync and once for its group, never by record", async () => {
  const asked = new Map<string, number>();
  for (const name of NAMES) {
    Object.defineProperty(channel(name), "hasSubscribers", {
      configurable: true,
      get() {
        asked.set(name, (asked.get(name) ?? 0) + 1);
        return false;
      },
    });
  }
  try {
    const log = await memoryPlace().open();
    asked.clear();
    appendRange(log, 0, 1000);
    expect([...asked]).toEqual([]);
    await log.sync();
    expect([...asked]).toEqual([
      ["seglog:sync", 1],
      ["seglog:append", 1],
    ]);
    await log.close();
  } finally {
    for (const name of NAMES) Reflect.deleteProperty(channel(name), "hasSubscribers");
  }
});

function messages<Name extends keyof LogEvents>(name: Name): LogEvents[Name][] {
  return told.filter(([of]) => of === name).map(([, message]) => message as LogEvents[Name]);
}
