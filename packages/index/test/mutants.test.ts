import { memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex } from "@seglog/index";
import { indexConformance } from "@seglog/index/conformance";
import { describe, expect, it } from "vitest";
import { getFile, putFile } from "./files.ts";

/** What a mutant does differently, given the good index that it wraps. */
type Mutation = (good: Index) => Partial<Index>;

const MUTANTS: readonly (readonly [string, string, Mutation])[] = [
  [
    "answers with the entry before",
    "20,000 entries at uneven distances are all found from their floor",
    (good) => ({ read: (offset) => good.read(offset === 0 ? 0 : offset - 1) }),
  ],
  [
    "finds a floor above the offset",
    "floor is never above the offset asked for, and the last entry far beyond the end",
    (good) => ({ floor: (offset) => good.floor(Math.min(offset + 1, Number.MAX_SAFE_INTEGER)) }),
  ],
  [
    "finds no floor beyond the end",
    "one entry is found",
    (good) => ({ floor: (n) => (n >= (good.nextOffset ?? 0) ? undefined : good.floor(n)) }),
  ],
  [
    "answers read from the floor",
    "read never answers for an offset that was not written",
    (good) => ({ read: (offset) => good.floor(offset)?.position }),
  ],
  [
    "keeps one entry too many at truncate",
    "truncate drops the offset and all above it, and keeps all below",
    (good) => ({ truncate: (n) => good.truncate(Math.min(n + 1, Number.MAX_SAFE_INTEGER)) }),
  ],
  [
    "ignores a truncate to the first offset",
    "truncating to the first offset, or below, empties; then any offset may be first",
    (good) => ({
      truncate(offset) {
        if (
          good.floor(offset)?.offset !== offset ||
          offset === 0 ||
          good.read(offset - 1) !== undefined
        )
          good.truncate(offset);
      },
    }),
  ],
  [
    "has a stale nextOffset",
    "one entry is found",
    (good) => {
      const before = good.nextOffset;
      return {
        get nextOffset() {
          return before;
        },
      };
    },
  ],
  [
    "lets a gap pass, by filling it",
    "an offset that is not the next one is refused, and nothing is written",
    (good) => ({
      write(offset, position) {
        if (offset === (good.nextOffset ?? offset) + 1) good.write(offset - 1, position - 1);
        good.write(offset, position);
      },
    }),
  ],
  [
    "lets a position repeat, by raising it",
    "a position that does not rise is refused, and nothing is written",
    (good) => ({
      write(offset, position) {
        const last = good.floor(Number.MAX_SAFE_INTEGER)?.position;
        good.write(offset, position === last ? position + 1 : position);
      },
    }),
  ],
  [
    "cuts positions to 32 bits",
    "positions come back exactly on both sides of 2^31, 2^32 and up to 2^53 - 1",
    (good) => ({
      read(offset) {
        const position = good.read(offset);
        return position === undefined ? undefined : position >>> 0;
      },
    }),
  ],
  [
    "cuts offsets to 32 bits when asked",
    "read never answers for an offset that was not written",
    (good) => ({
      read: (offset) => good.read(Number.isSafeInteger(offset) ? offset >>> 0 : offset),
    }),
  ],
  [
    "lends one entry for every floor",
    "an entry returned by floor stays as it was while writing goes on",
    (good) => {
      const shared = { offset: 0, position: 0 };
      return {
        floor(offset) {
          const entry = good.floor(offset);
          return entry === undefined ? undefined : Object.assign(shared, entry);
        },
      };
    },
  ],
  [
    "cannot be closed twice",
    "close is idempotent, also while it runs",
    (good) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error("closed already");
          closed = true;
          await good.close();
        },
      };
    },
  ],
  [
    "stays readable after close",
    "after close every call but close fails with ERR_SEGLOG_CLOSED, from the call on",
    () => ({ read: () => undefined }),
  ],
  [
    "refuses to sync when empty",
    "sync resolves with and without entries, and as often as asked",
    (good) => ({
      async sync() {
        if (good.nextOffset === undefined) throw new Error("nothing to sync");
        await good.sync();
      },
    }),
  ],
];

const PERSISTENT = { persistent: true };

describe("the kit rejects an index that", () => {
  it.each(MUTANTS)("%s, by: %s", async (_, caseName, mutation) => {
    const cases = indexConformance(async () => ({
      open: async () => mutant(memoryIndex(), mutation),
      exact: true,
      dispose: async () => {},
    }));
    const found = cases.find(({ name }) => name === caseName);
    await expect(found?.run()).rejects.toThrow();
  });

  it.each([
    [
      "writes its file little-endian",
      "reopening finds 2 entries, and writing goes on behind them",
      swapped,
    ],
    [
      "loses its last entry at close",
      "reopening finds 1 entries, and writing goes on behind them",
      shortened,
    ],
  ] as const)("%s, by: %s", async (_, caseName, change) => {
    const path = "x.index";
    const cases = indexConformance(async () => {
      const fs = memoryFileSystem();
      const open = () => openMappedIndex({ fs, path });
      const reopen = async (): Promise<Index> => {
        await putFile(fs, path, change(await getFile(fs, path)));
        return open();
      };
      return { open, reopen, exact: true, dispose: async () => {} };
    }, PERSISTENT);
    await expect(cases.find(({ name }) => name === caseName)?.run()).rejects.toThrow();
  });
});

/** Every member of `good`, but for what `mutation` puts in its place. */
function mutant(good: Index, mutation: Mutation): Index {
  const honest: Index = {
    get nextOffset() {
      return good.nextOffset;
    },
    get bytes() {
      return good.bytes;
    },
    write: (offset, position) => good.write(offset, position),
    read: (offset) => good.read(offset),
    floor: (offset) => good.floor(offset),
    truncate: (offset) => good.truncate(offset),
    sync: () => good.sync(),
    close: () => good.close(),
  };
  return Object.defineProperties(honest, Object.getOwnPropertyDescriptors(mutation(good)));
}

function swapped(bytes: Uint8Array): Uint8Array {
  const words = new DataView(bytes.buffer.slice(0));
  for (let at = 0; at < bytes.length; at += 8) words.setBigUint64(at, words.getBigUint64(at), true);
  return new Uint8Array(words.buffer);
}

function shortened(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, Math.max(0, bytes.length - 16));
}
