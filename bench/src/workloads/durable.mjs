import { rm } from "node:fs/promises";
import { appendCallers } from "../append-callers.mjs";
import { contenderOf, freshDirectory } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { rawSyncs } from "../raw/raw-syncs.mjs";
import { makeRecords } from "../records.mjs";
import { someOf } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORD_BYTES = 128;
const CALLERS = Object.freeze([1, 16, 64, 256, 1024, 4096]);
/** Above it, reading back what was acknowledged would take longer than the measurement. */
const CHECKED_RECORDS_MAX = 200_000;

/** @type {import("../contract.ts").Workload} */
export const durable = Object.freeze({
  id: "durable",
  title: "Durable append of 128 B by concurrent callers",
  about:
    "Each caller appends again once its last append is acknowledged. The raw rows are one " +
    "synchronous loop, whatever the number of callers.",
  cases: (/** @type {Context} */ context) =>
    someOf(context.sizes, CALLERS).map((callers) => caseOf(context, callers)),
});

/**
 * @param {Context} context
 * @param {number} callers
 * @returns {Case}
 */
function caseOf(context, callers) {
  return {
    id: String(callers),
    title: callers === 1 ? "1 caller" : `${callers} callers`,
    metrics: {
      acksPerSecond: { unit: "acks/s", better: "higher" },
      p50Ms: { unit: "ms", better: "lower" },
      p99Ms: { unit: "ms", better: "lower" },
      syncsPerSecond: { unit: "syncs/s", better: "lower" },
      loopDelayP99Ms: { unit: "ms", better: "lower" },
    },
    contenders: [seglog, ...peersFor("durable")]
      .map((peer) => contenderOf(peer, "durable", () => prepare(peer, context, callers)))
      .toSpliced(1, 0, ...rawSyncs(context, frameBytesOf(RECORD_BYTES))),
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {number} callers
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory, sizes }, callers) {
  const own = await freshDirectory(directory);
  const store = await peer.open(own, "durable");
  const { append } = store;
  if (append === undefined) throw new Error("it has no append");
  const records = makeRecords(RECORD_BYTES);
  let acknowledged = 0;
  return {
    round: async () => {
      const syncsBefore = store.syncs?.() ?? Number.NaN;
      const result = await appendCallers(append, { records, callers, forMs: sizes.roundMs });
      const { count, elapsedMs, latencies, loopDelayP99Ms } = result;
      acknowledged += count;
      const syncs = (store.syncs?.() ?? Number.NaN) - syncsBefore;
      return {
        acksPerSecond: (1000 * count) / elapsedMs,
        p50Ms: latencies.quantile(0.5),
        p99Ms: latencies.quantile(0.99),
        syncsPerSecond: (1000 * syncs) / elapsedMs,
        loopDelayP99Ms,
      };
    },
    close: async () => {
      await store.close();
      if (acknowledged <= CHECKED_RECORDS_MAX) await checkThere(peer, own, acknowledged);
      await rm(own, { recursive: true, force: true });
    },
  };
}

/**
 * @param {Peer} peer
 * @param {string} directory
 * @param {number} acknowledged
 */
async function checkThere(peer, directory, acknowledged) {
  if (peer.settings.scan === undefined) return;
  const store = await peer.open(directory, "scan");
  const seen = await store.scan?.();
  await store.close();
  if (seen?.records !== acknowledged) {
    throw new Error(`${acknowledged} records acknowledged, ${seen?.records} there`);
  }
}
