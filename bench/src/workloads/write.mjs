import { contenderOf, pacedRounds } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { PacedCount } from "../paced-count.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { rawBufferedWrites } from "../raw/raw-writes.mjs";
import { makeRecords } from "../records.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORD_BYTES = Object.freeze([10, 128, 1024, 16 * 1024]);
const BATCH = 64;
/** Payload and count of a round. */
const ROUND_BYTES = 128 * 2 ** 20;
const ROUND_RECORDS_MAX = 4_000_000;

/** @type {import("../contract.ts").Workload} */
export const write = Object.freeze({
  id: "write",
  title: "Append without waiting for the disk",
  about:
    "The first figure is the time of the calling thread, without what it waits idle for the " +
    "peer to have room; the second runs to the end of a closing sync. At most 4 million records " +
    "or 128 MiB a round; slow peers get fewer.",
  cases: (/** @type {Context} */ context) =>
    RECORD_BYTES.flatMap((recordBytes) =>
      [1, BATCH].map((batch) => caseOf(context, recordBytes, batch)),
    ),
});

/**
 * @param {Context} context
 * @param {number} recordBytes
 * @param {number} batch
 * @returns {Case}
 */
function caseOf(context, recordBytes, batch) {
  const full = Math.min(ROUND_RECORDS_MAX, ROUND_BYTES / recordBytes);
  const count = scaled(context.sizes, full, 1000);
  const what = { recordBytes, batch, count };
  return {
    id: `${recordBytes}-${batch === 1 ? "single" : "batch"}`,
    title: `${recordBytes} B, ${batch === 1 ? "one call each" : `batches of ${batch}`}`,
    metrics: {
      callsPerSecond: { unit: "records/s", better: "higher" },
      syncedPerSecond: { unit: "records/s", better: "higher" },
    },
    contenders: [
      contenderOf(seglog, "write", () => prepare(seglog, context, what)),
      rawBufferedWrites(context, { count, frameBytes: frameBytesOf(recordBytes) }),
      ...peersFor("write").map((peer) =>
        contenderOf(peer, "write", () => prepare(peer, context, what)),
      ),
    ],
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {{ recordBytes: number, batch: number, count: number }} what
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory, sizes }, { recordBytes, batch, count: full }) {
  const records = makeRecords(recordBytes);
  const paced = new PacedCount(full, sizes.roundMs);
  return pacedRounds(directory, paced, async (own) => {
    const store = await peer.open(own, "write", recordBytes);
    const { writeBatches, writeSingles, sync } = store;
    if ((batch > 1 && !writeBatches) || !writeSingles || !sync) {
      await store.close();
      throw new Error("it has no batches");
    }
    const { count } = paced;
    const before = performance.eventLoopUtilization();
    const from = performance.now();
    await (batch > 1
      ? writeBatches?.call(store, records, count, batch)
      : writeSingles.call(store, records, count));
    const { idle } = performance.eventLoopUtilization(before);
    const called = performance.now() - from - idle;
    await sync.call(store);
    const synced = performance.now() - from;
    paced.done(synced);
    await checkLast(store, count, recordBytes);
    await store.close();
    return { callsPerSecond: (1000 * count) / called, syncedPerSecond: (1000 * count) / synced };
  });
}

/**
 * Where it can be read: that the last record is there, and whole.
 *
 * @param {import("../contract.ts").PeerStore} store
 * @param {number} count
 * @param {number} recordBytes
 */
async function checkLast(store, count, recordBytes) {
  const seen = await store.readMany?.(Uint32Array.of(count - 1));
  if (seen !== undefined && seen.bytes !== recordBytes) {
    throw new Error(`the last of ${count} records has ${seen.bytes} bytes, not ${recordBytes}`);
  }
}
