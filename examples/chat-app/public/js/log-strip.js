import { h } from "./dom.js";
import { formatNumber } from "./format.js";

/** @typedef {import("./api.js").LogSummary} LogSummary */

/**
 * Label, explanation, and where the value comes from.
 *
 * @type {[string, string, (log: LogSummary) => string][]}
 */
const FIELDS = [
  ["first", "first offset that is still held", ({ firstOffset }) => show(firstOffset)],
  ["next", "offset that the next message gets", ({ nextOffset }) => show(nextOffset)],
  ["committed", "messages before this offset are durable", (log) => show(log["committedOffset"])],
  ["segments", "files that the log is split into", ({ segments }) => show(segments)],
  ["stored", "bytes of these files", ({ storeBytes }) => bytes(storeBytes)],
  ["appends", "messages appended since the server started", ({ appends }) => show(appends)],
  ["syncs", "syncs to disk since then: one may cover many appends", ({ syncs }) => show(syncs)],
  [
    "per sync",
    "appends that one sync covered, on average",
    ({ appends, syncs }) => ratio(appends, syncs),
  ],
  ["batch max", "most appends that one sync covered", ({ batchMax }) => show(batchMax)],
  ["last sync", "how long it took", ({ lastSyncMs }) => milliseconds(lastSyncMs)],
  ["mapper", "how the index is mapped into memory", ({ mapper }) => show(mapper)],
];

/** @param {HTMLElement} list */
export function logStrip(list) {
  const values = FIELDS.map(([label, explanation]) => {
    const value = h("dd", {});
    list.append(h("div", { title: explanation }, h("dt", {}, label), value));
    return value;
  });

  /** @param {LogSummary} log */
  return (log) => {
    FIELDS.forEach(([, , read], i) => {
      const value = /** @type {HTMLElement} */ (values[i]);
      const text = read(log);
      if (value.textContent === text) return;
      const changed = value.textContent !== "";
      value.textContent = text;
      if (changed) value.animate([{ color: "var(--accent)" }, {}], { duration: 1200 });
    });
  };
}

/** @param {number | string | undefined} value */
function show(value) {
  if (value === undefined) return "–";
  return typeof value === "number" ? formatNumber(value) : value;
}

/** @param {number | string | undefined} value */
function bytes(value) {
  if (typeof value !== "number") return "–";
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`;
  return `${(value / 1024 / 1024).toFixed(1)} MiB`;
}

/** @param {number | string | undefined} value */
function milliseconds(value) {
  return typeof value === "number" ? `${value.toFixed(2)} ms` : "–";
}

/** @param {number | string | undefined} appends @param {number | string | undefined} syncs */
function ratio(appends, syncs) {
  if (typeof appends !== "number" || typeof syncs !== "number" || syncs === 0) return "–";
  return (appends / syncs).toFixed(1);
}
