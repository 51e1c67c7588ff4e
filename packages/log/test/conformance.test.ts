import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logConformance } from "@seglog/log/conformance";
import { afterAll, describe, expect, it, vi } from "vitest";
import { decorated, type KitPlaceParts, kitPlaces } from "./support/kit-place.ts";
import { memoryFileSystem, memoryIndex, nodeFileSystem, sparseIndex } from "./support/parts.ts";
import { slowDisk } from "./support/slow-disk.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

const root = mkdtempSync(join(tmpdir(), "seglog-log-"));
afterAll(() => rm(root, { recursive: true }));
let directories = 0;

const PARTS: readonly (readonly [string, () => KitPlaceParts])[] = [
  ["mapped indexes", () => ({})],
  ["indexes in memory", () => ({ limits: { openIndex: async () => memoryIndex() } })],
  ["sparse indexes", () => ({ limits: { openIndex: async () => sparseIndex() } })],
  ["plain frames", () => ({ limits: { frameFormat: "plain" } })],
  ["a decorator", () => ({ decorate: (log) => decorated(log, {}) })],
  [
    "a slow disk",
    () => {
      let calls = 0;
      return { makeFs: () => slowDisk(memoryFileSystem(), () => calls++ % 3) };
    },
  ],
];

describe.each(PARTS)("a log over %s keeps its promises", (_, parts) => {
  const traits = { durable: true, restorable: true };
  for (const { name, run } of logConformance(kitPlaces(parts()), traits)) it(name, run);
});

describe("a log on the disk keeps its promises", () => {
  const factory = async () => {
    const directory = join(root, `${directories++}`);
    return kitPlaces({ makeFs: () => nodeFileSystem(), limits: { directory } })();
  };
  for (const { name, run } of logConformance(factory, { restorable: true })) it(name, run);
});

it("the kit's names are unique", () => {
  const cases = logConformance(kitPlaces(), { durable: true, restorable: true });
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});
