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

const TRAITS = { durable: true, follows: true, restorable: true };
const root = mkdtempSync(join(tmpdir(), "seglog-log-"));
afterAll(() => rm(root, { recursive: true }));
let directories = 0;

const PARTS: readonly (readonly [string, () => KitPlaceParts])[] = [
  ["mapped indexes", () => ({})],
  ["indexes in memory", () => ({ limits: { openIndex: async () => memoryIndex() } })],
  ["sparse indexes", () => ({ limits: { openIndex: async () => sparseIndex() } })],
  ["plain frames", () => ({ limits: { frameFormat: "plain" } })],
  [
    "a decorator",
    () => ({
      decorate: (log) => decorated(log, {}),
      decorateReader: (log) => decorated(log, {}),
    }),
  ],
  [
    "a slow disk",
    () => {
      let calls = 0;
      return { makeFs: () => slowDisk(memoryFileSystem(), () => calls++ % 3) };
    },
  ],
];

describe.each(PARTS)("a log over %s keeps its promises", (_, parts) => {
  for (const { name, run } of logConformance(kitPlaces(parts()), TRAITS)) it(name, run);
});

describe("a log on the disk keeps its promises", () => {
  const factory = async () => {
    const directory = join(root, `${directories++}`);
    return kitPlaces({ makeFs: () => nodeFileSystem(), limits: { directory } })();
  };
  const traits = { follows: true, restorable: true };
  for (const { name, run } of logConformance(factory, traits)) it(name, run);
});

it("the kit's names are unique", () => {
  const cases = logConformance(kitPlaces(), TRAITS);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

it("the kit refuses a trait that it does not know, when it is called", () => {
  expect(() => logConformance(kitPlaces(), { restoreable: true } as object)).toThrow(
    /traits\.restoreable must be absent: the known options are durable, follows, restorable/,
  );
});

it("the kit fails what a trait asks for where the place cannot do it", async () => {
  const factory = async () => {
    const { open, dispose } = await kitPlaces()();
    return { open, dispose };
  };
  const without = new Set(logConformance(factory).map(({ name }) => name));
  const cases = logConformance(factory, TRAITS).filter(({ name }) => !without.has(name));
  expect(cases.length).toBeGreaterThan(10);
  for (const { name, run } of cases) {
    await expect(run(), name).rejects.toThrow(/the place has no (crash|openReader|restore)/);
  }
});
