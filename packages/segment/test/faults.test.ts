import type { SegmentCatalog } from "@seglog/segment";
import { describe, expect, it, vi } from "vitest";
import { fill, listed } from "../src/conformance/catalog-cases.ts";
import { appendAll, holdsRecords, someRecords } from "../src/conformance/records.ts";
import { memoryPlace, openCatalog, type Place } from "./places.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const STATE = { firstOffset: 3, closedAt: 20, truncatingTo: undefined, lastTime: 7 };

/** What is done to a catalog of a segment `[0, 20)` and a state; what it leaves open it returns. */
type Deed = (catalog: SegmentCatalog) => Promise<{ close(): Promise<void> }>;

const DEEDS: Readonly<Record<string, Deed>> = {
  create: (catalog) => catalog.create(20),
  "open as sealed": (catalog) => catalog.open(0, { mode: "sealed", nextOffset: 20 }),
  "open as closed": (catalog) => catalog.open(0, { mode: "closed", nextOffset: 20 }),
  "open as crashed": (catalog) => catalog.open(0, { mode: "crashed" }),
};

describe.each(Object.entries(DEEDS))("%s, each of its disk calls failing in turn", (name, deed) => {
  it("closes what it opened, changes nothing, and succeeds afterwards", async () => {
    for (let failing = 0; ; failing++) {
      const { place, watched, failAt } = await watchedCatalog();
      const catalog = await openCatalog({ fs: watched.fs, directory: place.directory });
      const openBefore = watched.open();
      failAt(failing);
      let error: unknown;
      try {
        await (await deed(catalog)).close();
      } catch (caught) {
        error = caught;
      }
      const failed = failAt(Number.POSITIVE_INFINITY);
      expect(watched.open()).toBe(openBefore);
      if (error !== undefined && name === "create") {
        expect((await listed(catalog)).filter((base) => base !== 20)).toEqual([0]);
      }
      const segment = await catalog.open(0, { mode: "crashed" });
      holdsRecords(segment, someRecords(20));
      await segment.close();
      if (name === "create" && error !== undefined && (await listed(catalog)).length === 1) {
        await (await catalog.create(20)).close();
      }
      expect(await catalog.loadState()).toEqual(STATE);
      await catalog.close();
      expect(watched.open()).toBe(0);
      if (!failed) return;
    }
  });
});

describe("a create that fails", () => {
  it.each(["open write", "sync", "syncDirectory", "write"])(
    "in %s leaves no name behind and can be repeated",
    async (call) => {
      const { place, watched, failOn } = await watchedCatalog();
      const catalog = await openCatalog({ fs: watched.fs, directory: place.directory });
      failOn(call);
      await expect(catalog.create(20)).rejects.toThrow(/planted/);
      failOn(undefined);
      expect(await listed(catalog)).toEqual([0]);
      const segment = await catalog.create(20);
      appendAll(segment, someRecords(3));
      holdsRecords(segment, someRecords(3));
      await segment.close();
      await catalog.close();
    },
  );
});

describe("opening a catalog, each of its disk calls failing in turn", () => {
  it("gives back the lock", async () => {
    for (let failing = 0; ; failing++) {
      const { place, watched, failAt } = await watchedCatalog();
      failAt(failing);
      const opening = openCatalog({ fs: watched.fs, directory: place.directory });
      const catalog = await opening.catch(() => undefined);
      const failed = failAt(Number.POSITIVE_INFINITY);
      if (!failed) {
        await catalog?.close();
        return;
      }
      expect(catalog).toBeUndefined();
      expect(watched.open()).toBe(0);
      const again = await openCatalog(place);
      expect(await again.loadState()).toEqual(STATE);
      await again.close();
    }
  });
});

/** A catalog of one segment and a state, on a disk whose calls can be made to fail. */
async function watchedCatalog(): Promise<{
  readonly place: Place;
  readonly watched: ReturnType<typeof watchedFileSystem>;
  /** Lets the nth call from now on fail, and tells whether one has failed since last asked. */
  failAt(n: number): boolean;
  /** Lets all calls of a name fail. */
  failOn(call: string | undefined): void;
}> {
  const place = await memoryPlace();
  const catalog = await openCatalog(place);
  await fill(catalog, { baseOffset: 0, count: 20 });
  await catalog.saveState(STATE);
  await catalog.close();
  let left = Number.POSITIVE_INFINITY;
  let hasFailed = false;
  let failingCall: string | undefined;
  const watched = watchedFileSystem(place.fs, (call) => {
    if (call === "close") return;
    const fails = left-- === 0 || call === failingCall;
    if (!fails) return;
    hasFailed = true;
    throw new Error(`planted failure of ${call}`);
  });
  return {
    place,
    watched,
    failAt(n) {
      left = n;
      const failed = hasFailed;
      hasFailed = false;
      return failed;
    },
    failOn(call) {
      failingCall = call;
    },
  };
}
