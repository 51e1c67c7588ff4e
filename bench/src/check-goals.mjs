import { median } from "d3-array";
import { goals } from "./goals.mjs";

/** @typedef {import("./contract.ts").CaseResult} CaseResult */
/** @typedef {import("./contract.ts").ContenderResult} ContenderResult */
/** @typedef {import("./contract.ts").Goal} Goal */
/** @typedef {import("./contract.ts").GoalResult} GoalResult */
/** @typedef {import("./contract.ts").WorkloadResult} WorkloadResult */

/**
 * @param {readonly WorkloadResult[]} workloads
 * @returns {GoalResult[]} the goals of these workloads, and for each workload that ours is ahead of
 *   every peer in every case
 */
export function checkGoals(workloads) {
  const asked = goals.filter(({ workload }) => workloads.some(({ id }) => id === workload));
  return [...asked.map((goal) => checkGoal(goal, workloads)), ...workloads.flatMap(aheadOfPeers)];
}

/**
 * @param {Goal} goal
 * @param {readonly WorkloadResult[]} workloads
 * @returns {GoalResult}
 */
export function checkGoal(goal, workloads) {
  const found = workloads
    .find(({ id }) => id === goal.workload)
    ?.cases.find(({ id }) => id === goal.case);
  if (found === undefined) return unknown(goal, "not measured in this run");
  const metric = goal.metric ?? Object.keys(found.metrics)[0] ?? "";
  const mine = contenderOf(found, goal.contender);
  if (mine?.status !== "measured") return unknown(goal, mine?.reason ?? "not measured in this run");
  const values = mine.rounds.map((round) => round[metric] ?? Number.NaN);
  if (goal.against === undefined) return judge(goal, median(values));
  const other = contenderOf(found, goal.against);
  if (other?.status !== "measured")
    return unknown(goal, other?.reason ?? "nothing to compare with");
  const otherMetric = goal.againstMetric ?? metric;
  const ratios = values.map((value, n) => value / (other.rounds[n]?.[otherMetric] ?? Number.NaN));
  return judge(goal, median(ratios));
}

/**
 * The peer and case where ours does worst; a peer that is not durable is no rival among those
 * that are.
 *
 * @param {WorkloadResult} workload
 * @returns {GoalResult[]} one, or none where no peer took part
 */
function aheadOfPeers({ id, cases }) {
  if (id === "memory") return []; // what a store holds is told, and no race
  /** @type {GoalResult | undefined} */
  let worst;
  for (const each of cases) {
    const rivals = each.contenders.filter(({ role, durable }) => role === "peer" && durable);
    for (const rival of rivals) {
      // of ours the best: who needs the rate takes that call
      const best = Math.max(...each.ratios.filter(({ to }) => to === rival.id).map(medianOf));
      if (!Number.isFinite(best) || best >= (worst?.measured ?? Number.POSITIVE_INFINITY)) continue;
      const text = `${id}: ahead of every peer; the closest is ${rival.name} at ${each.title}`;
      const goal = { text, workload: id, case: each.id, contender: "seglog", against: rival.id };
      worst = { ...goal, atLeast: 1, measured: best, met: best >= 1 };
    }
  }
  return worst === undefined ? [] : [worst];
}

/** @param {{ median: number }} ratio */
function medianOf({ median: value }) {
  return value;
}

/**
 * @param {Goal} goal
 * @param {number | undefined} measured
 * @returns {GoalResult}
 */
function judge(goal, measured) {
  if (measured === undefined || !Number.isFinite(measured)) return unknown(goal, "no such figure");
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal;
  return { ...goal, measured, met: measured >= atLeast && measured <= atMost };
}

/**
 * @param {Goal} goal
 * @param {string} reason
 * @returns {GoalResult}
 */
function unknown(goal, reason) {
  return { ...goal, measured: undefined, met: undefined, reason };
}

/**
 * @param {CaseResult} found
 * @param {string} wanted
 * @returns {ContenderResult | undefined}
 */
function contenderOf({ contenders }, wanted) {
  return contenders.find(({ id }) => id === wanted);
}
