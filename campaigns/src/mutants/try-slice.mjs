// Runs one slice, and prints what came of it as one line of JSON: in a process of its own, so that
// a mutant can be planted in it, and may do what it wants.
import { SLICES } from "../slices.mjs";

/** @typedef {import("../slices.mjs").CampaignName} CampaignName */
/**
 * @typedef {{ counts: Record<string, number>, violation: string | undefined, seconds: number,
 *   planted: readonly string[] }} SliceOutcome
 */

const [campaign = "", seed = "", budgetMs = ""] = process.argv.slice(2);
const slice = SLICES[/** @type {CampaignName} */ (campaign)];
const begun = performance.now();
const { counts, violations } = await slice({
  seed: Number(seed),
  budgetMs: Number(budgetMs),
  violationsMax: 1,
  shrinkMsMax: 0,
});
/** @type {SliceOutcome} */
const outcome = {
  counts,
  violation: violations[0],
  seconds: (performance.now() - begun) / 1000,
  planted: Reflect.get(globalThis, "seglogPlanted") ?? [],
};
console.log(JSON.stringify(outcome));
if (violations.length > 0) process.exitCode = 1;
