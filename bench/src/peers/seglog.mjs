import { hasCode, openLog } from "seglog";

/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").PeerStore} PeerStore */
/** @typedef {import("../contract.ts").Seen} Seen */
/** @type {Peer} */
export const seglog = Object.freeze({
  id: "seglog",
  name: "seglog",
  package: "seglog",
  durable: true,
  settings: Object.freeze({
    write: "default options; `write`, closing `sync`",
    durable: "default options; `append`",
    read: "default options; `read`, which copies",
    scan: "default options; `batches`, checksums verified",
    open: "default options; `openLog`",
  }),
  open: async (/** @type {string} */ directory) => storeOf(await openLog(directory)),
});

/** @type {Peer} */
export const seglogView = Object.freeze({
  ...seglog,
  id: "seglog-view",
  name: "seglog, views",
  settings: Object.freeze({ read: "default options; `readView`, which lends" }),
  open: async (/** @type {string} */ directory) => {
    const log = await openLog(directory);
    return {
      ...storeOf(log),
      readMany: async (/** @type {Uint32Array} */ numbers) =>
        readMany((offset) => log.readView(offset), numbers),
    };
  },
});

/** @type {Peer} */
export const seglogLent = Object.freeze({
  ...seglog,
  id: "seglog-lent",
  name: "seglog, lent batches",
  settings: Object.freeze({ scan: "default options; `batchesView`, which lends" }),
  open: async (/** @type {string} */ directory) => {
    const log = await openLog(directory);
    return {
      ...storeOf(log),
      scan: () => sumOf(log.batchesView()),
      scanReverse: () => sumOf(log.batchesView({ reverse: true })),
    };
  },
});

/** @type {Peer} */
export const seglogByRecord = Object.freeze({
  ...seglog,
  id: "seglog-records",
  name: "seglog, record by record",
  settings: Object.freeze({ scan: "default options; `for await` over `records`" }),
  open: async (/** @type {string} */ directory) => {
    const log = await openLog(directory);
    return {
      ...storeOf(log),
      scan: () => scanRecords(log, false),
      scanReverse: () => scanRecords(log, true),
    };
  },
});

/**
 * @param {import("seglog").Seglog} log
 * @returns {PeerStore}
 */
export function storeOf(log) {
  return {
    append: (record) => log.append(record),
    writeSingles: (records, count) => writeSingles(log, records, count),
    writeBatches: (records, count, batch) => writeBatches(log, records, count, batch),
    sync: () => log.sync(),
    readMany: async (numbers) => readMany((offset) => log.read(offset), numbers),
    scan: () => sumOf(log.batches()),
    scanReverse: () => sumOf(log.batches({ reverse: true })),
    syncs: () => log.stats().groupCommit.syncs,
    close: () => log.close(),
  };
}

/**
 * @param {import("seglog").Seglog} log
 * @param {readonly Uint8Array[]} records
 * @param {number} count
 */
async function writeSingles(log, records, count) {
  let kind = 0;
  for (let i = 0; i < count; ) {
    try {
      for (; i < count; i++) {
        log.write(/** @type {Uint8Array} */ (records[kind]));
        if (++kind === records.length) kind = 0;
      }
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_OVERLOADED")) throw error;
      await log.ready();
    }
  }
}

/**
 * @param {import("seglog").Seglog} log
 * @param {readonly Uint8Array[]} records
 * @param {number} count
 * @param {number} batch
 */
async function writeBatches(log, records, count, batch) {
  for (let i = 0; i < count; ) {
    const values = batchOf(records, i, Math.min(batch, count - i));
    try {
      log.writeBatch(values);
      i += values.length;
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_OVERLOADED")) throw error;
      await log.ready();
    }
  }
}

/**
 * @param {readonly Uint8Array[]} records
 * @param {number} from
 * @param {number} count
 */
function batchOf(records, from, count) {
  const values = new Array(count);
  for (let i = 0; i < count; i++) values[i] = records[(from + i) % records.length];
  return /** @type {Uint8Array[]} */ (values);
}

/**
 * @param {(offset: number) => { value: Uint8Array }} read
 * @param {Uint32Array} numbers
 * @returns {Seen}
 */
function readMany(read, numbers) {
  let bytes = 0;
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    const { value } = read(/** @type {number} */ (numbers[i]));
    bytes += value.length;
    sum += value[0] ?? 0;
  }
  return { records: numbers.length, bytes, sum };
}

/**
 * @param {AsyncIterable<readonly { value: Uint8Array }[]>} batches
 * @returns {Promise<Seen>}
 */
async function sumOf(batches) {
  let records = 0;
  let bytes = 0;
  let sum = 0;
  for await (const batch of batches) {
    records += batch.length;
    for (const { value } of batch) {
      bytes += value.length;
      sum += value[0] ?? 0;
    }
  }
  return { records, bytes, sum };
}

/**
 * @param {import("seglog").Seglog} log
 * @param {boolean} reverse
 * @returns {Promise<Seen>}
 */
async function scanRecords(log, reverse) {
  let records = 0;
  let bytes = 0;
  let sum = 0;
  for await (const { value } of log.records({ reverse })) {
    records++;
    bytes += value.length;
    sum += value[0] ?? 0;
  }
  return { records, bytes, sum };
}
