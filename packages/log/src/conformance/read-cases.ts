import {
  appendMany,
  drain,
  expectCode,
  expectEqual,
  expectHolds,
  expectThat,
  range,
  textAt,
  textOf,
} from "./expect.ts";
import { type LogCases, onLogs, type PlaceCases, SMALL_SEGMENTS } from "./harness.ts";

const OUT_OF_RANGE = "ERR_SEGLOG_OUT_OF_RANGE";

const LOG_CASES: LogCases = {
  "read gives bytes that the caller owns": async (log) => {
    appendMany(log, 6);
    await log.sync();
    for (let n = 0; n < 6; n++) log.read(n).value.fill(0);
    for await (const batch of log.batches()) for (const { value } of batch) value.fill(0);
    await expectHolds(log, range(0, 6), "after the caller wrote over what it got");
  },

  "an offset that is not held is out of range, what is no offset an invalid argument": async (
    log,
  ) => {
    appendMany(log, 6);
    await log.sync();
    await log.truncateBefore(2);
    for (const offset of [0, 1, 6, 7]) {
      await expectCode(() => log.read(offset), OUT_OF_RANGE, `read(${offset})`);
      await expectCode(() => log.readView(offset), OUT_OF_RANGE, `readView(${offset})`);
    }
    for (const offset of [-1, 0.5, Number.NaN, 2 ** 53, "3", undefined]) {
      const call = (): unknown => log.read(offset as number);
      await expectCode(call, "ERR_SEGLOG_INVALID_ARGUMENT", `read(${String(offset)})`);
    }
  },

  "batches give any range, either way, in batches of at most recordsMax": async (log) => {
    appendMany(log, 11);
    await log.sync();
    for (let from = 0; from <= 11; from++) {
      for (let to = from; to <= 11; to += 2) {
        const what = `[${from}, ${to})`;
        for (const reverse of [false, true]) {
          const found: [number, string][] = [];
          for await (const batch of log.batches({ from, to, reverse, recordsMax: 3 })) {
            expectThat(batch.length <= 3, `${what} in batches of 3`);
            found.push(...batch.map((each): [number, string] => [each.offset, textOf(each)]));
          }
          expectEqual(reverse ? found.reverse() : found, range(from, to), what);
        }
      }
    }
  },

  "batches hold at most bytesMax; one larger record goes alone": async (log) => {
    for (const size of [10, 500, 10, 10, 500, 500, 0]) log.append(new Uint8Array(size));
    await log.sync();
    for (const reverse of [false, true]) {
      let count = 0;
      for await (const batch of log.batches({ bytesMax: 100, reverse })) {
        const bytes = batch.reduce((sum, { value }) => sum + value.length, 0);
        expectThat(bytes <= 100 || batch.length === 1, "a batch of several is small");
        count += batch.length;
      }
      expectEqual(count, 7, "records");
    }
  },

  "batches end where the log ended at the call": async (log) => {
    appendMany(log, 6);
    await log.sync();
    const iteration = log.batches({ recordsMax: 1 });
    await iteration.next();
    appendMany(log, 6);
    await log.sync();
    expectEqual(await drain(iteration), range(1, 6), "the rest");
  },

  "batches outside the log are out of range, and unknown options refused, by the call": async (
    log,
  ) => {
    appendMany(log, 6);
    await log.sync();
    await expectCode(() => log.batches({ from: 7 }), OUT_OF_RANGE, "from");
    await expectCode(() => log.batches({ to: 7 }), OUT_OF_RANGE, "to");
    const code = "ERR_SEGLOG_INVALID_ARGUMENT";
    await expectCode(() => log.batches({ recordsMax: 0 }), code, "recordsMax");
    await expectCode(() => log.batches({ bytesMax: 0 }), code, "bytesMax");
    await expectCode(() => log.batches({ limit: 1 } as object), code, "an unknown option");
  },

  "an iteration fails with the signal's reason": async (log) => {
    appendMany(log, 6);
    await log.sync();
    const controller = new AbortController();
    const iteration = log.batches({ recordsMax: 1, signal: controller.signal });
    await iteration.next();
    const reason = new Error("enough");
    controller.abort(reason);
    const found: unknown = await iteration.next().catch((error: unknown) => error);
    expectThat(found === reason, "the reason");
  },

  "uncommitted batches also give what is only appended": async (log) => {
    appendMany(log, 3);
    await log.sync();
    appendMany(log, 10);
    expectEqual(await drain(log.batches({ uncommitted: true })), range(0, 13), "all");
    const backward = await drain(log.batches({ uncommitted: true, reverse: true, to: 12 }));
    expectEqual(backward.reverse(), range(0, 12), "backward");
  },
};

/** What the kit asks of reading. */
export const READ_CASES: PlaceCases = {
  ...onLogs(LOG_CASES),

  "times come from the clock and never fall; offsetAtTime finds the first record from a time on":
    async (place) => {
      let now = 0;
      const log = await place.open({ ...SMALL_SEGMENTS, clock: () => now });
      const [clock, expected] = [
        [5, 5, 9, 3, 9, 12, 1],
        [5, 5, 9, 9, 9, 12, 12],
      ];
      for (const time of clock) {
        now = time;
        appendMany(log, 1);
      }
      await log.sync();
      expectEqual(
        clock.map((_, n) => log.read(n).time),
        expected,
        "times",
      );
      for (let time = 0; time < 14; time++) {
        const found = expected.findIndex((each) => each >= time);
        expectEqual(log.offsetAtTime(time), found === -1 ? 7 : found, `offsetAtTime(${time})`);
      }
      await log.close();
    },

  "segments adjoin, the last is active, and together they hold the log": async (place) => {
    const log = await place.open(SMALL_SEGMENTS);
    appendMany(log, 11);
    await log.sync();
    const segments = log.segments();
    expectThat(segments.length >= 3, "11 records of 4 to a segment");
    expectEqual(segments[0]?.baseOffset, 0, "base of the first");
    expectEqual(segments.at(-1)?.nextOffset, 11, "end of the last");
    for (const [n, { nextOffset, active }] of segments.entries()) {
      expectEqual(active, n === segments.length - 1, "active");
      if (!active) expectEqual(segments[n + 1]?.baseOffset, nextOffset, "base of the next");
    }
    expectEqual(textOf(log.read(10)), textAt(10), "the last record");
    expectEqual(log.stats().appends, 11, "stats().appends");
    expectEqual(log.stats().segments, segments.length, "stats().segments");
    await log.close();
  },
};
