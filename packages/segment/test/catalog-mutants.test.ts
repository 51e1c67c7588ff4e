import type { PublishedProgress, Segment, SegmentCatalog } from "@seglog/segment";
import { segmentCatalogConformance } from "@seglog/segment/conformance";
import { describe, expect, it } from "vitest";
import { decorated } from "./decorate.ts";
import { memoryPlace, openCatalog } from "./places.ts";

/** What is put in the place of members of the good catalog. */
type Change = (good: SegmentCatalog) => Partial<SegmentCatalog>;

/** What is broken, which case must find it, and how the writer or the reader is broken. */
interface Mutant {
  readonly foundBy: string;
  readonly writes?: Change;
  readonly reads?: Change;
}

const NO_PROGRESS = Object.freeze({ firstOffset: 0, committedOffset: 0, cutCount: 0, cuts: [] });
const SHOWS_AT_ONCE =
  "what is published shows at once and whole, to who was opened before or since";
const STAYS_TOLD = "what was published is told when its writer has closed, until another publishes";
const REFRESHES =
  "a segment opened read-only takes in what was written since, as far as refresh is told";
const FINDS = "who is opened read-only finds segments, states and cursors made since";

const PROGRESS: Readonly<Record<string, Mutant>> = {
  "tells its writer what it told first": {
    foundBy: "published tells the last that was published, or nothing, and never one before",
    writes(good) {
      let told: PublishedProgress | undefined;
      return {
        published() {
          told ??= good.published();
          return told;
        },
      };
    },
  },
  "publishes without the cuts": {
    foundBy: SHOWS_AT_ONCE,
    writes: (good) => ({ publish: (progress) => good.publish({ ...progress, cuts: [] }) }),
  },
  "keeps 32 bits of what it publishes": {
    foundBy: SHOWS_AT_ONCE,
    writes: (good) => ({
      publish: (progress) =>
        good.publish({ ...progress, committedOffset: progress.committedOffset % 2 ** 32 }),
    }),
  },
  "publishes in a later turn": {
    foundBy: SHOWS_AT_ONCE,
    writes: (good) => ({ publish: (progress) => void setImmediate(() => good.publish(progress)) }),
  },
  "does not publish what is lower than what it told": {
    foundBy: SHOWS_AT_ONCE,
    writes(good) {
      let highest = 0;
      return {
        publish(progress) {
          highest = Math.max(highest, progress.committedOffset);
          good.publish({ ...progress, committedOffset: highest });
        },
      };
    },
  },
  "looks once": {
    foundBy: SHOWS_AT_ONCE,
    reads(good) {
      let seen: PublishedProgress | undefined;
      return {
        published() {
          seen ??= good.published();
          return seen;
        },
      };
    },
  },
  "says that nothing is known once it has closed": {
    foundBy: STAYS_TOLD,
    writes: (good) => ({
      async close() {
        good.publish(NO_PROGRESS);
        await good.close();
      },
    }),
  },
  "begins with an empty log when it is opened": {
    foundBy: STAYS_TOLD,
    writes(good) {
      let begun = false;
      return {
        async saveState(state) {
          await good.saveState(state);
          if (!begun) good.publish(NO_PROGRESS);
          begun = true;
        },
      };
    },
  },
  "has one session for ever": {
    foundBy: "each opening for writing publishes as another session than the one before",
    reads: (good) => ({
      published() {
        const told = good.published();
        return told === undefined ? undefined : { ...told, session: 1 };
      },
    }),
  },
  "tells from the cache when it is closed": {
    foundBy: "after close every call but close fails with ERR_SEGLOG_CLOSED",
    writes: () => ({ published: () => undefined }),
  },
  "watches when it is closed": {
    foundBy: "after close every call but close fails with ERR_SEGLOG_CLOSED",
    writes: () => ({ watch: () => ({ close() {} }) }),
  },
};

const FOLLOWING: Readonly<Record<string, Mutant>> = {
  "lists the segments as it found them first": { foundBy: FINDS, reads: cached("list") },
  "loads the state as it found it first": { foundBy: FINDS, reads: cached("loadState") },
  "lists the cursors as it found them first": { foundBy: FINDS, reads: cached("listCursors") },
  "saves a cursor though it was opened read-only": {
    foundBy: "opened read-only it is read, also beside a writer, and refuses to write",
    reads: () => ({ saveCursor: async () => {} }),
  },
  "publishes though it was opened read-only": {
    foundBy: "opened read-only it is read, also beside a writer, and refuses to write",
    reads: () => ({ publish() {} }),
  },
  "takes in more than refresh is told": {
    foundBy: REFRESHES,
    reads: withSegments((good) => ({ refresh: (nextOffset) => good.refresh(nextOffset + 1) })),
  },
  "takes in nothing": {
    foundBy: REFRESHES,
    reads: withSegments(() => ({ refresh: async () => {} })),
  },
  "reads nothing while it is refreshed": {
    foundBy: REFRESHES,
    reads: withSegments((good) => {
      let busy = false;
      return {
        async refresh(nextOffset) {
          busy = true;
          await good.refresh(nextOffset);
          busy = false;
        },
        read: (offset) => good.read(busy ? -1 : offset),
      };
    }),
  },
};

const CURSORS: Readonly<Record<string, Mutant>> = {
  "has a cursor that nobody saved": {
    foundBy: "a new catalog has no cursors, also when it is opened again",
    writes: (good) => ({
      listCursors: async () => [{ name: "default", offset: 0 }, ...(await good.listCursors())],
    }),
  },
  "lists cursors in the order of their files": {
    foundBy: "cursors are listed by name in ascending order, however they were saved",
    writes: (good) => ({
      listCursors: async () =>
        (await good.listCursors()).sort((a, b) => (`${a.name}.x` < `${b.name}.x` ? -1 : 1)),
    }),
  },
  "never puts a cursor back": {
    foundBy: "a cursor is where it was saved last, forward or back, over any number of openings",
    writes: (good) => ({
      async saveCursor(name, offset) {
        const saved = (await good.listCursors()).find((one) => one.name === name);
        await good.saveCursor(name, Math.max(offset, saved?.offset ?? 0));
      },
    }),
  },
  "saves cursors in memory": {
    foundBy: "a cursor is where it was saved last, forward or back, over any number of openings",
    writes() {
      const saved = new Map<string, number>();
      return {
        saveCursor: async (name, offset) => void saved.set(name, offset),
        listCursors: async () => Array.from(saved, ([name, offset]) => ({ name, offset })),
      };
    },
  },
  "forgets a removed cursor until it is opened again": {
    foundBy: "a removed cursor is gone, the others are not, and its name is free",
    writes(good) {
      const removed = new Set<string>();
      return {
        removeCursor: async (name) => void removed.add(name),
        listCursors: async () => (await good.listCursors()).filter((c) => !removed.has(c.name)),
      };
    },
  },
  "fails to remove a cursor that is not there": {
    foundBy: "a removed cursor is gone, the others are not, and its name is free",
    writes: (good) => ({
      async removeCursor(name) {
        const isThere = (await good.listCursors()).some((one) => one.name === name);
        if (!isThere) throw new Error(`no cursor ${name}`);
        await good.removeCursor(name);
      },
    }),
  },
  "makes a name of what is none": {
    foundBy: "what is no cursor's name is refused, and nothing is saved",
    writes: (good) => ({
      saveCursor: (name, offset) =>
        good.saveCursor(/^[a-z0-9]{1,64}$/.test(name) ? name : "x", offset),
    }),
  },
  "drops the cursors at what it removes": {
    foundBy: "cursors depend on no segment and no state, nor these on them",
    writes: (good) => ({
      async remove(baseOffsets) {
        await good.remove(baseOffsets);
        for (const { name, offset } of await good.listCursors()) {
          if (offset !== undefined && baseOffsets.includes(offset)) await good.removeCursor(name);
        }
      },
    }),
  },
  "lists cursors when it is closed": {
    foundBy: "after close every call but close fails with ERR_SEGLOG_CLOSED",
    writes: () => ({ listCursors: async () => [] }),
  },
};

describe.each([
  ["progress", PROGRESS],
  ["following", FOLLOWING],
  ["cursors", CURSORS],
])("the kit rejects by its cases of %s a catalog that", (_, mutants) => {
  it.each(Object.entries(mutants))("%s", async (_name, { foundBy, writes, reads }) => {
    const cases = segmentCatalogConformance(
      async () => {
        const place = await memoryPlace();
        const broken = (good: SegmentCatalog, breaks: Change | undefined): SegmentCatalog =>
          breaks === undefined ? good : decorated(good, breaks);
        return {
          open: async () => broken(await openCatalog(place), writes),
          openReadOnly: async () => broken(await openCatalog(place, { readOnly: true }), reads),
          dispose: () => place.dispose(),
        };
      },
      { follows: true },
    );
    const found = cases.find(({ name }) => name === foundBy);
    expect(found?.name).toBe(foundBy);
    await expect(found?.run()).rejects.toThrow(/does not hold|must|fails with|no cursor/);
  });
});

/** What answers always as it did first. */
function cached(member: "list" | "loadState" | "listCursors"): Change {
  return (good) => {
    let answer: Promise<unknown> | undefined;
    const ask = (): Promise<unknown> => {
      answer ??= good[member]();
      return answer;
    };
    return { [member]: ask };
  };
}

/** Breaks the segments that are opened. */
function withSegments(breaks: (good: Segment) => Partial<Segment>): Change {
  return (good) => ({
    open: async (baseOffset, options) => decorated(await good.open(baseOffset, options), breaks),
  });
}
