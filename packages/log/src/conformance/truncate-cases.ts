import {
  appendMany,
  bytesOf,
  drain,
  expectCode,
  expectEqual,
  expectHolds,
  expectThat,
  range,
  textOf,
} from "./expect.ts";
import { type LogCases, onLogs, type PlaceCases, SMALL_SEGMENTS } from "./harness.ts";

const OUT_OF_RANGE = "ERR_SEGLOG_OUT_OF_RANGE";

const LOG_CASES: LogCases = {
  "truncateBefore drops what is before the offset, at every offset in turn": async (log) => {
    appendMany(log, 11);
    await log.sync();
    for (let offset = 0; offset <= 11; offset++) {
      await log.truncateBefore(offset);
      expectEqual(log.firstOffset, offset, "firstOffset");
      await expectHolds(log, range(offset, 11), `from ${offset}`);
    }
    appendMany(log, 2);
    await log.sync();
    await expectHolds(log, range(11, 13), "appended to an emptied log");
  },

  "truncateBefore frees whole segments": async (log) => {
    appendMany(log, 20);
    await log.sync();
    const before = log.segments().length;
    await log.truncateBefore(17);
    expectThat(log.segments().length < before - 2, "segments are gone");
    expectThat((log.segments()[0]?.baseOffset ?? 0) > 10, "the oldest ones");
  },

  "truncateAfter drops what is after the offset, at every offset in turn": async (log) => {
    appendMany(log, 11);
    await log.sync();
    for (let offset = 10; offset >= -1; offset--) {
      await log.truncateAfter(offset);
      expectEqual([log.nextOffset, log.committedOffset], [offset + 1, offset + 1], "bounds");
      await expectHolds(log, range(0, offset + 1), `to ${offset}`);
    }
    appendMany(log, 9);
    await log.sync();
    await expectHolds(log, range(0, 9), "appended to an emptied log");
  },

  "what is appended after the call of truncateAfter follows its offset": async (log) => {
    appendMany(log, 10);
    const sync = log.sync();
    const truncations = [log.truncateAfter(6)];
    expectEqual(log.append(bytesOf("a")), 7, "offset after truncateAfter(6)");
    truncations.push(log.truncateAfter(7));
    expectEqual(log.append(bytesOf("b")), 8, "offset after truncateAfter(7)");
    truncations.push(log.truncateBefore(1), log.truncateAfter(2));
    expectEqual(log.append(bytesOf("c")), 3, "offset after truncateAfter(2)");
    expectEqual(textOf(log.read(3, { uncommitted: true })), "c", "read before it is done");
    await Promise.all([sync, ...truncations, log.sync()]);
    await expectHolds(log, [...range(1, 3), [3, "c"]], "when all is done");
  },

  "truncations outside the log are out of range, and change nothing": async (log) => {
    appendMany(log, 9);
    await log.sync();
    await log.truncateBefore(3);
    for (const offset of [0, 2, 10]) {
      const call = (): unknown => log.truncateBefore(offset);
      await expectCode(call, OUT_OF_RANGE, `truncateBefore(${offset})`);
    }
    for (const offset of [-1, 1, 9]) {
      const call = (): unknown => log.truncateAfter(offset);
      await expectCode(call, OUT_OF_RANGE, `truncateAfter(${offset})`);
    }
    for (const offset of [-2, 4.5, Number.NaN, 2 ** 53, "5"]) {
      const code = "ERR_SEGLOG_INVALID_ARGUMENT";
      await expectCode(() => log.truncateBefore(offset as number), code, `before ${offset}`);
      await expectCode(() => log.truncateAfter(offset as number), code, `after ${offset}`);
    }
    await expectHolds(log, range(3, 9), "what was there");
  },

  "an iteration goes on behind truncateBefore, and ends at truncateAfter": async (log) => {
    appendMany(log, 20);
    await log.sync();
    const iterations = [log.batches({ recordsMax: 2 }), log.batches({ recordsMax: 2, to: 20 })];
    for (const iteration of iterations) await iteration.next();
    await log.truncateBefore(6);
    expectEqual(await drain(iterations[0] as (typeof iterations)[0]), range(6, 20), "behind it");
    await log.truncateAfter(9);
    appendMany(log, 5);
    await log.sync();
    expectEqual(await drain(iterations[1] as (typeof iterations)[0]), range(6, 10), "up to it");
  },
};

/** What the kit asks of truncation, retention and snapshots. */
export const TRUNCATE_CASES: PlaceCases = {
  ...onLogs(LOG_CASES),

  "offsets are never reused, and times never fall, after an emptied log was opened again": async (
    place,
  ) => {
    let now = 1000;
    const options = { ...SMALL_SEGMENTS, clock: () => now };
    const log = await place.open(options);
    appendMany(log, 6);
    await log.truncateBefore(6);
    await log.close();
    now = 1;
    const again = await place.open(options);
    expectEqual([again.firstOffset, again.nextOffset], [6, 6], "bounds");
    appendMany(again, 1);
    await again.sync();
    expectEqual(again.read(6).time, 1000, "time");
    await again.close();
  },

  "retention by segments keeps the newest, and never drops the active one": async (place) => {
    const log = await place.open({ ...SMALL_SEGMENTS, retention: { segmentsMax: 2 } });
    appendMany(log, 30);
    await log.sync();
    await log.enforceRetention();
    expectEqual(log.segments().length, 2, "segments");
    expectThat(log.firstOffset > 20, "the oldest are gone");
    await expectHolds(log, range(log.firstOffset, 30), "the newest");
    await log.close();
  },

  "retention by age drops whole segments, the active one too": async (place) => {
    let now = 0;
    const retention = { ageMsMax: 100 };
    const log = await place.open({ ...SMALL_SEGMENTS, retention, clock: () => now });
    appendMany(log, 9);
    await log.sync();
    now = 100;
    await log.enforceRetention();
    expectEqual(log.firstOffset, 0, "firstOffset when nothing is older");
    now = 101;
    await log.enforceRetention();
    expectEqual([log.firstOffset, log.nextOffset], [9, 9], "bounds when everything is");
    await log.close();
  },
};
