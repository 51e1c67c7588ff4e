import type { Log } from "../contract.ts";
import {
  appendMany,
  bytesOf,
  drain,
  expectCode,
  expectEqual,
  expectHolds,
  expectThat,
  range,
} from "./expect.ts";
import { type LogPlace, type PlaceCases, SMALL_SEGMENTS } from "./harness.ts";

/** What the kit asks of closing, and of opening again. */
export const LIFETIME_CASES: PlaceCases = {
  "close commits what was appended, and opening again finds it": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 11);
    await log.close();
    const again = await place.open(SMALL_SEGMENTS);
    expectEqual(again.recovery.clean, true, "recovery.clean");
    await expectHolds(again, range(0, 11), "opened again");
    appendMany(again, 3);
    await again.sync();
    await expectHolds(again, range(0, 14), "appended on");
    await again.close();
  },

  "close is idempotent, also while it runs, and carries out what was called before it": async (
    place,
  ) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 11);
    const calls = [log.truncateAfter(8), log.truncateBefore(2), log.sync()];
    await Promise.all([log.close(), log.close(), ...calls]);
    await log.close();
    const again = await place.open(SMALL_SEGMENTS);
    await expectHolds(again, range(2, 9), "opened again");
    await again.close();
  },

  "from the call of close on every other call fails with ERR_SEGLOG_CLOSED": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 3);
    const closing = log.close();
    for (const call of callsOf(log)) await expectCode(call, "ERR_SEGLOG_CLOSED", `${call}`);
    await closing;
    for (const call of callsOf(log)) await expectCode(call, "ERR_SEGLOG_CLOSED", `${call}`);
    expectEqual([log.firstOffset, log.nextOffset, log.committedOffset], [0, 3, 3], "properties");
  },

  "refresh of a log that is written changes nothing": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 6);
    await log.sync();
    appendMany(log, 1); // and no roll, which may commit
    await log.refresh();
    expectEqual([log.nextOffset, log.committedOffset], [7, 6], "properties");
    await expectHolds(log, range(0, 6), "refreshed");
    await log.sync();
    await log.refresh();
    await expectHolds(log, range(0, 7), "synced and refreshed");
    await log.close();
  },

  "an iteration over a closed log fails with ERR_SEGLOG_CLOSED": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 6);
    await log.sync();
    const iteration = log.batches({ recordsMax: 1 });
    await iteration.next();
    await log.close();
    await expectCode(() => iteration.next(), "ERR_SEGLOG_CLOSED", "the iteration");
  },
};

/** What the kit asks of a place that can crash. */
export const CRASH_CASES: PlaceCases = {
  "what a sync covered survives a crash": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 11);
    await log.sync();
    appendMany(log, 3);
    const again = await crashed(place);
    expectThat(again.nextOffset >= 11, `nextOffset ${again.nextOffset}, of at least 11`);
    await expectHolds(again, range(0, again.nextOffset), "a prefix");
    await again.close();
  },

  "a truncation that resolved survives a crash": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 11);
    await log.truncateBefore(3);
    await log.truncateAfter(6);
    const again = await crashed(place);
    await expectHolds(again, range(3, 7), "what the truncations left");
    await again.close();
  },
};

/** What the kit asks of a place that can be filled with a snapshot. */
export const SNAPSHOT_CASES: (other: () => Promise<LogPlace>) => PlaceCases = (other) => ({
  "a snapshot restores offsets, times and values, of an empty log too": async (place) => {
    for (const count of [0, 11]) {
      const source = await other();
      const log = await source.open({ ...SMALL_SEGMENTS, firstOffset: 5 });
      appendMany(log, count);
      await log.sync();
      const target = count === 0 ? await other() : place;
      if (target.restore === undefined) throw new Error("the place has no restore");
      await target.restore(log.reader());
      const copy = await target.open(SMALL_SEGMENTS);
      expectEqual([copy.firstOffset, copy.nextOffset], [5, 5 + count], "bounds");
      await expectHolds(copy, range(5, 5 + count), "restored");
      for (let n = 5; n < 5 + count; n++) {
        expectEqual(copy.read(n).time, log.read(n).time, `time of ${n}`);
      }
      await copy.close();
      await log.close();
      await source.dispose();
      if (target !== place) await target.dispose();
    }
  },
});

/** The log of `place` as a power cut leaves it. */
export async function crashed(place: LogPlace): Promise<Log> {
  if (place.crash === undefined) throw new Error("the place has no crash");
  await place.crash();
  return place.open(SMALL_SEGMENTS);
}

function callsOf(log: Log): (() => unknown)[] {
  return [
    () => log.append(bytesOf("a")),
    () => log.appendBatch([bytesOf("a")]),
    () => log.flush(),
    () => log.sync(),
    () => log.read(0),
    () => log.readView(0),
    () => drain(log.batches()),
    () => drain(log.batchesView()),
    () => log.tailBatches(),
    () => log.refresh(),
    () => log.cursor("a"),
    () => log.cursors(),
    () => log.removeCursor("a"),
    () => log.offsetAtTime(0),
    () => log.offsetRange(),
    () => log.truncateBefore(1),
    () => log.truncateAfter(1),
    () => log.resume(),
    () => log.enforceRetention(),
    () => log.segments(),
    () => log.reader(),
    () => log.stats(),
  ];
}
