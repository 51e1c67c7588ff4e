import { max, median, min, quantile } from "d3-array";

/** @typedef {import("./contract.ts").Summary} Summary */
/** @typedef {import("./contract.ts").ContenderResult} ContenderResult */
/** @typedef {import("./contract.ts").Metric} Metric */
/** @typedef {import("./contract.ts").Ratio} Ratio */
/** @typedef {import("./contract.ts").Sample} Sample */

/**
 * @param {readonly number[]} values  at least one
 * @returns {Summary}
 */
export function summarize(values) {
  return {
    median: median(values) ?? Number.NaN,
    min: min(values) ?? Number.NaN,
    max: max(values) ?? Number.NaN,
    q1: quantile(values, 0.25) ?? Number.NaN,
    q3: quantile(values, 0.75) ?? Number.NaN,
  };
}

/**
 * @param {readonly Sample[]} rounds
 * @returns {Record<string, Summary>} by metric; only what every round has
 */
export function summarizeRounds(rounds) {
  const names = Object.keys(rounds[0] ?? {});
  const complete = names.filter((name) => rounds.every((round) => Number.isFinite(round[name])));
  return Object.fromEntries(
    complete.map((name) => [name, summarize(rounds.map((round) => metricOf(round, name)))]),
  );
}

/**
 * Each of ours against every other one: formed within each round, so that a slow spell of the
 * machine meets both sides, and then summarized.
 *
 * @param {Readonly<Record<string, Metric>>} metrics  the first one counts
 * @param {readonly ContenderResult[]} contenders
 * @returns {Ratio[]}
 */
export function ratiosOf(metrics, contenders) {
  const [[name, { better }] = ["", { better: "higher" }]] = Object.entries(metrics);
  const measured = contenders.filter(({ status }) => status === "measured");
  const ours = measured.filter(({ role }) => role === "ours");
  return ours.flatMap((of) =>
    measured
      .filter((to) => to.role !== "ours")
      .flatMap((to) => {
        const rounds = of.rounds.map((round, index) => {
          const mine = metricOf(round, name);
          const other = metricOf(to.rounds[index] ?? {}, name);
          return better === "higher" ? mine / other : other / mine;
        });
        if (!rounds.every(Number.isFinite)) return []; // the other has no such metric
        return [{ of: of.id, to: to.id, ...summarize(rounds) }];
      }),
  );
}

/**
 * @param {Sample} sample
 * @param {string} name
 * @returns {number}
 */
function metricOf(sample, name) {
  return sample[name] ?? Number.NaN;
}
