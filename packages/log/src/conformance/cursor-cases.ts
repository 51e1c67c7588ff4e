import type { Log } from "../contract.ts";
import { appendMany, expectCode, expectEqual, expectHolds, range } from "./expect.ts";
import { type LogCases, onLogs, type PlaceCases, SMALL_SEGMENTS } from "./harness.ts";
import { crashed } from "./lifetime-cases.ts";

const OUT_OF_RANGE = "ERR_SEGLOG_OUT_OF_RANGE";
const NO_NAMES = ["", ".", "..", "../a", "a/b", "A", "a\0", "-a", "a b", "ä", "a".repeat(65), 7];

const LOG_CASES: LogCases = {
  "a cursor is made where it is told to begin, and one that is there stays where it is": async (
    log,
  ) => {
    await committed(log, 11);
    await log.truncateBefore(3);
    expectEqual((await log.cursor("a")).offset, 3, "by default");
    expectEqual((await log.cursor("b", { from: "start" })).offset, 3, "from the start");
    expectEqual((await log.cursor("c", { from: "end" })).offset, 11, "from the end");
    expectEqual((await log.cursor("d", { from: 7 })).offset, 7, "from an offset");
    await committed(log, 5);
    for (const from of ["end", "start", 9] as const) {
      const { name, offset } = await log.cursor("d", { from });
      expectEqual([name, offset], ["d", 7], `opened again, from ${from}`);
    }
    await hasCursors(log, [
      ["a", 3],
      ["b", 3],
      ["c", 11],
      ["d", 7],
    ]);
  },

  "a cursor made at the end begins with what is not committed yet": async (log) => {
    await committed(log, 5);
    appendMany(log, 1);
    expectEqual((await log.cursor("a", { from: "end" })).offset, 5, "its offset");
  },

  "a cursor is put forward and back, to committedOffset and no further": async (log) => {
    await committed(log, 9);
    appendMany(log, 1);
    const cursor = await log.cursor("a");
    for (const offset of [1, 9, 4, 0, 5]) {
      await cursor.commit(offset);
      expectEqual(cursor.offset, offset, "offset");
      await hasCursors(log, [["a", offset]]);
    }
    for (const offset of [10, 11, Number.MAX_SAFE_INTEGER]) {
      await expectCode(() => cursor.commit(offset), OUT_OF_RANGE, `commit(${offset})`);
    }
    expectEqual(cursor.offset, 5, "offset, after commits that were refused");
    await log.sync();
    await cursor.commit(10);
    expectEqual(cursor.offset, 10, "offset, once more is committed");
  },

  "two cursors of one name share their place, others do not": async (log) => {
    await committed(log, 9);
    const [one, two, other] = [
      await log.cursor("a"),
      await log.cursor("a", { from: 3 }),
      await log.cursor("b"),
    ];
    await one.commit(5);
    expectEqual([one.offset, two.offset, other.offset], [5, 5, 0], "offsets");
    await two.commit(2);
    expectEqual([one.offset, two.offset, other.offset], [2, 2, 0], "offsets");
  },

  "commits of a cursor are carried out in the order of their calls": async (log) => {
    await committed(log, 20);
    const cursor = await log.cursor("a");
    const offsets = [3, 20, 1, 17, 2, 19, 8];
    await Promise.all(offsets.map((offset) => cursor.commit(offset)));
    expectEqual(cursor.offset, 8, "offset");
    await hasCursors(log, [["a", 8]]);
  },

  "a cursor is never below firstOffset": async (log) => {
    await committed(log, 14);
    const cursor = await log.cursor("a");
    await log.truncateBefore(9);
    expectEqual(cursor.offset, 9, "offset");
    await cursor.commit(2);
    expectEqual(cursor.offset, 9, "offset, put below what is retained");
  },

  "truncateAfter takes cursors back to the new end, those before it stay": async (log) => {
    await committed(log, 14);
    const ahead = await log.cursor("ahead", { from: 12 });
    const at = await log.cursor("at", { from: 6 });
    const behind = await log.cursor("behind", { from: 2 });
    await log.truncateAfter(5);
    expectEqual([ahead.offset, at.offset, behind.offset], [6, 6, 2], "offsets");
    await committed(log, 9);
    expectEqual([ahead.offset, at.offset, behind.offset], [6, 6, 2], "offsets, appended on");
    await hasCursors(log, [
      ["ahead", 6],
      ["at", 6],
      ["behind", 2],
    ]);
  },

  "cursors are listed by name; a removed one is gone, and made anew": async (log) => {
    await committed(log, 9);
    for (const name of ["b", "a0", "a", "a-b"]) await log.cursor(name, { from: 4 });
    await hasCursors(log, [
      ["a", 4],
      ["a-b", 4],
      ["a0", 4],
      ["b", 4],
    ]);
    await log.removeCursor("a");
    await log.removeCursor("a");
    await log.removeCursor("never-was");
    await hasCursors(log, [
      ["a-b", 4],
      ["a0", 4],
      ["b", 4],
    ]);
    expectEqual((await log.cursor("a", { from: 7 })).offset, 7, "made anew");
  },

  "what is no cursor's name is refused, and no cursor is made": async (log) => {
    for (const name of NO_NAMES as string[]) {
      const what = `cursor(${JSON.stringify(name)})`;
      await expectCode(() => log.cursor(name), "ERR_SEGLOG_INVALID_ARGUMENT", what);
    }
    await hasCursors(log, []);
    for (const name of ["0", "a.b_c-d", "a".repeat(64)]) await log.cursor(name);
    expectEqual((await log.cursors()).length, 3, "cursors");
  },
};

/** What the kit asks of cursors. */
export const CURSOR_CASES: PlaceCases = {
  ...onLogs(LOG_CASES),

  "cursors are where they were put when the log is opened again": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    await committed(log, 14);
    const cursor = await log.cursor("a", { from: 12 });
    await log.cursor("b", { from: 3 });
    await log.cursor("c");
    await log.truncateAfter(9);
    await log.removeCursor("c");
    await hasCursors(log, [
      ["a", 10],
      ["b", 3],
    ]);
    await cursor.commit(7);
    await log.close();
    await expectCode(() => cursor.commit(8), "ERR_SEGLOG_CLOSED", "commit in a closed log");
    const again = await place.open(SMALL_SEGMENTS);
    await hasCursors(again, [
      ["a", 7],
      ["b", 3],
    ]);
    expectEqual((await again.cursor("a", { from: "end" })).offset, 7, "opened again");
    await again.close();
  },

  "retention keeps what a cursor has not committed, where it is asked to": async (place) => {
    const retention = { segmentsMax: 2, keepUncommitted: true };
    const log = await place.open({ ...SMALL_SEGMENTS, retention });
    await committed(log, 8);
    const slow = await log.cursor("slow", { from: 5 });
    await log.cursor("quick", { from: "end" });
    await committed(log, 32);
    await log.enforceRetention();
    const { firstOffset } = log;
    expectEqual(firstOffset <= 5, true, `firstOffset ${firstOffset} of at most 5`);
    expectEqual(slow.offset, 5, "offset of the slow one");
    await expectHolds(log, range(firstOffset, 40), "kept");
    await slow.commit(30);
    await (await log.cursor("quick")).commit(40);
    await log.enforceRetention();
    expectEqual(log.firstOffset > firstOffset, true, "records go that all have done with");
    expectEqual(log.firstOffset <= 30, true, `firstOffset ${log.firstOffset} of at most 30`);
    await log.close();
  },
};

/** What the kit asks of cursors in a place that can crash. */
export const CURSOR_CRASH_CASES: PlaceCases = {
  "a cursor that was made, put or removed is so after a crash": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    await committed(log, 9);
    const [a] = [await log.cursor("a"), await log.cursor("b", { from: 5 }), await log.cursor("c")];
    for (const offset of [8, 3]) await a.commit(offset);
    await log.removeCursor("c");
    const again = await crashed(place);
    await hasCursors(again, [
      ["a", 3],
      ["b", 5],
    ]);
    await again.close();
  },

  "a cursor that a truncateAfter took back is so after a crash": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    await committed(log, 14);
    await log.cursor("a", { from: 12 });
    await log.truncateAfter(5);
    const again = await crashed(place);
    await hasCursors(again, [["a", 6]]);
    await again.close();
  },
};

async function committed(log: Log, count: number): Promise<void> {
  appendMany(log, count);
  await log.sync();
}

async function hasCursors(log: Log, expected: readonly [string, number][]): Promise<void> {
  const found = await log.cursors();
  expectEqual(
    found.map(({ name, offset }) => [name, offset]),
    expected,
    "cursors",
  );
}
