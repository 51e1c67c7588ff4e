import { memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, sparseIndex } from "@seglog/index";
import { indexConformance } from "@seglog/index/conformance";
import type { OpenIndexRequest, OpenStoreRequest } from "@seglog/segment";
import { openFileStore, type Store } from "@seglog/store";
import { storeConformance } from "@seglog/store/conformance";
import { openLog } from "seglog";
import { describe, expect, test } from "vitest";
import {
  appendTexts,
  compressedStore,
  copyOf,
  expectHolds,
  openCompressedStore,
  openPassingIndex,
  type Parts,
  passingIndex,
  place,
} from "./plugging-parts.ts";
import { temporaryDirectory } from "./temporary.ts";

const PLUGGED: Readonly<Record<string, Parts>> = {
  "the default parts": {},
  "a store that compresses": { openStore: openCompressedStore },
  memoryIndex: { openIndex: async () => memoryIndex() },
  "sparseIndex, one entry a segment": { openIndex: async () => sparseIndex() },
  "sparseIndex, every third entry": { openIndex: async () => sparseIndex({ bytesBetween: 70 }) },
  "a decorated index that has no file to read": { openIndex: openPassingIndex },
  "a store that compresses, and a sparse index": {
    openStore: openCompressedStore,
    openIndex: async () => sparseIndex({ bytesBetween: 100 }),
  },
  "plain frames through a decorator": {
    openStore: async (request) =>
      compressedStore(await openFileStore({ ...request, frameFormat: "plain" })),
  },
};

describe.each(Object.entries(PLUGGED))("a log over %s", (_, parts) => {
  test("holds its records over several segments, and when it is opened again", async () => {
    const { open } = place(parts);
    const log = await open();
    const held = await appendTexts(log, 0, 100);
    expect(log.segments().length).toBeGreaterThan(2);
    await expectHolds(log, 0, held);
    await log.close();
    const again = await open();
    expect(again.recovery).toMatchObject({ clean: true, tornBytes: 0 });
    await expectHolds(again, 0, held);
    held.push(...(await appendTexts(again, 100, 150)));
    await expectHolds(again, 0, held);
    await again.close();
    const reader = await open({ readOnly: true });
    await expectHolds(reader, 0, held);
    await reader.close();
  });

  test("truncates at both ends, and goes on, before and after opening again", async () => {
    const { open } = place(parts);
    const log = await open();
    const held = await appendTexts(log, 0, 100);
    await log.truncateBefore(23);
    await log.truncateAfter(51);
    await expectHolds(log, 23, held.slice(23, 52));
    const more = await appendTexts(log, 52, 90, "other");
    const now = [...held.slice(23, 52), ...more];
    await expectHolds(log, 23, now);
    await log.close();
    const again = await open();
    await expectHolds(again, 23, now);
    await again.truncateAfter(60);
    await again.truncateBefore(40);
    await expectHolds(again, 40, now.slice(17, 38));
    await again.truncateAfter(39);
    expect(again.offsetRange()).toBeUndefined();
    await expectHolds(again, 40, await appendTexts(again, 40, 60));
    await again.close();
  });

  test("is recovered when it was not closed: all that was acknowledged is there", async () => {
    const killed = place(parts);
    const log = await killed.open();
    const held = await appendTexts(log, 0, 100);
    const { fs } = await copyOf(killed);
    await log.close();
    const again = await killed.open({ fs });
    expect(again.recovery.clean).toBe(false);
    await expectHolds(again, 0, held);
    held.push(...(await appendTexts(again, 100, 130)));
    await expectHolds(again, 0, held);
    await again.close();
  });

  test("works on the machine's disk as in memory", async () => {
    const directory = temporaryDirectory();
    const options = { ...parts, segmentBytesMax: 500 };
    const log = await openLog(directory, options);
    const held = await appendTexts(log, 0, 100);
    await log.truncateAfter(69);
    await log.close();
    const again = await openLog(directory, options);
    await expectHolds(again, 0, held.slice(0, 70));
    await again.close();
  });

  test("keeps a batch in one segment, and an empty record", async () => {
    const { open } = place(parts);
    const log = await open();
    const batch = Array.from({ length: 12 }, (_, i) => `of a batch ${i}`);
    const held = await appendTexts(log, 0, 5);
    await log.appendBatch(batch);
    await log.append("");
    held.push(...batch, "");
    await expectHolds(log, 0, held);
    await log.close();
    const again = await open();
    await expectHolds(again, 0, held);
    await again.close();
  });
});

describe("the kits accept the decorated parts", () => {
  const stores = storeConformance(
    async () => {
      const fs = memoryFileSystem();
      const open = () => openCompressedStore({ fs, path: "a.store" });
      return { open, dispose: async () => undefined };
    },
    { persistent: true },
  );
  for (const { name, run } of stores) test(`store: ${name}`, run);

  const indexes = indexConformance(async () => ({
    open: async () => passingIndex(memoryIndex()),
    exact: true,
    dispose: async () => undefined,
  }));
  for (const { name, run } of indexes) test(`index: ${name}`, run);
});

describe("what openers are asked", () => {
  test("a new log: one store, exclusively, of the limits given, and its index", async () => {
    const { open, stores, indexes } = asked();
    const log = await open({ recordBytesMax: 100, mode: 0o600, frameFormat: "plain" });
    const path = "/log/00000000000000000000";
    expect(stores).toEqual([
      {
        fs: expect.anything(),
        logId: expect.any(Number),
        path: `${path}.store`,
        access: "write",
        create: "exclusive",
        end: "crashed",
        baseOffset: 0,
        recordBytesMax: 108,
        stagedBytesMax: Number.MAX_SAFE_INTEGER,
        expectedBytes: 500,
        frameFormat: "plain",
        mode: 0o600,
      },
    ]);
    expect(indexes).toEqual([
      {
        fs: expect.anything(),
        path: `${path}.index`,
        access: "write",
        baseOffset: 0,
        mode: 0o600,
      },
    ]);
    await log.close();
  });

  test("opening: sealed segments with indexes to read, the last one closed", async () => {
    const { open, stores, indexes } = asked();
    const log = await open();
    await appendTexts(log, 0, 60);
    const count = log.segments().length;
    await log.close();
    stores.length = 0;
    indexes.length = 0;
    await (await open()).close();
    expect(stores.map(({ create }) => create)).toEqual(Array(count).fill("never"));
    expect(stores.map(({ end }) => end)).toEqual([...Array(count - 1).fill("sealed"), "closed"]);
    expect(indexes.map(({ access }) => access)).toEqual([
      ...Array(count - 1).fill("read"),
      "write",
    ]);
  });

  test("reading only: nothing for writing; scratch where an index is missing", async () => {
    const { open, stores, indexes, fs } = asked();
    const log = await open();
    const held = await appendTexts(log, 0, 60);
    await log.close();
    await fs.remove("/log/00000000000000000000.index");
    stores.length = 0;
    indexes.length = 0;
    const reader = await open({ readOnly: true });
    await expectHolds(reader, 0, held);
    await reader.close();
    expect(new Set(stores.map(({ access }) => access))).toEqual(new Set(["read"]));
    expect(indexes.slice(0, 3).map(({ access }) => access)).toEqual(["read", "scratch", "read"]);
  });

  test("truncateAfter into a sealed segment opens its store again, for appending", async () => {
    const { open, stores } = asked();
    const log = await open();
    await appendTexts(log, 0, 60);
    stores.length = 0;
    await log.truncateAfter(2);
    expect(stores).toMatchObject([{ baseOffset: 0, create: "never", end: "closed" }]);
    await log.close();
  });
});

/** A place whose openers note what they are asked. */
function asked() {
  const stores: OpenStoreRequest[] = [];
  const indexes: OpenIndexRequest[] = [];
  const openStore = async (request: OpenStoreRequest): Promise<Store> => {
    stores.push(request);
    return openFileStore(request);
  };
  const openIndex = async (request: OpenIndexRequest): Promise<Index> => {
    indexes.push(request);
    const { fs, path, access } = request;
    if (access !== "scratch") {
      const create = access === "write" ? "ifMissing" : "never";
      await (await fs.open(path, { access, create })).close();
    }
    return memoryIndex();
  };
  return { ...place({ openStore, openIndex }), stores, indexes };
}
