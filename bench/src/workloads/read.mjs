import { contenderOf } from "../contenders.mjs";
import { loadCountOf, loadStore, saysItsLoad } from "../load-store.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog, seglogView } from "../peers/seglog.mjs";
import { rawReads } from "../raw/raw-reads.mjs";
import { checkSeen, randomNumbers, seenOf } from "../records.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */
/** @typedef {import("../contract.ts").Seen} Seen */

const RECORDS = 1_000_000;
const READS_AT_ONCE = 2000;

/** @type {import("../contract.ts").Workload} */
export const read = Object.freeze({
  id: "read",
  title: "Random read of 1 million records, warm",
  about: "Each contender reads the same random numbers, from what it has just written.",
  cases: (/** @type {Context} */ context) =>
    [128, 1024].map((recordBytes) => caseOf(context, recordBytes)),
});

/**
 * @param {Context} context
 * @param {number} recordBytes
 * @returns {Case}
 */
function caseOf(context, recordBytes) {
  const count = scaled(context.sizes, RECORDS, 1000);
  const peers = [seglog, seglogView, ...peersFor("read")].map((peer) =>
    saysItsLoad(peer, count, recordBytes),
  );
  const contenders = peers.map((peer) =>
    contenderOf(peer, "read", () => prepare(peer, context, { count, recordBytes })),
  );
  return {
    id: String(recordBytes),
    title: `${recordBytes} B`,
    metrics: { readsPerSecond: { unit: "reads/s", better: "higher" } },
    contenders: contenders.toSpliced(2, 0, ...rawReads(context, { count, recordBytes })),
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {{ count: number, recordBytes: number }} what
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory, sizes }, { count: full, recordBytes }) {
  const count = loadCountOf(peer.id, full, recordBytes);
  const loaded = await loadStore(peer, { parent: directory, purpose: "read", count, recordBytes });
  const { store, remove } = loaded;
  const readMany = store.readMany?.bind(store);
  if (readMany === undefined) throw new Error("it has no random read");
  return {
    round: () => readFor(readMany, { count, recordBytes, forMs: sizes.roundMs }),
    close: async () => {
      await store.close();
      await remove();
    },
  };
}

/**
 * @param {(numbers: Uint32Array) => Promise<Seen>} readMany
 * @param {{ count: number, recordBytes: number, forMs: number }} what
 */
export async function readFor(readMany, { count, recordBytes, forMs }) {
  const chunks = Array.from({ length: 64 }, (_, seed) =>
    randomNumbers(READS_AT_ONCE, count, seed + 1),
  );
  const expected = chunks.map((numbers) => seenOf(numbers, recordBytes));
  let reads = 0;
  let elapsed = 0;
  const from = performance.now();
  for (let turn = 0; elapsed < forMs; turn = (turn + 1) % chunks.length) {
    const seen = await readMany(/** @type {Uint32Array} */ (chunks[turn]));
    checkSeen(seen, /** @type {Seen} */ (expected[turn]));
    reads += seen.records;
    elapsed = performance.now() - from;
  }
  return { readsPerSecond: (1000 * reads) / elapsed };
}
