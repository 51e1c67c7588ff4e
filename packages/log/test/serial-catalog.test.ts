import { openLog } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { serialCatalog } from "../src/serial-catalog.ts";
import type { SegmentCatalog } from "./support/parts.ts";
import { memoryPlace } from "./support/place.ts";
import { appendRange } from "./support/records.ts";

const CALLS = [
  "list",
  "create",
  "open",
  "remove",
  "loadState",
  "saveState",
  "listCursors",
  "saveCursor",
  "close",
] as const;

/** `catalog`, every call of which takes a while, and what was called while another was running. */
function watched(catalog: SegmentCatalog): { catalog: SegmentCatalog; overlaps: Set<string> } {
  const overlaps = new Set<string>();
  const running: string[] = [];
  const slow: Partial<Record<(typeof CALLS)[number], unknown>> = {};
  for (const name of CALLS) {
    const call = catalog[name].bind(catalog) as (...args: unknown[]) => Promise<unknown>;
    slow[name] = async (...args: unknown[]) => {
      if (running.length > 0) overlaps.add([...running, name].join("+"));
      running.push(name);
      await new Promise((wake) => setImmediate(wake));
      return call(...args).finally(() => running.splice(running.indexOf(name), 1));
    };
  }
  const { path, readOnly, mapper } = catalog;
  const quick = {
    publish: (progress) => catalog.publish(progress),
    published: () => catalog.published(),
  } satisfies Partial<SegmentCatalog>;
  return { catalog: { path, readOnly, mapper, ...quick, ...slow } as SegmentCatalog, overlaps };
}

describe("a log calls its catalog", () => {
  it("once at a time, with rolls beside truncations, retention, and close", async () => {
    const limits = { indexEntriesMax: 3 };
    const { catalog, overlaps } = watched(await memoryPlace(limits).catalog());
    const log = await openLog(catalog, { retention: { segmentsMax: 4 } });
    for (let round = 0; round < 5; round++) {
      appendRange(log, 0, 12);
      await log.sync();
      const before = log.truncateBefore(log.nextOffset - 3);
      appendRange(log, 0, 9);
      const after = log.truncateAfter(log.nextOffset - 5);
      appendRange(log, 0, 9);
      await Promise.all([before, after, log.enforceRetention()]);
    }
    appendRange(log, 0, 9);
    await log.close();
    expect([...overlaps]).toEqual([]);
  });

  it("in the order of the calls, also behind one that failed", async () => {
    const { catalog, overlaps } = watched(await memoryPlace().catalog());
    const serial = serialCatalog(catalog);
    const results = await Promise.allSettled([
      serial.open(7, { mode: "closed" }),
      serial.create(3),
      serial.list(),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(await serial.list()).toHaveLength(1);
    expect([...overlaps]).toEqual([]);
    if (results[1].status === "fulfilled") await results[1].value.close();
    await serial.close();
  });
});
