import { join } from "node:path";
import Hypercore from "hypercore";
import { groupAppends } from "../group-appends.mjs";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */

const BATCH = 1000;
const READS_AT_ONCE = 64;

/**
 * @param {string} directory
 * @returns {Promise<PeerStore>}
 */
export async function openHypercore(directory) {
  const core = new Hypercore(join(directory, "core"));
  await core.ready();
  // no call of hypercore's own syncs; that of the database below writes a table, and syncs it
  const flush = () => core.core.storage.store.db.flush();
  let syncs = 0;
  /** @type {(records: readonly Uint8Array[], count: number, batch: number) => Promise<void>} */
  const write = async (records, count, batch) => {
    for (let i = 0; i < count; i += batch) {
      const length = Math.min(batch, count - i);
      await core.append(Array.from({ length }, (_, n) => Buffer.from(recordAt(records, i + n))));
    }
  };
  return {
    append: groupAppends(async (records) => {
      await core.append(records.map((record) => Buffer.from(record)));
      await flush();
      syncs++;
    }),
    writeSingles: (records, count) => write(records, count, BATCH),
    writeBatches: write,
    sync: flush,
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      let at = 0;
      const read = async () => {
        while (at < numbers.length) {
          const value = await core.get(/** @type {number} */ (numbers[at++]));
          bytes += value.length;
          sum += value[0] ?? 0;
        }
      };
      await Promise.all(Array.from({ length: READS_AT_ONCE }, read));
      return { records: numbers.length, bytes, sum };
    },
    scan: async () => {
      let records = 0;
      let bytes = 0;
      let sum = 0;
      for await (const value of core.createReadStream()) {
        records++;
        bytes += value.length;
        sum += value[0] ?? 0;
      }
      return { records, bytes, sum };
    },
    syncs: () => syncs,
    close: () => core.close(),
  };
}

/**
 * @param {readonly Uint8Array[]} records
 * @param {number} number
 */
function recordAt(records, number) {
  return /** @type {Uint8Array} */ (records[number % records.length]);
}
