import Table from "cli-table3";
import { goalTexts, short, spread } from "./format.mjs";

/** @typedef {import("./contract.ts").BenchResult} BenchResult */
/** @typedef {import("./contract.ts").CaseResult} CaseResult */
/** @typedef {import("./contract.ts").WorkloadResult} WorkloadResult */

/** Colours only where somebody sees them. */
const STYLE = process.stdout.isTTY ? {} : { style: { head: [], border: [] } };

/**
 * @param {WorkloadResult} workload
 * @returns {string}
 */
export function workloadTable({ title, seconds, cases }) {
  return [`\n${title} (${seconds} s)`, ...cases.map(caseTable)].join("\n");
}

/** @param {CaseResult} result */
function caseTable({ title, metrics, contenders, ratios }) {
  const names = Object.entries(metrics);
  const heads = names.map(([name, { unit }], n) => (n === 0 ? unit : `${name}, ${unit}`));
  const table = new Table({ head: [title, ...heads, "seglog is"], ...STYLE });
  for (const { id, name, durable, status, reason, summary } of contenders) {
    const label = durable ? name : `${name} (not durable)`;
    if (status !== "measured") {
      table.push([label, { colSpan: names.length + 1, content: `not available: ${reason}` }]);
      continue;
    }
    const cells = names.map(([metric], n) => {
      const found = summary[metric];
      if (found === undefined) return "";
      return n === 0 ? spread(found) : short(found.median);
    });
    const ratio = ratios.find(({ of, to }) => to === id && of.startsWith("seglog"));
    table.push([label, ...cells, ratio === undefined ? "" : `${short(ratio.median)} x`]);
  }
  return table.toString();
}

/**
 * @param {BenchResult["goals"]} goals
 * @returns {string}
 */
export function goalsTable(goals) {
  const table = new Table({ head: ["goal", "measured", "met"], ...STYLE });
  for (const goal of goals) {
    const { goal: text, measured, met } = goalTexts(goal);
    table.push([text, measured, met]);
  }
  return `\nGoals\n${table}`;
}
