import type { Segment, SegmentCatalog } from "@seglog/segment";
import { segmentCatalogConformance, segmentConformance } from "@seglog/segment/conformance";
import { describe, expect, it } from "vitest";
import { decorated } from "./decorate.ts";
import { COMBINATIONS, harnessOf, memoryPlace, openCatalog, type Parts } from "./places.ts";

/** What is broken, which case must find it, and how it is broken. */
interface Mutant<Part> {
  readonly foundBy: string;
  breaks(good: Part): Partial<Part>;
}

const SEGMENTS: Readonly<Record<string, Mutant<Segment>>> = {
  "keeps the caller's buffer": {
    foundBy: "append copies: the caller may reuse its buffer at once",
    breaks(good) {
      const kept = new Map<number, Uint8Array>();
      return {
        append(value, time, batchContinues) {
          const offset = good.append(value, time, batchContinues);
          kept.set(offset, value);
          return offset;
        },
        read: (offset) => ({
          ...good.read(offset),
          value: kept.get(offset)?.slice() as Uint8Array,
        }),
      };
    },
  },
  "counts its offsets from 0": {
    foundBy: "offsets rise by one from the base offset 1",
    breaks: (good) => ({
      append: (value, time, batch) => good.append(value, time, batch) - good.baseOffset,
    }),
  },
  "keeps 32 bits of the time": {
    foundBy: "times are kept from 0 to 2^48 - 1",
    breaks: (good) => ({
      append: (value, time, batch) => good.append(value, time % 2 ** 32, batch),
    }),
  },
  "takes a time of any size": {
    foundBy: "a time that is no integer in [0, 2^48) is refused and nothing is appended",
    breaks: (good) => ({
      append: (value, time, batch) => good.append(value, Math.min(time, 2 ** 48 - 1), batch),
    }),
  },
  "lends what read must give": {
    foundBy: "read gives bytes that the caller owns, before and after a sync",
    breaks: (good) => ({ read: (offset) => good.readView(offset) }),
  },
  "scans one record too far": {
    foundBy: "scan ends before `to`, after recordsMax, and at nextOffset",
    breaks: (good) => ({
      scan: (from, limits) => good.scan(from, { ...limits, to: Math.min(limits.to + 1, 2 ** 52) }),
    }),
  },
  "returns nothing for a record above bytesMax": {
    foundBy: "scan ends before the record that would exceed bytesMax, but gives the first",
    breaks: (good) => ({
      scan: (from, limits) =>
        good.scan(from, limits).filter(({ value }) => value.length + 16 <= limits.bytesMax),
    }),
  },
  "has room for one byte too many": {
    foundBy: "hasRoom says exactly whether records fit below segmentBytesMax",
    breaks: (good) => ({ hasRoom: (bytes, count) => good.hasRoom(Math.max(0, bytes - 1), count) }),
  },
  "has room for one record too many": {
    foundBy: "hasRoom says exactly whether records fit below indexEntriesMax",
    breaks: (good) => ({ hasRoom: (bytes, count) => good.hasRoom(bytes, count - 1) }),
  },
  "is full one record too late": {
    foundBy: "a segment is full from indexEntriesMax on, and appends go on all the same",
    breaks: (good) => ({
      get isFull() {
        return good.isFull && good.nextOffset - good.baseOffset > 3;
      },
    }),
  },
  "truncates one record too few": {
    foundBy: "truncate to any offset keeps all below, drops all else, and appends go on",
    breaks: (good) => ({
      truncate: (offset) => good.truncate(Math.min(offset + 1, good.nextOffset)),
    }),
  },
  "takes appends when it is sealed": {
    foundBy: "a sealed segment refuses append and truncate from the call on, and is read",
    breaks: (good) => ({ seal: () => good.sync() }),
  },
  "drops what refresh is not told of": {
    foundBy: "refresh of a segment that is written through this object changes nothing",
    breaks: (good) => ({
      refresh: (nextOffset) => good.truncate(Math.min(nextOffset, good.nextOffset)),
    }),
  },
  "refreshes when it is closed": {
    foundBy: "after close every call but close fails with ERR_SEGLOG_CLOSED",
    breaks: () => ({ refresh: async () => {} }),
  },
  "reads when it is closed": {
    foundBy: "after close every call but close fails with ERR_SEGLOG_CLOSED",
    breaks(good) {
      let last = 0;
      return {
        timeOf(offset) {
          try {
            last = good.timeOf(offset);
          } catch {
            // the mutation: a cached time instead of the error
          }
          return last;
        },
      };
    },
  },
  "fails when it is closed twice": {
    foundBy: "close is idempotent, also while it runs",
    breaks(good) {
      let closed = false;
      return {
        close() {
          if (closed) return Promise.reject(new Error("closed already"));
          closed = true;
          return good.close();
        },
      };
    },
  },
  "loses its last record when it is closed": {
    foundBy: "reopening finds 2 records, and appends go on behind them",
    breaks: (good) => ({
      async close() {
        if (good.nextOffset > good.baseOffset) await good.truncate(good.nextOffset - 1);
        await good.close();
      },
    }),
  },
};

const CATALOGS: Readonly<Record<string, Mutant<SegmentCatalog>>> = {
  "lists in the order of decimal names": {
    foundBy: "list is in order of base offsets, however they were created",
    breaks: (good) => ({
      list: async () =>
        (await good.list()).sort((a, b) => (String(a.baseOffset) < String(b.baseOffset) ? -1 : 1)),
    }),
  },
  "removes a segment that is there before creating it": {
    foundBy: "creating one that is there fails with ERR_SEGLOG_EXISTS and spares it",
    breaks: (good) => ({
      async create(baseOffset) {
        await good.remove([baseOffset]);
        return good.create(baseOffset);
      },
    }),
  },
  "removes all but the last that it is asked to": {
    foundBy: "removed segments are gone, the others are not, and their names are free",
    breaks: (good) => ({ remove: (baseOffsets) => good.remove(baseOffsets.slice(0, -1)) }),
  },
  "does not look where a segment ends": {
    foundBy: "a segment that does not end at nextOffset is ERR_SEGLOG_CORRUPT",
    breaks: (good) => ({
      open: (baseOffset, { mode, nextOffset }) =>
        mode === "sealed" && nextOffset !== undefined
          ? good.open(baseOffset, { mode, nextOffset })
          : good.open(baseOffset, { mode } as { mode: "closed" }),
    }),
  },
  "makes what it is asked to open": {
    foundBy: "opening one that is not there is ERR_SEGLOG_NOT_FOUND and makes none",
    breaks: (good) => ({
      open: (baseOffset, options) =>
        good.open(baseOffset, options).catch(() => good.create(baseOffset)),
    }),
  },
  "forgets a truncation that is under way": {
    foundBy: "every state is loaded as it was saved, at once and when opened again",
    breaks: (good) => ({
      saveState: (state) => good.saveState({ ...state, truncatingTo: undefined }),
    }),
  },
  "saves only its first state": {
    foundBy: "of many states the last is loaded, over any number of openings",
    breaks(good) {
      let saved = false;
      return {
        async saveState(state) {
          if (!saved) await good.saveState(state);
          saved = true;
        },
      };
    },
  },
  "closes nothing": {
    foundBy: "where it locks, a second writer is refused until the first has closed",
    breaks: () => ({ close: async () => {} }),
  },
};

describe("the kit rejects a segment that", () => {
  it.each(Object.entries(SEGMENTS))("%s", async (_, { foundBy, breaks }) => {
    const parts = COMBINATIONS["checked file store and mapped index"] as Parts;
    const cases = segmentConformance(
      async () => {
        const harness = await harnessOf(parts, memoryPlace);
        const reopen = harness.reopen as () => Promise<Segment>;
        return {
          ...harness,
          open: async (request) => decorated(await harness.open(request), breaks),
          reopen: async () => decorated(await reopen(), breaks),
        };
      },
      { persistent: true },
    );
    const found = cases.find(({ name }) => name === foundBy);
    expect(found?.name).toBe(foundBy);
    await expect(found?.run()).rejects.toThrow();
  });
});

describe("the kit rejects a catalog that", () => {
  it.each(Object.entries(CATALOGS))("%s", async (_, { foundBy, breaks }) => {
    const cases = segmentCatalogConformance(
      async () => {
        const place = await memoryPlace();
        const open = async () => decorated(await openCatalog(place), breaks);
        return { open, dispose: () => place.dispose() };
      },
      { locks: true },
    );
    const found = cases.find(({ name }) => name === foundBy);
    expect(found?.name).toBe(foundBy);
    await expect(found?.run()).rejects.toThrow();
  });
});
