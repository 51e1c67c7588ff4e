import { memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
import { indexConformance } from "@seglog/index/conformance";
import { describe, it } from "vitest";

function inMemory(make: () => Index, exact: boolean) {
  return indexConformance(async () => ({
    open: async () => make(),
    exact,
    dispose: async () => {},
  }));
}

describe.each([
  ["memory", inMemory(memoryIndex, true)],
  ["sparse 1", inMemory(() => sparseIndex({ bytesBetween: 1 }), true)],
  ["sparse 64", inMemory(() => sparseIndex({ bytesBetween: 64 }), false)],
  ["sparse default", inMemory(() => sparseIndex(), false)],
  ["sparse max", inMemory(() => sparseIndex({ bytesBetween: Number.MAX_SAFE_INTEGER }), false)],
])("%s", (_, cases) => {
  for (const { name, run } of cases) it(name, run);
});

describe("mapped over memory", () => {
  const cases = indexConformance(async () => {
    const fs = memoryFileSystem();
    const open = () => openMappedIndex({ fs, path: "x.index" });
    return { open, reopen: open, exact: true, dispose: async () => {} };
  });
  for (const { name, run } of cases) it(name, run);
});
