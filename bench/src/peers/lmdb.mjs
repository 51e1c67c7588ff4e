import { join } from "node:path";
import { open } from "lmdb";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */

/**
 * @param {string} directory
 * @returns {Promise<PeerStore>}
 */
export async function openLmdb(directory) {
  const path = join(directory, "lmdb");
  /** @type {import("lmdb").RootDatabaseOptionsWithPath} */
  const options = {
    path,
    encoding: "binary",
    keyEncoding: "uint32",
    // without it a commit's promise says that it was flushed
    overlappingSync: false,
    // none of lmdb's own cache: it gives out the same object again
    cache: false,
  };
  const db = /** @type {import("lmdb").RootDatabase<Uint8Array, number>} */ (open(options));
  // from 1: key 0 is what `sync` writes
  let next = 1;
  for (const key of db.getKeys({ reverse: true, limit: 1 })) next = key + 1;
  return {
    append: (record) => db.put(next++, record),
    writeSingles: async (records, count) => {
      let last;
      for (let i = 0; i < count; i++) {
        last = db.put(next++, /** @type {Uint8Array} */ (records[i % records.length]));
        if (i % 10_000 === 9_999) await last; // else a million promises would wait
      }
      await last;
    },
    writeBatches: async (records, count, batch) => {
      for (let i = 0; i < count; i += batch) {
        db.transactionSync(() => {
          const end = Math.min(count, i + batch);
          for (let n = i; n < end; n++) {
            db.putSync(next++, /** @type {Uint8Array} */ (records[n % records.length]));
          }
        }, NO_SYNC);
      }
    },
    // `db.flushed` is at once there after transactions without a flush; a commit with one takes
    // their pages along
    sync: async () => {
      await db.put(0, NOTHING);
    },
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      for (const number of numbers) {
        const value = /** @type {Buffer} */ (db.getBinaryFast(number + 1));
        bytes += value.length;
        sum += value[0] ?? 0;
      }
      return { records: numbers.length, bytes, sum };
    },
    scan: async () => seenIn(db.getRange({ start: 1 })),
    scanReverse: async () => seenIn(db.getRange({ reverse: true, end: 0 })),
    close: () => db.close(),
  };
}

/** `TransactionFlags.NO_SYNC_FLUSH | ABORTABLE`, which the package declares as an ambient enum. */
const NO_SYNC = 0x10000 | 1;
const NOTHING = new Uint8Array(0);

/** @param {Iterable<{ value: Uint8Array }>} range */
function seenIn(range) {
  let records = 0;
  let bytes = 0;
  let sum = 0;
  for (const { value } of range) {
    records++;
    bytes += value.length;
    sum += value[0] ?? 0;
  }
  return { records, bytes, sum };
}
