import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availableMappers, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
import {
  type ConformanceCase,
  type IndexHarness,
  indexConformance,
} from "@seglog/index/conformance";
import { describe, expect, it } from "vitest";

type Factory = () => Promise<IndexHarness>;

/** By name; with `true` those that outlive closing. */
const implementations: readonly (readonly [string, Factory, true?])[] = [
  ["memoryIndex", inMemory(memoryIndex, true)],
  ["sparseIndex, every entry kept", inMemory(() => sparseIndex({ bytesBetween: 1 }), true)],
  ["sparseIndex, 64 bytes between", inMemory(() => sparseIndex({ bytesBetween: 64 }), false)],
  ["sparseIndex, 4096 bytes between", inMemory(sparseIndex, false)],
  [
    "sparseIndex, one entry kept",
    inMemory(() => sparseIndex({ bytesBetween: Number.MAX_SAFE_INTEGER }), false),
  ],
  ["a decorated memoryIndex", inMemory(() => decorated(memoryIndex()), true)],
  ["openMappedIndex over memory", overMemory(4096), true],
  ["openMappedIndex over memory, grown by single entries", overMemory(1), true],
  ...availableMappers().map(
    (mapper) => [`openMappedIndex over ${mapper}`, overDisk(mapper), true] as const,
  ),
];

for (const [implementation, factory, persistent = false] of implementations) {
  describe(implementation, () => {
    const cases: readonly ConformanceCase[] = indexConformance(factory, { persistent });
    for (const { name, run } of cases) it(name, run);
  });
}

describe("the kit", () => {
  const PERSISTENT = { persistent: true };
  const notRun = () => Promise.reject(new Error("not run"));
  const without = indexConformance(notRun).map(({ name }) => name);

  it("names each case once", () => {
    const names = indexConformance(notRun, PERSISTENT).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(without.length);
  });

  it("refuses a trait that it does not know, when it is called", () => {
    expect(() => indexConformance(notRun, { persistant: true } as object)).toThrow(
      /traits\.persistant must be absent: the known options are persistent/,
    );
  });

  it("fails what a trait asks for where the harness cannot do it", async () => {
    const cases = indexConformance(inMemory(memoryIndex, true), PERSISTENT);
    for (const { name, run } of cases) {
      if (!without.includes(name)) await expect(run(), name).rejects.toThrow("no reopen");
    }
  });

  it("fails where a harness can reopen and no trait asks for it", async () => {
    const [first] = indexConformance(overMemory(1));
    await expect(first?.run()).rejects.toMatchObject({ context: { name: "traits.persistent" } });
  });
});

function inMemory(make: () => Index, exact: boolean): Factory {
  return async () => ({ open: async () => make(), exact, dispose: async () => {} });
}

function overMemory(growEntries: number): Factory {
  return async () => {
    const fs = memoryFileSystem();
    const open = () => openMappedIndex({ fs, path: "x.index", growEntries });
    return { open, reopen: open, exact: true, dispose: async () => {} };
  };
}

function overDisk(mapper: ReturnType<typeof availableMappers>[number]): Factory {
  return async () => {
    const fs = nodeFileSystem({ mapper });
    const directory = await mkdtemp(join(tmpdir(), "seglog-index-"));
    const open = () => openMappedIndex({ fs, path: join(directory, "x.index") });
    const dispose = () => rm(directory, { recursive: true });
    return { open, reopen: open, exact: true, dispose };
  };
}

function decorated(inner: Index): Index {
  return {
    get nextOffset() {
      return inner.nextOffset;
    },
    get bytes() {
      return inner.bytes;
    },
    write: (offset, position) => inner.write(offset, position),
    read: (offset) => inner.read(offset),
    floor: (offset) => inner.floor(offset),
    truncate: (offset) => inner.truncate(offset),
    sync: () => inner.sync(),
    close: () => inner.close(),
  };
}
