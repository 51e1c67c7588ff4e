import { memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
import {
  INDEX_ENTRIES_LIMIT,
  openSegment,
  SEGMENT_BYTES_DEFAULT,
  SEGMENT_BYTES_LIMIT,
} from "@seglog/segment";
import { memoryStore, openFileStore, type Store } from "@seglog/store";
import { describe, expect, it } from "vitest";
import { appendAll, holdsRecords, someRecords } from "../src/conformance/records.ts";
import { decorated } from "./decorate.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

describe("openSegment refuses", () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ...[-1, 0.5, 2 ** 53, "0"].map((value) => ["baseOffset", value] as const),
    ...[0, SEGMENT_BYTES_LIMIT + 1, 1.5].map((value) => ["segmentBytesMax", value] as const),
    ...[0, INDEX_ENTRIES_LIMIT + 1].map((value) => ["indexEntriesMax", value] as const),
    ...[-1, 9, 10.5].map((value) => ["nextOffset", value] as const),
    ["bytesMax", 1],
  ];
  it.each(wrong)("%s: %j, and leaves store and index as they are", async (name, value) => {
    const store = memoryStore();
    const index = memoryIndex();
    const options = { baseOffset: 10, store, index, [name]: value };
    await expect(openSegment(options)).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
      context: { name },
    });
    store.append(new Uint8Array(1));
    index.write(0, 0);
  });
});

it("the limits are those of the contract", () => {
  expect([SEGMENT_BYTES_DEFAULT, SEGMENT_BYTES_LIMIT]).toEqual([64 * 2 ** 20, 2 ** 30]);
  expect(INDEX_ENTRIES_LIMIT).toBe(2 ** 26);
});

it("an index that cannot grow refuses the append, and nothing of it is left", async () => {
  let isFull = false;
  const { fs } = watchedFileSystem(memoryFileSystem(), (call) => {
    if (isFull && call === "allocate") throw new Error("no room");
  });
  const store = memoryStore();
  const index = await openMappedIndex({ fs, path: "/x.index", growEntries: 4 });
  const segment = await openSegment({ baseOffset: 0, store, index });
  const records = someRecords(8);
  appendAll(segment, records.slice(0, 4));
  isFull = true;
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(() => segment.append(new Uint8Array(3), 2 ** 47, false)).toThrow("no room");
    holdsRecords(segment, records.slice(0, 4));
    expect(store.size).toBe(segment.storeBytes);
  }
  isFull = false;
  appendAll(segment, records.slice(4));
  holdsRecords(segment, records);
  await segment.close();
});

it.each([
  ["memory index", memoryIndex],
  ["sparse index", () => sparseIndex({ bytesBetween: 1 })],
] as const)("a store that refuses has its entry taken back from a %s", async (_, makeIndex) => {
  const store = memoryStore({ recordBytesMax: 100 });
  const index: Index = makeIndex();
  const segment = await openSegment({ baseOffset: 5, store, index });
  appendAll(segment, someRecords(1));
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(() => segment.append(new Uint8Array(93), 1, false)).toThrow(/longer than the limit/);
    expect([index.nextOffset, segment.nextOffset]).toEqual([6, 6]);
  }
  expect(() => segment.append(new Uint8Array(93), -1, false)).toThrow(/time/);
  segment.append(new Uint8Array(92), 1, false);
  expect(segment.read(6).value).toHaveLength(92);
  await segment.close();
});

it("a full stage refuses, a flush makes room, and no record is lost in between", async () => {
  const fs = memoryFileSystem();
  const store = await openFileStore({ fs, path: "/x.store", stagedBytesMax: 500 });
  const index = await openMappedIndex({ fs, path: "/x.index" });
  const segment = await openSegment({ baseOffset: 0, store, index });
  const records = someRecords(100);
  for (const record of records) {
    try {
      appendAll(segment, [record]);
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_SEGLOG_OVERLOADED" });
      await segment.flush();
      appendAll(segment, [record]);
    }
  }
  holdsRecords(segment, records);
  await segment.close();
});

describe("a truncate that the store refuses drops nothing", () => {
  it("of a store that fails before it changes", async () => {
    const store = decorated(memoryStore(), () => ({
      truncate: () => Promise.reject(new Error("EIO")),
    }));
    const segment = await openSegment({ baseOffset: 0, store, index: memoryIndex() });
    const records = someRecords(10);
    appendAll(segment, records);
    await expect(segment.truncate(4)).rejects.toThrow("EIO");
    holdsRecords(segment, records);
    appendAll(segment, records);
    holdsRecords(segment, [...records, ...records]);
    await segment.close();
  });

  it("of a store that an earlier sync poisoned, and reads go on", async () => {
    let isBroken = false;
    const { fs } = watchedFileSystem(memoryFileSystem(), (call) => {
      if (isBroken && ["sync", "writeDurably"].includes(call)) throw new Error("EIO");
    });
    const store = await openFileStore({ fs, path: "/x.store" });
    const segment = await openSegment({ baseOffset: 0, store, index: memoryIndex() });
    const records = someRecords(10);
    appendAll(segment, records);
    await segment.sync();
    appendAll(segment, records);
    isBroken = true;
    await expect(segment.sync()).rejects.toThrow("EIO");
    const poisoned = { code: "ERR_SEGLOG_POISONED" };
    await expect(segment.truncate(4)).rejects.toMatchObject(poisoned);
    expect(() => segment.append(new Uint8Array(1), 2 ** 47, false)).toThrow(
      /earlier write or sync/,
    );
    await expect(segment.seal()).rejects.toMatchObject(poisoned);
    await expect(segment.seal()).rejects.toMatchObject(poisoned);
    holdsRecords(segment, [...records, ...records]);
    await segment.close();
  });
});

it("close releases store and index both, also where the store's close fails", async () => {
  const failing = decorated(memoryStore(), () => ({
    close: () => Promise.reject(new Error("EIO")),
  }));
  const index = memoryIndex();
  const segment = await openSegment({ baseOffset: 0, store: failing, index });
  await expect(segment.close()).rejects.toThrow("EIO");
  await expect(segment.close()).rejects.toThrow("EIO");
  expect(() => index.write(0, 0)).toThrow(/closed/);
});

it("without trustIndex the index is written anew, with it only where it disagrees", async () => {
  const store: Store = memoryStore();
  const first = await openSegment({ baseOffset: 3, store, index: memoryIndex() });
  const records = someRecords(5);
  appendAll(first, records);
  const index = sparseIndex({ bytesBetween: 60 });
  for (const [trustIndex, indexRebuilt] of [
    [true, true],
    [true, false],
    [false, true],
    [true, false],
  ] as const) {
    const segment = await openSegment({ baseOffset: 3, store, index, trustIndex });
    expect(segment.indexRebuilt).toBe(indexRebuilt);
    holdsRecords(segment, records);
  }
});
