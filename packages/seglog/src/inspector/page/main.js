import { drawChart, SPAN_SECONDS } from "./charts.js";
import { element, get } from "./dom.js";
import { bytesText, countText, shortText } from "./format.js";
import { PAGE_RECORDS, showAs, shownRecords, showRecords } from "./records.js";
import { drawSegments } from "./segments.js";
import { offerVerification } from "./verify.js";

/**
 * @typedef {object} State
 * @property {string} path
 * @property {boolean} readOnly
 * @property {number} firstOffset
 * @property {number} committedOffset
 * @property {boolean} isClosed
 * @property {number} storeBytes
 * @property {number} indexBytes
 * @property {number} bytesFull
 * @property {string} mapper
 * @property {readonly {
 *   baseOffset: number, nextOffset: number, storeBytes: number, fill: number, active: boolean,
 *   firstTime?: number, lastTime?: number,
 * }[]} segments
 */
/**
 * @typedef {object} Pulse
 * @property {number} at
 * @property {number} firstOffset
 * @property {number} committedOffset
 * @property {number} storeBytes
 * @property {number} segments
 * @property {number} syncs
 * @property {number} syncMsTotal
 */
/** @typedef {{ at: number, value: number }} Sample */

/** @type {State} */
let state = await get("/api/state");
/** @type {Pulse | undefined} */
let last;
/** @type {Sample[]} */
const rates = [];
/** @type {Sample[]} */
const syncs = [];
const follow = element("follow", HTMLInputElement);

function drawState() {
  const { path, firstOffset, committedOffset, storeBytes, indexBytes, segments, mapper } = state;
  const facts = {
    path,
    "fact-records": countText(committedOffset - firstOffset),
    "fact-offsets": `[${countText(firstOffset)}, ${countText(committedOffset)})`,
    "fact-bytes": `${bytesText(storeBytes)} + ${bytesText(indexBytes)} index`,
    "fact-segments": countText(segments.length),
    "fact-mapper": mapper,
    "fact-state": !state.readOnly ? "open here" : state.isClosed ? "closed" : "open, or killed",
  };
  for (const [id, text] of Object.entries(facts)) element(id, HTMLElement).textContent = text;
  drawSegments(state, shownRecords(), (offset) => void go({ from: offset }));
}

function drawCharts() {
  const now = Date.now();
  const rate = element("rate-chart", HTMLElement);
  drawChart(rate, rates, { unit: "records/s", now });
  element("rate", HTMLElement).textContent = `${shortText(rates.at(-1)?.value ?? 0)} records/s`;
  const empty = state.readOnly ? "known only to the process that writes" : undefined;
  drawChart(element("sync-chart", HTMLElement), syncs, { unit: "ms", now, empty });
  const latest = syncs.at(-1);
  element("sync", HTMLElement).textContent =
    empty !== undefined || latest === undefined ? "" : `${shortText(latest.value)} ms`;
}

/** @param {Pulse} pulse */
async function takePulse(pulse) {
  const before = last;
  last = pulse;
  if (before !== undefined) {
    const seconds = (pulse.at - before.at) / 1000;
    const records = Math.max(0, pulse.committedOffset - before.committedOffset);
    if (seconds > 0) rates.push({ at: pulse.at, value: records / seconds });
    const count = pulse.syncs - before.syncs;
    const value = (pulse.syncMsTotal - before.syncMsTotal) / count;
    if (count > 0) syncs.push({ at: pulse.at, value });
    for (const samples of [rates, syncs]) {
      while ((samples[0]?.at ?? pulse.at) < pulse.at - SPAN_SECONDS * 1000) samples.shift();
    }
  }
  drawCharts();
  const isNews =
    pulse.committedOffset !== state.committedOffset ||
    pulse.firstOffset !== state.firstOffset ||
    pulse.segments !== state.segments.length;
  if (!isNews) return;
  state = await get("/api/state");
  if (follow.checked) await showEnd();
  drawState();
}

/**
 * @param {{ from: number } | { time: number }} where
 * @param {boolean} [toEnd]
 */
async function go(where, toEnd) {
  follow.checked = false;
  await showRecords(where, toEnd);
  drawState();
}

function showEnd() {
  return showRecords({ from: state.committedOffset - PAGE_RECORDS }, true);
}

const END = { from: Number.MAX_SAFE_INTEGER };
/** @type {Readonly<Record<string, () => { from: number }>>} */
const PAGES = {
  first: () => ({ from: 0 }),
  older: () => ({ from: (shownRecords() ?? END).from - PAGE_RECORDS }),
  newer: () => ({ from: shownRecords()?.to ?? 0 }),
  last: () => ({ from: state.committedOffset - PAGE_RECORDS }),
};
for (const [id, where] of Object.entries(PAGES)) {
  element(id, HTMLButtonElement).addEventListener("click", () => {
    const { from } = where();
    const end = Math.max(0, state.committedOffset - 1);
    void go({ from: Math.min(Math.max(from, state.firstOffset), end) }, id === "last");
  });
}

element("jump", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("where", HTMLInputElement).value.trim().replaceAll(",", "");
  const problem = element("jump-problem", HTMLElement);
  const isOffset = /^\d+$/.test(text);
  const time = Date.parse(text.includes("T") ? text : `${text.replace(" ", "T")}Z`);
  problem.textContent = isOffset || time >= 0 ? "" : "an offset, or a time in UTC";
  if (isOffset) void go({ from: Number(text) });
  else if (time >= 0) void go({ time });
});

for (const choice of document.querySelectorAll("input[name=view]")) {
  choice.addEventListener("change", () => {
    const { value } = /** @type {HTMLInputElement} */ (choice);
    showAs(/** @type {import("./format.js").View} */ (value));
  });
}

follow.addEventListener("change", () => {
  if (follow.checked) void showEnd().then(drawState);
});
addEventListener("resize", () => {
  drawState();
  drawCharts();
});

offerVerification();
await showEnd();
drawState();
drawCharts();
const connection = element("connection", HTMLElement);
const events = new EventSource("/api/live");
/** @param {"live" | "lost"} text */
const connected = (text) => {
  connection.dataset["state"] = text;
  connection.textContent = text;
};
events.addEventListener("open", () => connected("live"));
events.addEventListener("error", () => connected("lost"));
events.addEventListener("failure", ({ data }) => {
  events.close();
  connected("lost");
  connection.textContent = JSON.parse(data).message;
});
events.addEventListener("pulse", ({ data }) => void takePulse(JSON.parse(data)));
