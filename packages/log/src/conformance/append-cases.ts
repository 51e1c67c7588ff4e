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

const LOG_CASES: LogCases = {
  "a new log is empty and begins at 0": async (log) => {
    const { firstOffset, nextOffset, committedOffset, stagedBytes } = log;
    expectEqual([firstOffset, nextOffset, committedOffset, stagedBytes], [0, 0, 0, 0], "bounds");
    await expectHolds(log, [], "nothing");
    expectEqual(log.offsetAtTime(0), 0, "offsetAtTime");
    expectEqual(log.segments().length, 1, "segments");
  },

  "one record is at offset 0, and back once it is synced": async (log) => {
    expectEqual(log.append(bytesOf("0")), 0, "offset");
    expectEqual([log.nextOffset, log.committedOffset], [1, 0], "bounds before the sync");
    await log.sync();
    expectEqual(log.committedOffset, 1, "committedOffset");
    await expectHolds(log, [[0, "0"]], "one record");
  },

  "1000 appends in one tick get offsets without a gap, over rolls": async (log) => {
    for (let n = 0; n < 1000; n++) {
      expectEqual(log.nextOffset, n, "nextOffset");
      expectEqual(log.append(bytesOf(range(n, n + 1)[0]?.[1] ?? "")), n, "offset given");
    }
    await log.sync();
    await expectHolds(log, range(0, 1000), "1000 records");
    expectThat(log.segments().length > 100, "it has rolled");
  },

  "append copies: the caller may reuse its buffer at once, also while a roll is under way": async (
    log,
  ) => {
    const buffer = new Uint8Array(1);
    for (let n = 0; n < 40; n++) {
      buffer[0] = 65 + n;
      if (n % 3 === 0) log.appendBatch([buffer]);
      else log.append(buffer);
    }
    buffer[0] = 0;
    await log.sync();
    const texts = (await drain(log.batches())).map(([, text]) => text);
    expectEqual(
      texts.join(""),
      String.fromCharCode(...texts.map((_, n) => 65 + n)),
      "texts appended",
    );
  },

  "the empty record is a record": async (log) => {
    for (let n = 0; n < 6; n++) expectEqual(log.append(new Uint8Array(0)), n, "offset");
    await log.sync();
    for (let n = 0; n < 6; n++) expectEqual(log.read(n).value.length, 0, "length");
  },

  "a record of 3 MiB comes back between two small ones": async (log) => {
    const large = new Uint8Array(3 * 2 ** 20).fill(7);
    log.append(bytesOf("a"));
    log.append(large);
    log.append(bytesOf("b"));
    await log.sync();
    const { value } = log.read(1);
    const same = value.length === large.length && value.every((byte) => byte === 7);
    expectThat(same, "the large record is as it was");
    expectEqual([textOf(log.read(0)), textOf(log.read(2))], ["a", "b"], "the small ones");
  },

  "a batch has successive offsets, one time, and one segment": async (log) => {
    appendMany(log, 3);
    const values = range(3, 9).map(([, text]) => bytesOf(text));
    expectEqual(log.appendBatch(values), 3, "offset of the first");
    appendMany(log, 1);
    await log.sync();
    await expectHolds(log, range(0, 10), "around a batch");
    const times = new Set([3, 4, 5, 6, 7, 8].map((offset) => log.read(offset).time));
    expectEqual(times.size, 1, "times of the batch");
    const split = log.segments().some((s) => s.baseOffset > 3 && s.baseOffset < 9);
    expectThat(!split, "no segment begins within the batch");
  },

  "what is no bytes, and an empty batch, are refused; nothing is appended": async (log) => {
    const code = "ERR_SEGLOG_INVALID_ARGUMENT";
    for (const value of [undefined, null, "text", [1], new ArrayBuffer(1)]) {
      const wrong = value as unknown as Uint8Array;
      await expectCode(() => log.append(wrong), code, `append of ${String(value)}`);
      await expectCode(() => log.appendBatch([bytesOf("a"), wrong]), code, "appendBatch");
    }
    await expectCode(() => log.appendBatch([]), code, "appendBatch of nothing");
    expectEqual(log.nextOffset, 0, "nextOffset");
  },

  "stagedBytes rises with appends and is 0 after a flush": async (log) => {
    appendMany(log, 20);
    expectThat(log.stagedBytes > 0, "something is staged");
    await log.flush();
    expectEqual(log.stagedBytes, 0, "stagedBytes");
  },

  "a record is not committed before a sync": async (log) => {
    appendMany(log, 2);
    await log.flush();
    expectEqual(log.committedOffset, 0, "committedOffset after a flush");
    await expectCode(() => log.read(0), "ERR_SEGLOG_OUT_OF_RANGE", "read");
    expectEqual(textOf(log.read(1, { uncommitted: true })), range(1, 2)[0]?.[1], "uncommitted");
    await log.sync();
    expectEqual(log.committedOffset, 2, "committedOffset after a sync");
  },

  "a sync covers everything appended before it, over rolls": async (log) => {
    for (let n = 0; n < 10; n++) {
      appendMany(log, 7);
      const { nextOffset } = log;
      const sync = log.sync();
      appendMany(log, 2);
      await sync;
      expectThat(log.committedOffset >= nextOffset, "committedOffset has reached the call");
    }
  },
};

/** What the kit asks of appending and committing. */
export const APPEND_CASES: PlaceCases = {
  ...onLogs(LOG_CASES),

  "a log that is made begins at firstOffset": async (place) => {
    const log = await place.open({ ...SMALL_SEGMENTS, firstOffset: 2 ** 40 });
    expectEqual([log.firstOffset, log.nextOffset], [2 ** 40, 2 ** 40], "bounds");
    appendMany(log, 6);
    await log.sync();
    await expectHolds(log, range(2 ** 40, 2 ** 40 + 6), "behind 2^40");
    await log.close();
  },

  'with commitOn "flush" a flush commits': async (place) => {
    const log = await place.open({ ...SMALL_SEGMENTS, commitOn: "flush" });
    appendMany(log, 6);
    await log.flush();
    await expectHolds(log, range(0, 6), "flushed");
    await log.close();
  },

  "a record longer than recordBytesMax is refused, alone or in a batch; nothing is staged": async (
    place,
  ) => {
    const log = await place.open({ ...SMALL_SEGMENTS, recordBytesMax: 100 });
    const [fits, large] = [new Uint8Array(100), new Uint8Array(101)];
    log.append(fits);
    const code = "ERR_SEGLOG_RECORD_TOO_LARGE";
    await expectCode(() => log.append(large), code, "append");
    await expectCode(() => log.appendBatch([fits, large]), code, "appendBatch");
    expectEqual(log.nextOffset, 1, "nextOffset");
    await log.close();
  },

  "appends are refused when stagedBytesMax is reached, and go on after a flush": async (place) => {
    const log = await place.open({ ...SMALL_SEGMENTS, stagedBytesMax: 1000 });
    const fill = (): void => {
      for (let n = 0; n < 11; n++) log.append(new Uint8Array(100));
    };
    await expectCode(fill, "ERR_SEGLOG_OVERLOADED", "1100 bytes");
    const { nextOffset } = log;
    expectThat(nextOffset > 0 && log.stagedBytes <= 1000, "as much was taken as allowed");
    await log.flush();
    expectEqual(log.append(new Uint8Array(100)), nextOffset, "the next offset");
    await log.close();
  },
};
