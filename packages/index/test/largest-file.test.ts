import { type FileHandle, type FileSystem, type Mapping, memoryFileSystem } from "@seglog/fs";
import { openMappedIndex } from "@seglog/index";
import { expect, it } from "vitest";
import { nextCapacity } from "../src/next-capacity.ts";

const ENTRIES_MAX = 2 ** 27 - 256;

it("a file as long as a mapping can be is read, and refuses another entry", async () => {
  const lengths: number[] = [];
  const fs = fileOfCountedEntries(2 ** 40, lengths);
  const index = await openMappedIndex({ fs, path: "x.index" });
  expect(lengths).toEqual([2 ** 31 - 4096]);
  expect([index.nextOffset, index.read(ENTRIES_MAX - 1)]).toEqual([ENTRIES_MAX, ENTRIES_MAX - 1]);
  for (let round = 0; round < 2; round += 1) {
    expect(() => index.write(ENTRIES_MAX, ENTRIES_MAX)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_IO" }),
    );
  }
  expect(index.nextOffset).toBe(ENTRIES_MAX);
  await index.close();
});

it("room grows by what there is, within its bounds, and never beyond one mapping", () => {
  expect(nextCapacity(0, 1)).toBe(1);
  expect(nextCapacity(1, 1)).toBe(2);
  expect(nextCapacity(0, 4096)).toBe(4096);
  expect(nextCapacity(4096, 4096)).toBe(8192);
  expect(nextCapacity(10, 4096)).toBe(4106);
  expect(nextCapacity(65_536, 4096)).toBe(131_072);
  expect(nextCapacity(131_072, 4096)).toBe(196_608);
  expect(nextCapacity(ENTRIES_MAX - 1, 4096)).toBe(ENTRIES_MAX);
  expect(nextCapacity(ENTRIES_MAX, 4096)).toBe(ENTRIES_MAX);
});

/** A disk with one file of `size` bytes, in which entry n is (n, n); notes what is mapped. */
function fileOfCountedEntries(size: number, lengths: number[]): FileSystem {
  const refuse = (): never => {
    throw new Error("not to be called");
  };
  const mapping = (length: number): Mapping => ({
    length,
    outlivesHandle: true,
    bytes: undefined,
    willNeed: refuse,
    view: refuse,
    u64: (position) => Math.floor(position / 16),
    setU64: refuse,
    flush: () => {},
    close: () => {},
  });
  const handle: FileHandle = {
    path: "x.index",
    size: async () => size,
    read(target, position) {
      const words = new DataView(target.buffer, target.byteOffset);
      words.setBigUint64(0, BigInt(position / 16));
      words.setBigUint64(8, BigInt(position / 16));
      return target.length;
    },
    write: refuse,
    writeDurably: refuse,
    writeNow: refuse,
    allocate: refuse,
    sync: refuse,
    truncate: async () => {},
    map(length) {
      lengths.push(length);
      return mapping(length);
    },
    close: async () => {},
  };
  return { ...memoryFileSystem(), open: async () => handle };
}
