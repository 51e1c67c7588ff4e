import { contenderOf, pacedRounds } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { PacedCount } from "../paced-count.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { rawStreams } from "../raw/raw-writes.mjs";
import { makeRecords } from "../records.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORD_BYTES = Object.freeze([10, 128, 1024, 16 * 1024]);
/** With framing. */
const STREAM_BYTES = 512 * 2 ** 20;

/** @type {import("../contract.ts").Workload} */
export const stream = Object.freeze({
  id: "stream",
  title: "Durable stream",
  about:
    "Written as fast as it goes, with back-pressure, until a closing sync has finished: 512 MiB " +
    "with framing, for slow peers less. A peer that is not durable append by append is so here.",
  cases: (/** @type {Context} */ context) =>
    RECORD_BYTES.map((recordBytes) => caseOf(context, recordBytes)),
});

/**
 * @param {Context} context
 * @param {number} recordBytes
 * @returns {Case}
 */
function caseOf(context, recordBytes) {
  const frameBytes = frameBytesOf(recordBytes);
  const bytes = scaled(context.sizes, STREAM_BYTES, 2 ** 20);
  const count = Math.floor(bytes / frameBytes);
  return {
    id: String(recordBytes),
    title: `${recordBytes} B`,
    metrics: {
      recordsPerSecond: { unit: "records/s", better: "higher" },
      mibPerSecond: { unit: "MiB/s", better: "higher" },
    },
    contenders: [
      contenderOf(seglog, "write", () => prepare(seglog, context, { recordBytes, count })),
      ...rawStreams(context, { count, frameBytes }),
      ...peersFor("write")
        .filter(({ id }) => id !== "better-sqlite3-full")
        .map((peer) =>
          contenderOf(peer, "write", () => prepare(peer, context, { recordBytes, count })),
        ),
    ],
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {{ recordBytes: number, count: number }} what
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory, sizes }, { recordBytes, count: full }) {
  const records = makeRecords(recordBytes);
  const paced = new PacedCount(full, 2 * sizes.roundMs);
  return pacedRounds(directory, paced, async (own) => {
    const store = await peer.open(own, "write", recordBytes);
    if (!store.writeSingles || !store.sync) throw new Error("it has no stream");
    const { count } = paced;
    const from = performance.now();
    await store.writeSingles(records, count);
    await store.sync();
    const elapsed = performance.now() - from;
    paced.done(elapsed);
    const last = await store.readMany?.(Uint32Array.of(count - 1));
    await store.close();
    if (last !== undefined && last.bytes !== recordBytes) {
      throw new Error(`the last of ${count} records has ${last.bytes} bytes`);
    }
    return {
      recordsPerSecond: (1000 * count) / elapsed,
      mibPerSecond: (1000 * count * frameBytesOf(recordBytes)) / 2 ** 20 / elapsed,
    };
  });
}
