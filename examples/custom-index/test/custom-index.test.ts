import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { indexConformance } from "@seglog/index/conformance";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fillAndReopen } from "../src/fill-and-reopen.mjs";
import { mapIndex } from "../src/map-index.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-custom-index-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a log with it is read as any other, leaves no index file, and makes each index anew", async () => {
  const { segments, rebuilt, files } = await fillAndReopen(directory);
  expect(segments).toBeGreaterThan(1);
  expect(rebuilt).toBe(segments);
  expect(files.filter((name) => name.endsWith(".store"))).toHaveLength(segments);
  expect(files.filter((name) => name.endsWith(".index"))).toEqual([]);
});

describe("it keeps the promises of an index", () => {
  const harness = async () => ({
    open: async () => mapIndex(),
    exact: true,
    dispose: async () => {},
  });
  for (const { name, run } of indexConformance(harness)) test(name, run);
});
