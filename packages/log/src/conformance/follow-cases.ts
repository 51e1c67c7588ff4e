import type { Log } from "../contract.ts";
import { appendMany, bytesOf, expectCode, expectEqual, expectHolds, range } from "./expect.ts";
import { follow, turn } from "./follower.ts";
import { type LogPlace, type PlaceCases, SMALL_SEGMENTS } from "./harness.ts";

/** Who follows looks ten times a second; on a busy machine, less often. */
const WAIT_MS_MAX = 5_000;
const READ_ONLY = "ERR_SEGLOG_READ_ONLY";

/** What the kit asks of a log that is opened read-only beside its writer. */
export const FOLLOW_CASES: PlaceCases = {
  "opened read-only, a log holds what is committed, and refresh takes in what was since": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      expectEqual(reader.readOnly, true, "readOnly");
      let held = 6;
      for (const count of [7, 8, 9, 13, 40]) {
        appendMany(writer, count - held);
        await writer.sync();
        await isAt(reader, 0, held); // nothing moves by itself
        await reader.refresh();
        await isAt(reader, 0, count);
        held = count;
      }
      await reader.refresh();
      await isAt(reader, 0, held);
    }),

  "an empty log is followed too": (place) =>
    followed(place, 0, async ({ writer, reader }) => {
      await isAt(reader, 0, 0);
      appendMany(writer, 9);
      await writer.sync();
      await reader.refresh();
      await isAt(reader, 0, 9);
    }),

  "refresh shows nothing that is not committed": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      appendMany(writer, 1); // and no roll, which may commit
      await writer.flush();
      await reader.refresh();
      await isAt(reader, 0, 6);
      const read = (): unknown => reader.read(6, { uncommitted: true });
      await expectCode(read, "ERR_SEGLOG_OUT_OF_RANGE", "read of what is not committed");
      await writer.sync();
      await reader.refresh();
      await isAt(reader, 0, 7);
    }),

  "refresh lets go of what truncateBefore dropped": (place) =>
    followed(place, 22, async ({ writer, reader }) => {
      for (const first of [1, 9, 22]) {
        await writer.truncateBefore(first);
        await reader.refresh();
        await isAt(reader, first, 22);
      }
      appendMany(writer, 7);
      await writer.sync();
      await reader.refresh();
      await isAt(reader, 22, 29);
    }),

  "refresh sees what truncateAfter left, and what came in the place of what it dropped": (place) =>
    followed(place, 14, async ({ writer, reader }) => {
      for (const kept of [12, 7, 3]) {
        await writer.truncateAfter(kept);
        await reader.refresh();
        await isAt(reader, 0, kept + 1);
      }
      const others = Array.from({ length: 9 }, (_, i): [number, string] => [4 + i, `other ${i}`]);
      for (const [, text] of others) writer.append(bytesOf(text));
      await writer.sync();
      await reader.refresh();
      await expectHolds(reader, [...range(0, 4), ...others], "refreshed");
    }),

  "who follows a log follows the next that writes it, and reads what the last one left": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      appendMany(writer, 3);
      await writer.close();
      await reader.refresh();
      await isAt(reader, 0, 9);
      const second = await place.open(SMALL_SEGMENTS);
      await second.truncateAfter(4);
      appendMany(second, 8);
      await second.sync();
      await reader.refresh();
      await isAt(reader, 0, 13);
      await second.close();
      const late = await readerOf(place);
      await isAt(late, 0, 13);
      await late.close();
    }),

  "a tail of a log opened read-only gives what is committed, once, in order, by itself": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      const tails = [
        follow(reader, { from: "start" }, WAIT_MS_MAX),
        follow(reader, {}, WAIT_MS_MAX),
      ];
      for (let n = 0; n < 5; n++) {
        appendMany(writer, 3);
        await writer.sync();
        await turn();
      }
      for (const [n, from] of [0, 6].entries()) {
        const tail = tails[n] as (typeof tails)[0];
        await tail.has(21 - from);
        expectEqual(tail.found, range(from, 21), `the tail from ${from}`);
      }
      await reader.close();
      for (const { ended } of tails) await ended;
    }),

  "a tail of a log opened read-only gives what comes in the place of what truncateAfter dropped": (
    place,
  ) =>
    followed(place, 9, async ({ writer, reader }) => {
      const tail = follow(reader, { from: 7 }, WAIT_MS_MAX);
      await tail.has(2);
      await writer.truncateAfter(3);
      writer.append(bytesOf("other"));
      await writer.sync();
      await tail.has(3);
      expectEqual(tail.found, [...range(7, 9), [4, "other"]], "what the tail gave");
      await reader.close();
      await tail.ended;
    }),

  "a tail of a log opened read-only ends, without an error, when its signal aborts": (place) =>
    followed(place, 3, async ({ reader }) => {
      const controller = new AbortController();
      const tail = follow(reader, { from: "start", signal: controller.signal });
      await tail.has(3);
      controller.abort();
      await tail.ended;
    }),

  "opened read-only, every call that writes fails with ERR_SEGLOG_READ_ONLY": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      await writer.cursor("a", { from: 2 });
      const cursor = await reader.cursor("a");
      for (const call of [
        () => reader.append(bytesOf("a")),
        () => reader.appendBatch([bytesOf("a")]),
        () => reader.truncateBefore(1),
        () => reader.truncateAfter(1),
        () => reader.enforceRetention(),
        () => reader.removeCursor("a"),
        () => cursor.commit(3),
      ]) {
        await expectCode(call, READ_ONLY, `${call}`);
      }
      await reader.refresh();
      for (const log of [reader, writer]) await isAt(log, 0, 6);
      expectEqual(await writer.cursors(), [{ name: "a", offset: 2 }], "cursors");
    }),

  "opened read-only, the writer's cursors are listed and opened, and none is made": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      expectEqual(await reader.cursors(), [], "cursors, before there is one");
      const cursor = await writer.cursor("a", { from: 2 });
      for (const offset of [2, 5, 1]) {
        await cursor.commit(offset);
        expectEqual((await reader.cursor("a", { from: "end" })).offset, offset, "opened");
        expectEqual(await reader.cursors(), [{ name: "a", offset }], "listed");
      }
      await expectCode(() => reader.cursor("b"), "ERR_SEGLOG_NOT_FOUND", "one that is not there");
      expectEqual(await writer.cursors(), [{ name: "a", offset: 1 }], "cursors of the writer");
    }),

  "opened read-only, a closed log fails with ERR_SEGLOG_CLOSED, and its writer goes on": (place) =>
    followed(place, 6, async ({ writer, reader }) => {
      const another = await readerOf(place);
      await Promise.all([reader.close(), reader.close()]);
      const code = "ERR_SEGLOG_CLOSED";
      await expectCode(() => reader.refresh(), code, "refresh");
      await expectCode(() => reader.read(0), code, "read");
      await expectCode(() => reader.tailBatches(), code, "tailBatches");
      await expectCode(() => reader.cursors(), code, "cursors");
      appendMany(writer, 5);
      await writer.sync();
      await another.refresh();
      for (const log of [another, writer]) await isAt(log, 0, 11);
      await another.close();
    }),
};

interface Followed {
  readonly writer: Log;
  readonly reader: Log;
}

/** Runs `prove` with a log of `count` records, and the same opened read-only beside it. */
async function followed(
  place: LogPlace,
  count: number,
  prove: (logs: Followed) => Promise<void>,
): Promise<void> {
  const writer = await place.open(SMALL_SEGMENTS);
  try {
    appendMany(writer, count);
    await writer.sync();
    const reader = await readerOf(place);
    try {
      await prove({ writer, reader });
    } finally {
      await reader.close();
    }
  } finally {
    await writer.close();
  }
}

async function readerOf(place: LogPlace): Promise<Log> {
  if (place.openReader === undefined) throw new Error("the place has no openReader");
  return place.openReader();
}

/** Expects that all of `[first, next)` is there, committed, and nothing else. */
async function isAt(log: Log, first: number, next: number): Promise<void> {
  const { firstOffset, committedOffset, nextOffset } = log;
  expectEqual([firstOffset, committedOffset, nextOffset], [first, next, next], "bounds");
  await expectHolds(log, range(first, next), `in [${first}, ${next})`);
}
