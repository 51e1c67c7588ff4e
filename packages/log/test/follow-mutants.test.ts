import { hasCode } from "@seglog/errors";
import type { Log, LogRecord, SavedCursor } from "@seglog/log";
import { logConformance } from "@seglog/log/conformance";
import { describe, expect, it, vi } from "vitest";
import { decorated, kitPlaces } from "./support/kit-place.ts";

vi.setConfig({ testTimeout: 60_000 }); // what never comes is waited for

const REFRESHES =
  "opened read-only, a log holds what is committed, and refresh takes in what was since";
const TAILS = "a tail of a log opened read-only gives what is committed, once, in order, by itself";
const CUT_TAIL =
  "a tail of a log opened read-only gives what comes in the place of what truncateAfter dropped";
const REFUSES = "opened read-only, every call that writes fails with ERR_SEGLOG_READ_ONLY";
const CURSORS = "opened read-only, the writer's cursors are listed and opened, and none is made";
const CLOSES =
  "opened read-only, a closed log fails with ERR_SEGLOG_CLOSED, and its writer goes on";

/** What a reader does differently, given the good one that it wraps, and who writes. */
type Mutation = (reader: Log, writer: Log) => Partial<Log>;

const MUTANTS: readonly (readonly [string, string, Mutation])[] = [
  [
    "moves without a refresh",
    REFRESHES,
    (_, writer) => ({
      get committedOffset() {
        return writer.committedOffset;
      },
    }),
  ],
  ["takes in nothing", REFRESHES, () => ({ refresh: async () => {} })],
  [
    "takes in what was committed in a later turn",
    REFRESHES,
    (reader) => ({
      refresh: async () => void setImmediate(() => reader.refresh().catch(() => {})),
    }),
  ],
  [
    "is not there while the log is empty",
    "an empty log is followed too",
    (reader) => {
      if (reader.nextOffset === 0) throw new Error("no records");
      return {};
    },
  ],
  [
    "shows what is only flushed",
    "refresh shows nothing that is not committed",
    (reader, writer) => ({
      async refresh() {
        await writer.sync();
        await reader.refresh();
      },
    }),
  ],
  [
    "holds on to what truncateBefore dropped",
    "refresh lets go of what truncateBefore dropped",
    ({ firstOffset }) => ({ firstOffset }),
  ],
  [
    "does not see that the log was cut",
    "refresh sees what truncateAfter left, and what came in the place of what it dropped",
    (reader) => {
      let highest = 0;
      return {
        get committedOffset() {
          highest = Math.max(highest, reader.committedOffset);
          return highest;
        },
      };
    },
  ],
  [
    "gives the record that was there before the log was cut",
    "refresh sees what truncateAfter left, and what came in the place of what it dropped",
    (reader) => {
      const seen = new Map<number, LogRecord>();
      return {
        read(offset, options) {
          const record = seen.get(offset) ?? reader.read(offset, options);
          seen.set(offset, record);
          return record;
        },
      };
    },
  ],
  [
    "follows the writer that it found, and no other",
    "who follows a log follows the next that writes it, and reads what the last one left",
    (reader, writer) => ({
      async refresh() {
        await reader.refresh();
        const isClosed = await writer.flush().then(
          () => false,
          () => true,
        );
        if (isClosed) this.refresh = async () => {};
      },
    }),
  ],
  [
    "ends its tails at what was committed",
    TAILS,
    (reader) => ({ tailBatches: onceThrough(reader) }),
  ],
  [
    "gives the first record of a tail twice",
    TAILS,
    (reader) => ({
      async *tailBatches(options) {
        let isFirst = true;
        for await (const batch of reader.tailBatches(options)) {
          if (isFirst) yield batch.slice(0, 1);
          isFirst = false;
          yield batch;
        }
      },
    }),
  ],
  ["looks for nothing while a tail waits", TAILS, (reader) => ({ tailBatches: unmoved(reader) })],
  [
    "ends its tails where the log is cut",
    CUT_TAIL,
    (reader) => ({
      async *tailBatches(options) {
        let last = -1;
        for await (const batch of reader.tailBatches(options)) {
          if ((batch[0]?.offset ?? 0) <= last) return;
          last = batch.at(-1)?.offset ?? last;
          yield batch;
        }
      },
    }),
  ],
  [
    "fails its tails when the signal aborts",
    "a tail of a log opened read-only ends, without an error, when its signal aborts",
    (reader) => ({
      async *tailBatches(options = {}) {
        yield* reader.tailBatches(options);
        options.signal?.throwIfAborted();
      },
    }),
  ],
  ["says nothing of a truncation that it does not make", REFUSES, silent("truncateBefore")],
  ["says nothing of a cursor that it does not remove", REFUSES, silent("removeCursor")],
  ["says nothing of a retention that it does not apply", REFUSES, silent("enforceRetention")],
  [
    "writes, though it was opened read-only",
    REFUSES,
    (_, writer) => ({ append: (value) => writer.append(value) }),
  ],
  [
    "lists the cursors as it found them first",
    CURSORS,
    (reader) => {
      let first: Promise<SavedCursor[]> | undefined;
      return {
        cursors() {
          first ??= reader.cursors();
          return first;
        },
      };
    },
  ],
  [
    "opens a cursor that is not there",
    CURSORS,
    (reader) => ({
      cursor: (name, options) =>
        reader.cursor(name, options).catch((error: unknown) => {
          if (!hasCode(error, "ERR_SEGLOG_NOT_FOUND")) throw error;
          return { name, offset: 0, commit: async () => {} };
        }),
    }),
  ],
  ["refreshes when it is closed", CLOSES, silent("refresh")],
  [
    "closes the writer with it",
    CLOSES,
    (reader, writer) => ({
      async close() {
        await reader.close();
        await writer.close();
      },
    }),
  ],
];

describe("the kit rejects a log, opened read-only, that", () => {
  it.each(MUTANTS)("%s, by: %s", async (_, name, mutation) => {
    let writer: Log | undefined;
    const places = kitPlaces({
      decorate(log) {
        writer = log;
        return log;
      },
      decorateReader: (reader) => decorated(reader, mutation(reader, writer as Log)),
    });
    const found = logConformance(places, { follows: true }).find((one) => one.name === name);
    expect(found?.name).toBe(name);
    await expect(found?.run(), name).rejects.toThrow();
  });
});

function silent(
  member: "truncateBefore" | "removeCursor" | "enforceRetention" | "refresh",
): Mutation {
  return () => ({ [member]: async () => {} });
}

/** What is there at the call, and then nothing. */
function onceThrough(reader: Log): Log["tailBatches"] {
  return ({ from = "end" } = {}) => {
    if (from === "start") return reader.batches();
    return reader.batches({ from: from === "end" ? reader.committedOffset : from });
  };
}

/** What is there at the call, and then nothing, without an end until the log closes. */
function unmoved(reader: Log): Log["tailBatches"] {
  const there = onceThrough(reader);
  return async function* (options) {
    yield* there(options);
    const isOpen = async (): Promise<boolean> => {
      try {
        return reader.offsetRange() !== null;
      } catch {
        return false; // closed
      }
    };
    while (await isOpen()) await new Promise((resolve) => setImmediate(resolve));
  };
}
