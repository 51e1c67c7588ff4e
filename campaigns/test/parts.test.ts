import { describe, expect, test } from "vitest";
import { crashCampaign, faultCampaign } from "../src/campaigns.mjs";
import { loadParts } from "../src/load-parts.mjs";
import { syncsByFlushing } from "./plants.mjs";

const TIMEOUT_MS = 90_000;
const PARTS = ["compressed-store", "small-store", "map-index"];
const pathOfPart = (name: string) => new URL(`../parts/${name}.mjs`, import.meta.url).pathname;

for (const name of PARTS) {
  describe(`a log with the parts of ${name}`, { timeout: TIMEOUT_MS }, () => {
    test("keeps what it acknowledged through power cuts", async () => {
      const plant = await loadParts(pathOfPart(name));
      const options = { seed: 7, budgetMs: 3000, plant };
      const { violations, counts } = await crashCampaign({ ...options, statesMax: 1000 });
      expect(violations).toEqual([]);
      expect(counts["states"]).toBeGreaterThan(10);
    });

    test("keeps what it acknowledged when the disk fails", async () => {
      const plant = await loadParts(pathOfPart(name));
      const { violations, counts } = await faultCampaign({ seed: 7, budgetMs: 3000, plant });
      expect(violations).toEqual([]);
      expect(counts["faults"]).toBeGreaterThan(10);
    });
  });
}

test("parts that acknowledge early are found", { timeout: TIMEOUT_MS }, async () => {
  const small = await loadParts(pathOfPart("small-store"));
  const found = await crashCampaign({
    seed: 5,
    budgetMs: 1000,
    plant: (options, tools) => syncsByFlushing(small(options, tools), tools),
  });
  // its flush is a sync: nothing to find there
  expect(found.violations).toEqual([]);
  const compressed = await loadParts(pathOfPart("compressed-store"));
  const { violations } = await crashCampaign({
    seed: 5,
    budgetMs: 1000,
    plant: (options, tools) => syncsByFlushing(compressed(options, tools), tools),
  });
  expect(violations).not.toEqual([]);
});

test("a module without a function for parts is refused", async () => {
  const path = new URL("../src/random.mjs", import.meta.url).pathname;
  await expect(loadParts(path)).rejects.toThrow(/no default export/);
});
