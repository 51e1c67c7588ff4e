import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryFileSystem } from "@seglog/fs";
import { openFileStore } from "@seglog/store";
import { storeConformance } from "@seglog/store/conformance";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compareSizes } from "../src/compare-sizes.mjs";
import { compressedStore } from "../src/compressed-store.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-custom-store-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("the same lines take less than half of the bytes, and are read as they were", async () => {
  const { plainBytes, compressedBytes } = await compareSizes(directory);
  expect(plainBytes).toBeGreaterThan(100_000);
  expect(compressedBytes).toBeLessThan(plainBytes / 2);
});

describe("it keeps the promises of a store", () => {
  const place = async () => {
    const fs = memoryFileSystem();
    const open = async () => compressedStore(await openFileStore({ fs, path: "a.store" }));
    return { open, dispose: async () => {} };
  };
  for (const { name, run } of storeConformance(place, { persistent: true })) test(name, run);
});
