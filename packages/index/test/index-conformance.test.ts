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
import { describe, it } from "vitest";

type Factory = () => Promise<IndexHarness>;

const implementations: readonly (readonly [string, Factory])[] = [
  ["memoryIndex", inMemory(memoryIndex, true)],
  ["sparseIndex, every entry kept", inMemory(() => sparseIndex({ bytesBetween: 1 }), true)],
  ["sparseIndex, 64 bytes between", inMemory(() => sparseIndex({ bytesBetween: 64 }), false)],
  ["sparseIndex, 4096 bytes between", inMemory(sparseIndex, false)],
  [
    "sparseIndex, one entry kept",
    inMemory(() => sparseIndex({ bytesBetween: Number.MAX_SAFE_INTEGER }), false),
  ],
  ["a decorated memoryIndex", inMemory(() => decorated(memoryIndex()), true)],
  ["openMappedIndex over memory", overMemory(4096)],
  ["openMappedIndex over memory, grown by single entries", overMemory(1)],
  ...availableMappers().map(
    (mapper) => [`openMappedIndex over ${mapper}`, overDisk(mapper)] as const,
  ),
];

describe.each(implementations)("%s", (_, factory) => {
  const cases: readonly ConformanceCase[] = indexConformance(factory);
  for (const { name, run } of cases) it(name, run);
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
