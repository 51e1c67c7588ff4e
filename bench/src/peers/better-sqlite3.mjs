import { join } from "node:path";
import Database from "better-sqlite3";
import { groupAppends } from "../group-appends.mjs";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */

/**
 * @param {string} directory
 * @param {"FULL" | "NORMAL"} synchronous
 * @returns {Promise<PeerStore>}
 */
export async function openBetterSqlite3(directory, synchronous) {
  const db = new Database(join(directory, "log.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma("wal_autocheckpoint = 10000");
  db.pragma("mmap_size = 2147418112");
  db.pragma("cache_size = -65536");
  db.exec("CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, value BLOB NOT NULL)");
  const insert = db.prepare("INSERT INTO log (value) VALUES (?)");
  const select = db.prepare("SELECT value FROM log WHERE number = ?").pluck();
  const forward = db.prepare("SELECT value FROM log ORDER BY number").pluck();
  const backward = db.prepare("SELECT value FROM log ORDER BY number DESC").pluck();
  let transactions = 0;
  const insertAll = db.transaction((/** @type {readonly Uint8Array[]} */ records) => {
    for (const record of records) insert.run(record);
  });
  const insertRun = db.transaction(
    (/** @type {readonly Uint8Array[]} */ records, /** @type {number} */ from, to) => {
      for (let i = from; i < to; i++) insert.run(records[i % records.length]);
    },
  );
  /** @type {(records: readonly Uint8Array[], count: number, batch: number) => Promise<void>} */
  const write = async (records, count, batch) => {
    for (let i = 0; i < count; i += batch) insertRun(records, i, Math.min(count, i + batch));
  };
  return {
    append: groupAppends((records) => {
      insertAll(records);
      transactions++;
    }),
    // one INSERT each; a transaction each would measure the journal
    writeSingles: (records, count) => write(records, count, 10_000),
    writeBatches: write,
    sync: async () => {
      db.pragma("wal_checkpoint(TRUNCATE)");
    },
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      for (const number of numbers) {
        const value = /** @type {Buffer} */ (select.get(number + 1));
        bytes += value.length;
        sum += value[0] ?? 0;
      }
      return { records: numbers.length, bytes, sum };
    },
    scan: async () => seenIn(/** @type {Iterable<Buffer>} */ (forward.iterate())),
    scanReverse: async () => seenIn(/** @type {Iterable<Buffer>} */ (backward.iterate())),
    syncs: () => transactions,
    close: async () => {
      db.close();
    },
  };
}

/** @param {Iterable<Buffer>} values */
function seenIn(values) {
  let records = 0;
  let bytes = 0;
  let sum = 0;
  for (const value of values) {
    records++;
    bytes += value.length;
    sum += value[0] ?? 0;
  }
  return { records, bytes, sum };
}
