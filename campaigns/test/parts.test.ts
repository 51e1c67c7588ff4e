import { describe, expect, test } from "vitest";
import { crashCampaign, faultCampaign } from "../src/campaigns.mjs";
import { crashWorkload } from "../src/crash.mjs";
import { loadParts } from "../src/load-parts.mjs";
import { CRASH_SAMPLE } from "../src/replay.mjs";
import type { Plant } from "../src/session.mjs";
import { makeWorkload } from "../src/workload.mjs";
import { syncsByFlushing } from "./plants.mjs";

const TIMEOUT_MS = 90_000;
const PARTS = ["compressed-store", "small-store", "map-index"];
const pathOfPart = (name: string) => new URL(`../parts/${name}.mjs`, import.meta.url).pathname;
/** Counts bound the work, so that a busy machine does no less. */
const OPTIONS = { seed: 7, budgetMs: TIMEOUT_MS };

for (const name of PARTS) {
  describe(`a log with the parts of ${name}`, { timeout: TIMEOUT_MS }, () => {
    test("keeps what it acknowledged through power cuts", async () => {
      const plant = await loadParts(pathOfPart(name));
      const { violations, counts } = await crashCampaign({ ...OPTIONS, plant, statesMax: 200 });
      expect(violations).toEqual([]);
      expect(counts["states"]).toBe(200);
    });

    test("keeps what it acknowledged when the disk fails", async () => {
      const plant = await loadParts(pathOfPart(name));
      const { violations, counts } = await faultCampaign({ ...OPTIONS, plant, faultsMax: 60 });
      expect(violations).toEqual([]);
      expect(counts["faults"]).toBe(60);
    });
  });
}

test("a store around a lying one is found", { timeout: TIMEOUT_MS }, async () => {
  const compressed = await loadParts(pathOfPart("compressed-store"));
  const plant: Plant = (options, tools) => compressed(syncsByFlushing(options, tools), tools);
  let found = false;
  for (let seed = 14; seed < 20 && !found; seed++) {
    const { violation } = await crashWorkload(makeWorkload(seed), { ...CRASH_SAMPLE, plant });
    found = violation !== undefined;
  }
  expect(found).toBe(true);
});

test("a module without a function for parts is refused", async () => {
  const path = new URL("../src/random.mjs", import.meta.url).pathname;
  await expect(loadParts(path)).rejects.toThrow(/no default export/);
});
