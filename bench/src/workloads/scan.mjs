import { contenderOf } from "../contenders.mjs";
import { loadCountOf, loadStore, saysItsLoad } from "../load-store.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog, seglogByRecord, seglogLent } from "../peers/seglog.mjs";
import { rawScans } from "../raw/raw-reads.mjs";
import { checkSeen, seenOfAll } from "../records.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORDS = 1_000_000;
const RECORD_BYTES = 128;
const DIRECTIONS = /** @type {const} */ (["forward", "reverse"]);

/** @type {import("../contract.ts").Workload} */
export const scan = Object.freeze({
  id: "scan",
  title: "Scan of 1 million records of 128 B",
  about:
    "All records in order, warm. seglog verifies the checksum of each; of the others only " +
    "classic-level has any, and is not told to verify them.",
  cases: (/** @type {Context} */ context) =>
    DIRECTIONS.map((direction) => caseOf(context, direction)),
});

/**
 * @param {Context} context
 * @param {"forward" | "reverse"} direction
 * @returns {Case}
 */
function caseOf(context, direction) {
  const count = scaled(context.sizes, RECORDS, 1000);
  const peers = [seglog, seglogLent, seglogByRecord, ...peersFor("scan")];
  const contenders = peers
    .map((peer) => saysItsLoad(peer, count, RECORD_BYTES))
    .map((peer) => contenderOf(peer, "scan", () => prepare(peer, context, { count, direction })));
  return {
    id: direction,
    title: direction === "forward" ? "first to last" : "last to first",
    metrics: { recordsPerSecond: { unit: "records/s", better: "higher" } },
    contenders: contenders.toSpliced(
      3,
      0,
      ...rawScans(context, { count, recordBytes: RECORD_BYTES }),
    ),
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {{ count: number, direction: "forward" | "reverse" }} what
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory }, { count: full, direction }) {
  const count = loadCountOf(peer.id, full, RECORD_BYTES);
  const what = { parent: directory, purpose: /** @type {const} */ ("scan"), count };
  const { store, remove } = await loadStore(peer, { ...what, recordBytes: RECORD_BYTES });
  const close = async () => {
    await store.close();
    await remove();
  };
  const method = direction === "forward" ? store.scan : store.scanReverse;
  if (method === undefined) {
    await close();
    throw new Error(`it has no scan ${direction}`);
  }
  const expected = seenOfAll(count, RECORD_BYTES);
  return {
    round: async () => {
      const from = performance.now();
      const seen = await method.call(store);
      const elapsed = performance.now() - from;
      checkSeen(seen, expected);
      return { recordsPerSecond: (1000 * count) / elapsed };
    },
    close,
  };
}
