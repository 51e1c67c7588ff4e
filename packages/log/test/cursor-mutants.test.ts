import { hasCode } from "@seglog/errors";
import type { Log, LogCursor, OpenCursorOptions, OpenLogOptions } from "@seglog/log";
import { logConformance } from "@seglog/log/conformance";
import { describe, expect, it } from "vitest";
import { decorated, type KitPlaceParts, kitPlaces } from "./support/kit-place.ts";

const MADE = "a cursor is made where it is told to begin, and one that is there stays where it is";
const PUT = "a cursor is put forward and back, to committedOffset and no further";
const LISTED = "cursors are listed by name; a removed one is gone, and made anew";
const REOPENED = "cursors are where they were put when the log is opened again";
const TAKEN_BACK = "truncateAfter takes cursors back to the new end, those before it stay";
const RETAINED = "retention keeps what a cursor has not committed, where it is asked to";
const CLOSED = "from the call of close on every other call fails with ERR_SEGLOG_CLOSED";

/** What is broken, which case must find it, and how it is broken. */
type Mutant = readonly [string, string, (log: Log) => Partial<Log>];

const MUTANTS: readonly Mutant[] = [
  ["begins at the end by default", MADE, (log) => opening(log, ({ from = "end" }) => ({ from }))],
  [
    "puts a cursor that is there where it is told to begin",
    MADE,
    (log) => ({
      async cursor(name, options = {}) {
        const cursor = await log.cursor(name, options);
        if (typeof options.from === "number") await cursor.commit(options.from);
        return cursor;
      },
    }),
  ],
  [
    "begins behind what is not committed",
    "a cursor made at the end begins with what is not committed yet",
    (log) => cursors(log, () => ({ offset: log.nextOffset })),
  ],
  [
    "never goes back",
    PUT,
    (log) =>
      cursors(log, (good) => ({ commit: (offset) => good.commit(Math.max(offset, good.offset)) })),
  ],
  [
    "says that what is not committed is done with",
    PUT,
    (log) =>
      cursors(log, (good) => ({
        commit: (offset) => good.commit(Math.min(offset, log.committedOffset)),
      })),
  ],
  [
    "gives every opening a place of its own",
    "two cursors of one name share their place, others do not",
    (log) =>
      cursors(log, (good) => {
        let own = good.offset;
        return {
          get offset() {
            return own;
          },
          async commit(offset) {
            await good.commit(offset);
            own = offset;
          },
        };
      }),
  ],
  [
    "has one place for all names",
    "two cursors of one name share their place, others do not",
    (log) => ({ cursor: (_, options) => log.cursor("one", options) }),
  ],
  [
    "commits the highest of what is under way",
    "commits of a cursor are carried out in the order of their calls",
    (log) =>
      cursors(log, (good) => {
        let highest = 0;
        return {
          async commit(offset) {
            highest = Math.max(highest, offset);
            await undefined;
            await good.commit(highest);
          },
        };
      }),
  ],
  [
    "stays below what is retained",
    "a cursor is never below firstOffset",
    (log) =>
      cursors(log, (good) => {
        const { offset } = good;
        return { offset };
      }),
  ],
  [
    "leaves cursors where they are when the log is cut",
    TAKEN_BACK,
    (log) =>
      cursors(log, (good) => {
        const { offset } = good;
        return { offset };
      }),
  ],
  [
    "takes every cursor to the new end when the log is cut",
    TAKEN_BACK,
    (log) => ({
      async truncateAfter(offset) {
        await log.truncateAfter(offset);
        for (const { name } of await log.cursors())
          await (await log.cursor(name)).commit(offset + 1);
      },
    }),
  ],
  [
    "lists cursors in the order of their files",
    LISTED,
    (log) => ({
      cursors: async () =>
        (await log.cursors()).sort((a, b) => (`${a.name}.x` < `${b.name}.x` ? -1 : 1)),
    }),
  ],
  [
    "fails to remove a cursor that is not there",
    LISTED,
    (log) => ({
      async removeCursor(name) {
        const isThere = (await log.cursors()).some((one) => one.name === name);
        if (!isThere) throw new Error(`no cursor ${name}`);
        await log.removeCursor(name);
      },
    }),
  ],
  ["removes nothing", LISTED, () => ({ removeCursor: async () => {} })],
  [
    "makes a name of what is none",
    "what is no cursor's name is refused, and no cursor is made",
    (log) => ({
      cursor: (name, options) => log.cursor(/^[a-z0-9]{1,64}$/.test(name) ? name : "x", options),
    }),
  ],
  [
    "forgets its cursors when it closes",
    REOPENED,
    (log) => ({
      async close() {
        for (const { name } of await log.cursors()) await log.removeCursor(name);
        await log.close();
      },
    }),
  ],
  [
    "takes commits when it is closed",
    REOPENED,
    (log) =>
      cursors(log, (good) => ({
        async commit(offset) {
          await good.commit(offset).catch((error: unknown) => {
            if (!hasCode(error, "ERR_SEGLOG_CLOSED")) throw error;
          });
        },
      })),
  ],
  ["frees nothing that was committed", RETAINED, () => ({ enforceRetention: async () => {} })],
  [
    "acknowledges a commit that it has not made",
    "a cursor that was made, put or removed is so after a crash",
    (log) => cursors(log, () => ({ commit: async () => {} })),
  ],
  [
    "acknowledges a removal that it has not made",
    "a cursor that was made, put or removed is so after a crash",
    () => ({ removeCursor: async () => {} }),
  ],
  [
    "takes cursors back one record too far",
    "a cursor that a truncateAfter took back is so after a crash",
    (log) => ({
      async truncateAfter(to) {
        const ahead = (await log.cursors()).filter(({ offset = 0 }) => offset > to);
        await log.truncateAfter(to);
        for (const { name } of ahead) await (await log.cursor(name)).commit(to);
      },
    }),
  ],
  ["lists cursors when it is closed", CLOSED, () => ({ cursors: async () => [] })],
  ["refreshes when it is closed", CLOSED, () => ({ refresh: async () => {} })],
  [
    "commits what was appended when it is refreshed",
    "refresh of a log that is written changes nothing",
    (log) => ({ refresh: () => log.sync() }),
  ],
];

describe("the kit rejects a log that", () => {
  it.each(MUTANTS)("%s, by: %s", async (_, name, mutation) => {
    await rejects(name, { decorate: (log) => decorated(log, mutation(log)) });
  });

  it("drops what a cursor has not committed, whatever retention says of it", async () => {
    const good = kitPlaces();
    const cases = logConformance(async () => {
      const place = await good();
      const open = ({ retention, ...options }: OpenLogOptions = {}) =>
        place.open({ ...options, retention: { ...retention, keepUncommitted: false } });
      return { ...place, open };
    });
    await expect(cases.find(({ name }) => name === RETAINED)?.run()).rejects.toThrow("firstOffset");
  });
});

async function rejects(name: string, parts: KitPlaceParts): Promise<void> {
  const found = logConformance(kitPlaces(parts), { durable: true }).find((c) => c.name === name);
  expect(found?.name).toBe(name);
  await expect(found?.run(), name).rejects.toThrow();
}

/** Breaks how cursors are opened. */
function opening(
  log: Log,
  change: (options: OpenCursorOptions) => OpenCursorOptions,
): Partial<Log> {
  return { cursor: (name, options = {}) => log.cursor(name, change(options)) };
}

/** Breaks the cursors that are opened. */
function cursors(log: Log, change: (good: LogCursor) => Partial<LogCursor>): Partial<Log> {
  return {
    async cursor(name, options) {
      const good = await log.cursor(name, options);
      const same: LogCursor = {
        name: good.name,
        get offset() {
          return good.offset;
        },
        commit: (offset) => good.commit(offset),
      };
      return Object.defineProperties(same, Object.getOwnPropertyDescriptors(change(good)));
    },
  };
}
