import { accessSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { peers } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { makeRecords } from "../records.mjs";

// Appends under strace: first one by one, then by some callers at once. Before each append and
// after each acknowledgement it asks for a file that is not there, which shows in the trace.
const [id = "", directory = "", appends = "0", callers = "0"] = process.argv.slice(2);
const peer = [seglog, ...peers].find((each) => each.id === id);
if (peer === undefined) throw new Error(`no peer ${id}`);
const store = await peer.open(directory, "durable");
const { append } = store;
if (append === undefined) throw new Error("it has no append");
const records = makeRecords(128);
let number = 0;

// what only the first one syncs is not counted
await append(/** @type {Uint8Array} */ (records[0]));
await appendAll("one", Number(appends));
await Promise.all(
  Array.from({ length: Number(callers) }, () => appendAll("many", Number(appends))),
);
process.exit(0); // closing might make up for what was acknowledged too early

/**
 * @param {string} phase
 * @param {number} count
 */
async function appendAll(phase, count) {
  for (let i = 0; i < count; i++) {
    const own = number++;
    // the callers get out of step: some then come while a sync for others is under way
    if (phase === "many") await setTimeout((own * 7) % 5);
    mark(`${phase}-call-${own}`);
    await append?.(/** @type {Uint8Array} */ (records[own % records.length]));
    mark(`${phase}-ack-${own}`);
  }
}

/** @param {string} text */
function mark(text) {
  try {
    accessSync(`/seglog-bench-mark-${text}`);
  } catch {
    // it is not there on purpose: only the call matters
  }
}
