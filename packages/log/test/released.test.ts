import type { Log } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { type SimulatedDisk, simulatedDisk } from "./support/parts.ts";
import { placeOn } from "./support/place.ts";
import { appendRange } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 3 };
type Work = (log: Log) => Promise<unknown>;

/** What is still open after `work` met a failure of its disk call `n`, and the log was closed. */
async function openAfter(
  n: number,
  work: Work,
): Promise<{ readonly failed: string; readonly open: number[] } | undefined> {
  const disk: SimulatedDisk = simulatedDisk({ seed: 1 });
  const log = await placeOn(disk.fs, LIMITS).open();
  appendRange(log, 0, 12);
  await log.sync();
  await log.truncateAfter(11); // nothing is being sealed any more
  const at = disk.operationCount + n;
  let failed: string | undefined;
  disk.fail({
    at({ index, kind, path }) {
      if (index !== at) return false;
      failed = `${kind} ${path}`;
      // what a failed release leaves open is asked of those who own files: stores and indexes
      return kind !== "close" && kind !== "unmap";
    },
    errno: "EIO",
  });
  await work(log).catch(() => {}); // whether the failure is told is not asked here
  await log.close().catch(() => {}); // the same
  if (failed === undefined) return undefined;
  return { failed, open: [disk.openHandles, disk.openMappings, disk.heldLocks] };
}

describe("a closed log holds no handle, mapping or lock, whichever call of the disk failed in", () => {
  const works: readonly (readonly [string, Work])[] = [
    ["truncateAfter into the active segment", (log) => log.truncateAfter(10)],
    ["truncateAfter into a sealed segment", (log) => log.truncateAfter(4)],
    ["truncateAfter of everything", (log) => log.truncateAfter(-1)],
    ["truncateBefore into a sealed segment", (log) => log.truncateBefore(7)],
    ["truncateBefore of everything", (log) => log.truncateBefore(12)],
    [
      "truncateAfter with a snapshot under way",
      async (log) => {
        const snapshot = log.reader().getReader();
        await snapshot.read();
        await log.truncateAfter(4);
        await snapshot.cancel();
      },
    ],
    [
      "truncateBefore with a snapshot under way, which is cancelled later",
      async (log) => {
        const snapshot = log.reader().getReader();
        await snapshot.read();
        await log.truncateBefore(12).finally(() => snapshot.cancel());
      },
    ],
    [
      "a roll",
      async (log) => {
        appendRange(log, 12, 20);
        await log.sync();
      },
    ],
  ];

  it.each(works)("%s", async (_, work) => {
    const left: string[] = [];
    let count = 0;
    for (; ; count++) {
      const result = await openAfter(count, work);
      if (result === undefined) break;
      if (result.open.some((each) => each > 0)) left.push(`${result.failed}: ${result.open}`);
    }
    expect(count).toBeGreaterThan(1);
    expect(left).toEqual([]);
  });
});
