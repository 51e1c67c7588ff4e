import Table from "cli-table3";
import { short } from "./format.mjs";

/** @typedef {import("./contract.ts").BenchResult} BenchResult */
/** @typedef {import("./contract.ts").Ratio} Ratio */
/**
 * @typedef {object} Comparison
 * @property {string} what
 * @property {Ratio} before
 * @property {Ratio} after
 * @property {number} change  how many times as good as before
 * @property {"slower" | "faster" | "same"} verdict
 */

/** Of fewer, all of one lie above all of the other by chance too often. */
const ROUNDS_LEAST = 4;
/** Less is not worth a word. */
const CHANGE_LEAST = 0.05;

/**
 * By ratios to the raw operation, which the machine slows down as well, never by times. It counts
 * as a change only where every round of one run is worse than every round of the other: of five
 * rounds each, chance does that once in 126.
 *
 * @param {BenchResult} before
 * @param {BenchResult} after
 * @returns {Comparison[]} what became slower first
 * @throws when they were made with different sizes: they are then not of the same thing
 */
export function compareResults(before, after) {
  const sizes = [before, after].map(({ options }) => options.sizes);
  if (JSON.stringify(sizes[0]) !== JSON.stringify(sizes[1])) {
    throw new Error(`different sizes: ${JSON.stringify(sizes)}`);
  }
  const earlier = ratiosToBaselines(before);
  const comparisons = [...ratiosToBaselines(after)].flatMap(([what, now]) => {
    const then = earlier.get(what);
    return then === undefined ? [] : [compareRatios(what, then, now)];
  });
  return comparisons.sort((a, b) => a.change - b.change);
}

/**
 * @param {string} what
 * @param {Ratio} before
 * @param {Ratio} after
 * @returns {Comparison}
 */
export function compareRatios(what, before, after) {
  const change = after.median / before.median;
  const slower = after.max < before.min && change < 1 - CHANGE_LEAST;
  const faster = after.min > before.max && change > 1 + CHANGE_LEAST;
  return { what, before, after, change, verdict: slower ? "slower" : faster ? "faster" : "same" };
}

/**
 * @param {readonly Comparison[]} comparisons
 * @returns {string}
 */
export function comparisonTable(comparisons) {
  const style = process.stdout.isTTY ? {} : { style: { head: [], border: [] } };
  const table = new Table({ head: ["against raw", "before", "after", "change", ""], ...style });
  for (const { what, before, after, change, verdict } of comparisons) {
    if (verdict === "same") continue;
    table.push([what, middle(before), middle(after), `${change.toFixed(2)} x`, verdict]);
  }
  const count = (/** @type {string} */ wanted) =>
    comparisons.filter(({ verdict }) => verdict === wanted).length;
  return (
    `${count("slower") + count("faster") > 0 ? `${table}\n` : ""}` +
    `${count("slower")} slower, ${count("faster")} faster, ${count("same")} within the spread`
  );
}

/** @param {Ratio} ratio */
function middle({ median, min, max }) {
  return `${short(median)} x (${short(min)} to ${short(max)})`;
}

/**
 * @param {BenchResult} result
 * @returns {Map<string, Ratio>}
 */
function ratiosToBaselines({ workloads }) {
  const found = new Map();
  for (const { id, cases } of workloads) {
    for (const each of cases) {
      if (each.contenders.every(({ rounds }) => rounds.length < ROUNDS_LEAST)) continue;
      const roles = new Map(each.contenders.map((contender) => [contender.id, contender.role]));
      for (const ratio of each.ratios) {
        if (roles.get(ratio.to) !== "baseline") continue;
        found.set(`${id} ${each.id}: ${ratio.of} to ${ratio.to}`, ratio);
      }
    }
  }
  return found;
}
