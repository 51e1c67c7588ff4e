import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { baseline, contenderOf, freshEachRound, pacedRounds } from "../contenders.mjs";
import { PacedCount } from "../paced-count.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */

const CALLERS = 20;
const RECORDS = 50;
const LEAST_BYTES = 512;
const MOST_BYTES = 2 ** 20;
/** So many records, evenly chosen, are the least, and tell how many a slow peer can do. */
const LEAST_RECORDS = 5;
/** Times the length of other measurements, before a peer gets fewer records. */
const PACE_ROUNDS = 8;

/** @type {import("../contract.ts").Workload} */
export const logfile = Object.freeze({
  id: "logfile",
  title: "logfile's own workload",
  about:
    `${RECORDS} records of ${LEAST_BYTES} B to 1 MiB; ${CALLERS} callers each append all of ` +
    "them, the next once the last is durable. Payload per second; slow peers get fewer records.",
  cases: (/** @type {Context} */ context) => {
    const records = makeSizedRecords(scaled(context.sizes, RECORDS, 2));
    return [caseOf(context, records)];
  },
});

/**
 * @param {Context} context
 * @param {readonly Uint8Array[]} records
 * @returns {import("../contract.ts").Case}
 */
function caseOf(context, records) {
  return {
    id: "all",
    title: `${CALLERS} callers`,
    metrics: { mibPerSecond: { unit: "MiB/s", better: "higher" } },
    contenders: [
      contenderOf(seglog, "durable", () => prepare(seglog, context, records)),
      baseline(
        "raw-growing",
        "raw write + fdatasync, one by one",
        "the same bytes behind each other, `writeSync`, `fdatasyncSync` for each record",
        async () => freshEachRound(context.directory, (own) => rawRound(own, records)),
      ),
      ...peersFor("durable").map((peer) =>
        contenderOf(peer, "durable", () => prepare(peer, context, records)),
      ),
    ],
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {readonly Uint8Array[]} records
 */
async function prepare(peer, { directory, sizes }, records) {
  const paced = new PacedCount(records.length, PACE_ROUNDS * sizes.roundMs, LEAST_RECORDS);
  return pacedRounds(directory, paced, async (own) => {
    const store = await peer.open(own, "durable", MOST_BYTES);
    const { append } = store;
    if (append === undefined) throw new Error("it has no append");
    const chosen = evenly(records, paced.count);
    let acknowledged = 0;
    const from = performance.now();
    const caller = async () => {
      for (const record of chosen) {
        await append(record);
        acknowledged += record.length;
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    const elapsed = performance.now() - from;
    await store.close();
    paced.done(elapsed);
    if (acknowledged !== bytesOf(chosen)) throw new Error(`only ${acknowledged} B acknowledged`);
    return { mibPerSecond: (1000 * acknowledged) / 2 ** 20 / elapsed };
  });
}

/**
 * @param {string} directory
 * @param {readonly Uint8Array[]} records
 */
async function rawRound(directory, records) {
  const file = openSync(join(directory, "raw"), "w");
  let position = 0;
  const from = performance.now();
  for (let caller = 0; caller < CALLERS; caller++) {
    for (const record of records) {
      position += writeSync(file, record, 0, record.length, position);
      fdatasyncSync(file);
    }
  }
  const elapsed = performance.now() - from;
  closeSync(file);
  if (position !== bytesOf(records)) throw new Error(`only ${position} B written`);
  return { mibPerSecond: (1000 * position) / 2 ** 20 / elapsed };
}

/**
 * @param {readonly Uint8Array[]} records
 * @param {number} count
 * @returns {Uint8Array[]}
 */
function evenly(records, count) {
  const step = records.length / count;
  // from the middle of each part, so that few have the same mean length as all
  return Array.from({ length: count }, (_, n) => {
    return /** @type {Uint8Array} */ (records[Math.floor((n + 0.5) * step)]);
  });
}

/** @param {readonly Uint8Array[]} records */
function bytesOf(records) {
  return CALLERS * records.reduce((sum, { length }) => sum + length, 0);
}

/** Lengths in even steps, as text. @param {number} count */
function makeSizedRecords(count) {
  return Array.from({ length: count }, (_, i) => {
    const bytes = LEAST_BYTES + ((MOST_BYTES - LEAST_BYTES) * i) / Math.max(1, count - 1);
    return Buffer.alloc(Math.round(bytes), "x");
  });
}
