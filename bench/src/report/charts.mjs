import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { short } from "../format.mjs";

/** @typedef {import("../contract.ts").BenchResult} BenchResult */
/** @typedef {import("../contract.ts").CaseResult} CaseResult */
/** @typedef {import("../contract.ts").ContenderResult} ContenderResult */
/** @typedef {import("../contract.ts").WorkloadResult} WorkloadResult */

/** @typedef {{ name: string, role: string, value: number } & Record<string, unknown>} Point */

const WIDTH = 860;
const ROW_HEIGHT = 17;
const LINES_HEIGHT = 560;
/** Between two labels at the end of lines. */
const LABEL_HEIGHT = 16;
const COLORS = Object.freeze({
  domain: ["ours", "baseline", "peer"],
  range: ["#c8102e", "#555555", "#1f77b4"],
});
const STYLE = Object.freeze({
  background: "white",
  color: "black",
  fontFamily: "sans-serif",
  fontSize: "11px",
});

/**
 * @param {BenchResult} result
 * @returns {Map<string, string>} by workload, an SVG
 */
export function chartsOf({ workloads }) {
  return new Map(
    workloads
      .map((workload) => /** @type {const} */ ([workload.id, chartOf(workload)]))
      .filter(([, svg]) => svg !== ""),
  );
}

/** @param {WorkloadResult} workload */
function chartOf(workload) {
  if (workload.id === "durable") return durableChart(workload);
  if (workload.id === "growth") return growthChart(workload);
  return dotChart(workload);
}

/**
 * A row for each contender: the median, and a line from the least to the most of the rounds.
 *
 * @param {WorkloadResult} workload
 */
function dotChart({ title, cases }) {
  const rows = cases.flatMap((each) => {
    const [metric = ""] = Object.keys(each.metrics);
    return measuredOf(each).map(({ name, role, durable, summary }) => ({
      case: each.title,
      name: labelOf(name, durable),
      role,
      ...summary[metric],
    }));
  });
  if (rows.length === 0) return "";
  const names = new Set(rows.map(({ name }) => name));
  const [first] = cases;
  const [{ unit, better } = { unit: "", better: "higher" }] = Object.values(first?.metrics ?? {});
  const end = better === "higher" ? "more is better" : "less is better";
  return svgOf({
    width: WIDTH,
    height: 70 + ROW_HEIGHT * names.size * cases.length,
    marginLeft: 245,
    marginRight: 150,
    x: { type: "log", label: `${title}: ${unit}, ${end}`, grid: true, tickFormat: short },
    y: { domain: [...names], label: null },
    fy: { label: null, domain: cases.map((each) => each.title) },
    color: COLORS,
    marks: [
      Plot.link(rows, { x1: "min", x2: "max", y1: "name", y2: "name", fy: "case", stroke: "role" }),
      Plot.dot(rows, { x: "median", y: "name", fy: "case", fill: "role", r: 3.5 }),
    ],
  });
}

/**
 * Acknowledgements by the number of callers, a line for each contender.
 *
 * @param {WorkloadResult} workload
 */
function durableChart({ title, cases }) {
  const rows = cases.flatMap((each) =>
    measuredOf(each).map(({ name, role, durable, summary }) => ({
      callers: Number(each.id),
      name: labelOf(name, durable),
      role,
      value: summary["acksPerSecond"]?.median ?? Number.NaN,
    })),
  );
  return lineChart(rows, {
    x: { key: "callers", label: "callers at once" },
    label: `${title}: acks/s, more is better`,
  });
}

/**
 * Each metric of a log against that of the smallest one.
 *
 * @param {WorkloadResult} workload
 */
function growthChart({ title, cases }) {
  const charts = cases.flatMap((each) => {
    const measured = measuredOf(each);
    const [least] = measured;
    return Object.keys(each.metrics).flatMap((metric) =>
      measured.map(({ id, summary }) => ({
        amount: Number(/\d+/.exec(id)?.[0]),
        name: `${metric}, by ${each.id}`,
        role: each.id === "segments" ? "ours" : "peer",
        value: (summary[metric]?.median ?? Number.NaN) / (least?.summary[metric]?.median ?? 1),
      })),
    );
  });
  return lineChart(charts, {
    x: { key: "amount", label: "segments, or records" },
    label: `${title}: times the figure of the smallest log`,
  });
}

/**
 * @param {readonly Point[]} rows
 * @param {{ x: { key: string, label: string }, label: string }} axes
 */
function lineChart(rows, { x, label }) {
  if (rows.length === 0) return "";
  const ends = [...new Map(rows.map((row) => [row.name, row])).values()];
  ends.sort((a, b) => a.value - b.value);
  const values = rows.map(({ value }) => value);
  const range = Math.max(...values) / Math.min(...values);
  const gap = range ** (LABEL_HEIGHT / (LINES_HEIGHT - 50)); // the axis is logarithmic
  let below = 0;
  const labels = ends.map((row) => {
    below = Math.max(row.value, below * gap);
    return { ...row, value: below };
  });
  const line = { x: x.key, y: "value", z: "name", stroke: "role" };
  return svgOf({
    width: WIDTH,
    height: LINES_HEIGHT,
    marginLeft: 60,
    marginRight: 250,
    x: { type: "log", label: x.label, grid: true, tickFormat: short },
    y: { type: "log", label, grid: true, tickFormat: short },
    color: COLORS,
    marks: [
      Plot.line(rows, line),
      Plot.dot(rows, { x: x.key, y: "value", fill: "role", r: 2.5 }),
      Plot.text(labels, {
        x: x.key,
        y: "value",
        text: "name",
        fill: "role",
        textAnchor: "start",
        dx: 8,
      }),
    ],
  });
}

/** @param {object} options */
function svgOf(options) {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = Plot.plot({ ...options, document, style: STYLE }).outerHTML;
  // a hundredth of a pixel is enough
  const rounded = svg.replace(/\d+\.\d{3,}/g, (digits) =>
    String(Number(Number(digits).toFixed(2))),
  );
  return `${rounded.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

/** @param {CaseResult} result @returns {ContenderResult[]} */
function measuredOf({ contenders }) {
  return contenders.filter(({ status }) => status === "measured");
}

/**
 * @param {string} name  as on a page
 * @param {boolean} durable
 */
function labelOf(name, durable) {
  const plain = name.replaceAll("`", "");
  return durable ? plain : `${plain} (not durable)`;
}
