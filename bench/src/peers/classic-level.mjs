import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { groupAppends } from "../group-appends.mjs";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */

/** Keys of eight bytes, big-endian, so that their order is that of the numbers. */
const KEY_BYTES = 8;
const BATCH = 1000;

/**
 * @param {string} directory
 * @returns {Promise<PeerStore>}
 */
export async function openClassicLevel(directory) {
  /** @type {ClassicLevel<Uint8Array, Uint8Array>} */
  const db = new ClassicLevel(join(directory, "level"), {
    keyEncoding: "view",
    valueEncoding: "view",
    compression: false,
    writeBufferSize: 64 * 2 ** 20,
    cacheSize: 64 * 2 ** 20,
  });
  await db.open();
  let next = await nextOf(db);
  let syncs = 0;
  /** @type {(records: readonly Uint8Array[], count: number, batch: number) => Promise<void>} */
  const write = async (records, count, batch) => {
    for (let i = 0; i < count; i += batch) {
      const chained = db.batch();
      const end = Math.min(count, i + batch);
      for (let n = i; n < end; n++) {
        chained.put(keyOf(next++), /** @type {Uint8Array} */ (records[n % records.length]));
      }
      await chained.write();
    }
  };
  return {
    append: groupAppends(async (records) => {
      const chained = db.batch();
      for (const record of records) chained.put(keyOf(next++), record);
      await chained.write({ sync: true });
      syncs++;
    }),
    writeSingles: (records, count) => write(records, count, BATCH),
    writeBatches: write,
    sync: () => db.batch([{ type: "del", key: keyOf(2 ** 48) }], { sync: true }),
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      for (const number of numbers) {
        const value = /** @type {Uint8Array} */ (db.getSync(keyOf(number)));
        bytes += value.length;
        sum += value[0] ?? 0;
      }
      return { records: numbers.length, bytes, sum };
    },
    scan: () => seenIn(db, false),
    scanReverse: () => seenIn(db, true),
    syncs: () => syncs,
    close: () => db.close(),
  };
}

/** @param {number} number */
function keyOf(number) {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(Math.floor(number / 2 ** 32), 0);
  key.writeUInt32BE(number >>> 0, 4);
  return key;
}

/** @param {ClassicLevel<Uint8Array, Uint8Array>} db */
async function nextOf(db) {
  for (const key of await db.keys({ reverse: true, limit: 1 }).all()) {
    return Buffer.from(key).readUIntBE(2, 6) + 1;
  }
  return 0;
}

/**
 * @param {ClassicLevel<Uint8Array, Uint8Array>} db
 * @param {boolean} reverse
 */
async function seenIn(db, reverse) {
  const values = db.values({ reverse, highWaterMarkBytes: 2 ** 20, fillCache: false });
  let records = 0;
  let bytes = 0;
  let sum = 0;
  try {
    for (;;) {
      const batch = await values.nextv(BATCH);
      if (batch.length === 0) break;
      records += batch.length;
      for (const value of batch) {
        bytes += value.length;
        sum += value[0] ?? 0;
      }
    }
  } finally {
    await values.close();
  }
  return { records, bytes, sum };
}
