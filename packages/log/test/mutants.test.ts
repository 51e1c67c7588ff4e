import type { Log, LogRecord, OpenLogOptions } from "@seglog/log";
import { type ConformanceCase, logConformance } from "@seglog/log/conformance";
import { describe, expect, it } from "vitest";
import { decorated, type KitPlaceParts, kitPlaces } from "./support/kit-place.ts";

/** What a mutant does differently, given the good log that it wraps. */
type Mutation = (log: Log, options: OpenLogOptions) => Partial<Log>;

const MUTANTS: readonly (readonly [string, string, Mutation])[] = [
  [
    "acknowledges a sync that it has not made",
    "what a sync covered survives a crash",
    () => ({ sync: async () => {} }),
  ],
  [
    "commits what is only flushed",
    "a record is not committed before a sync",
    (log) => ({ flush: () => log.sync() }),
  ],
  [
    "keeps the caller's buffer until the next append",
    "append copies: the caller may reuse its buffer at once, also while a roll is under way",
    (log) => {
      let last: Uint8Array | undefined;
      const put = (): void => {
        if (last !== undefined) log.append(last);
        last = undefined;
      };
      return {
        append(value) {
          const offset = log.nextOffset + (last === undefined ? 0 : 1);
          put();
          last = value;
          return offset;
        },
        appendBatch(values) {
          put();
          return log.appendBatch(values);
        },
        sync() {
          put();
          return log.sync();
        },
        close() {
          put();
          return log.close();
        },
      };
    },
  ],
  [
    "lends what read promises to give",
    "read gives bytes that the caller owns",
    (log) => ({ read: lendTheSame(log) }),
  ],
  [
    "appends a batch record by record",
    "a batch has successive offsets, one time, and one segment",
    (log) => ({
      appendBatch: (values) => values.map((value) => log.append(value))[0] ?? log.appendBatch([]),
    }),
  ],
  [
    "lets readers see what is not committed",
    "a record is not committed before a sync",
    (log) => ({ read: (offset) => log.read(offset, { uncommitted: true }) }),
  ],
  [
    "keeps one record too many at truncateBefore",
    "truncateBefore drops what is before the offset, at every offset in turn",
    (log) => ({ truncateBefore: (at) => log.truncateBefore(Math.max(log.firstOffset, at - 1)) }),
  ],
  [
    "truncates after the appends that follow in the same tick",
    "what is appended after the call of truncateAfter follows its offset",
    (log) => ({
      async truncateAfter(offset) {
        await undefined;
        await log.truncateAfter(offset);
      },
    }),
  ],
  [
    "iterates to where the log ends now",
    "batches end where the log ended at the call",
    (log) => ({
      async *batches(options) {
        for (let at = options?.from ?? log.firstOffset; at < log.committedOffset; at++) {
          yield [log.read(at)];
        }
      },
    }),
  ],
  [
    "tails without waiting",
    "a tail gives what is there and then what is committed, once, in order, over rolls",
    (log) => ({
      tailBatches: ({ from } = {}) =>
        log.batches({
          from: from === "start" ? log.firstOffset : from === "end" ? undefined : from,
        }),
    }),
  ],
  [
    "delivers the first record twice to a tail",
    "a tail gives what is there and then what is committed, once, in order, over rolls",
    (log) => ({
      async *tailBatches(options) {
        let isFirst = true;
        for await (const batch of log.tailBatches(options)) {
          if (isFirst) yield batch.slice(0, 1);
          isFirst = false;
          yield batch;
        }
      },
    }),
  ],
  [
    "takes the clock's word",
    "times come from the clock and never fall; offsetAtTime finds the first record from a time on",
    (log, { clock = Date.now }) => {
      const times = new Map<number, number>();
      return {
        append(value) {
          const offset = log.append(value);
          times.set(offset, clock());
          return offset;
        },
        read: (offset, options) => {
          const record = log.read(offset, options);
          return { ...record, time: times.get(offset) ?? record.time };
        },
      };
    },
  ],
  [
    "finds the last record before a time",
    "times come from the clock and never fall; offsetAtTime finds the first record from a time on",
    (log) => ({ offsetAtTime: (time) => Math.max(log.firstOffset, log.offsetAtTime(time) - 1) }),
  ],
  [
    "still reads when it is closed",
    "from the call of close on every other call fails with ERR_SEGLOG_CLOSED",
    (log) => {
      const read = new Map<number, LogRecord>();
      return {
        async close() {
          for await (const batch of log.batches())
            for (const each of batch) read.set(each.offset, each);
          await log.close();
        },
        read: (offset, options) => read.get(offset) ?? log.read(offset, options),
      };
    },
  ],
  [
    "never rolls away old segments",
    "truncateBefore frees whole segments",
    (log) => {
      const first = log.segments();
      return { segments: () => [...first, ...log.segments().slice(1)].slice(0, 9) };
    },
  ],
];

/** Mutants that the log is opened as, with other options than the kit asked for. */
const MISCONFIGURED: readonly (readonly [string, string, Partial<OpenLogOptions>])[] = [
  ["numbers from 1", "a new log is empty and begins at 0", { firstOffset: 1 }],
  ["commits on flush", "a record is not committed before a sync", { commitOn: "flush" }],
];

function rejects(parts: KitPlaceParts, name: string): Promise<void> {
  const cases = logConformance(kitPlaces(parts), { durable: true, restorable: true });
  const found = cases.find((each) => each.name === name) as ConformanceCase;
  return expect(found.run(), name).rejects.toThrow();
}

describe("the kit rejects a log that", () => {
  it.each(MUTANTS)("%s, by: %s", async (_, name, mutation) => {
    await rejects({ decorate: (log, options) => decorated(log, mutation(log, options)) }, name);
  });

  it.each(MISCONFIGURED)("%s, by: %s", async (_, name, options) => {
    const good = kitPlaces();
    const factory = async () => {
      const place = await good();
      return { ...place, open: (asked = {}) => place.open({ ...asked, ...options }) };
    };
    const found = logConformance(factory).find((each) => each.name === name);
    await expect(found?.run()).rejects.toThrow();
  });
});

function lendTheSame(log: Log): Log["read"] {
  const lent = new Map<number, LogRecord>();
  return (offset, options) => {
    const record = lent.get(offset) ?? log.read(offset, options);
    lent.set(offset, record);
    return record;
  };
}
