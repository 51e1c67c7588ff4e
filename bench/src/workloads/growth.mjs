import { rm } from "node:fs/promises";
import { openLog } from "seglog";
import { appendCallers } from "../append-callers.mjs";
import { freshDirectory } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { NotAvailable } from "../not-available.mjs";
import { storeOf } from "../peers/seglog.mjs";
import { makeRecords, randomNumbers } from "../records.mjs";
import { scaled, someOf } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").PeerStore} PeerStore */
/** @typedef {import("../contract.ts").Runner} Runner */
/** @typedef {import("seglog").Seglog} Seglog */

const RECORD_BYTES = 10;
const SEGMENT_RECORDS = 1_000_000;
const SEGMENTS = Object.freeze([1, 10, 100, 1000]);
const RECORDS = Object.freeze([1e4, 1e5, 1e6, 1e7, 1e8]);
const CALLERS = 64;
const WRITES = 100_000;
const READS_AT_ONCE = 2000;

/** @type {Case["metrics"]} */
const METRICS = Object.freeze({
  appendsPerSecond: { unit: "acks/s", better: "higher" },
  writesPerSecond: { unit: "records/s", better: "higher" },
  readsPerSecond: { unit: "reads/s", better: "higher" },
  openMs: { unit: "ms", better: "lower" },
});

/** @type {import("../contract.ts").Workload} */
export const growth = Object.freeze({
  id: "growth",
  title: "Growth",
  about:
    `Records of ${RECORD_BYTES} B. In each round every log is opened, read at random, written to ` +
    `(to a closing sync), appended to durably by ${CALLERS} callers, and closed.`,
  cases: (/** @type {Context} */ context) => [segmentsCase(context), recordsCase(context)],
});

/**
 * @param {Context} context
 * @returns {Case}
 */
function segmentsCase(context) {
  const { sizes } = context;
  const records = scaled(sizes, SEGMENT_RECORDS, 2000);
  const counts = sizes.scale < 1 ? SEGMENTS.slice(0, 3) : SEGMENTS;
  return {
    id: "segments",
    title: `${records.toLocaleString("en")} records in more and more segments`,
    metrics: METRICS,
    contenders: someOf(sizes, counts).map((segments) =>
      contender(context, `${segments}-segments`, segments === 1, { records, segments }),
    ),
  };
}

/**
 * @param {Context} context
 * @returns {Case}
 */
function recordsCase(context) {
  return {
    id: "records",
    title: "more and more records, in segments of the default size",
    metrics: METRICS,
    contenders: someOf(context.sizes, RECORDS).map((records) =>
      contender(context, `${records}-records`, records === RECORDS[0], { records, segments: 0 }),
    ),
  };
}

/**
 * @param {Context} context
 * @param {string} id
 * @param {boolean} least
 * @param {{ records: number, segments: number }} what
 * @returns {Contender}
 */
function contender(context, id, least, what) {
  const { records, segments } = what;
  const name =
    segments > 0
      ? `${segments} segment${segments === 1 ? "" : "s"}`
      : `${records.toLocaleString("en")} records`;
  return {
    id: least ? id : `seglog-${id}`,
    name,
    role: least ? "baseline" : "ours",
    durable: true,
    settings: "default options once it is loaded",
    prepare: () => prepare(context, what),
  };
}

/**
 * @param {Context} context
 * @param {{ records: number, segments: number }} what
 * @returns {Promise<Runner>}
 */
async function prepare({ directory: parent, sizes }, { records, segments }) {
  if (records > sizes.growthRecordsMax && segments === 0) {
    throw new NotAvailable(`beyond the ${sizes.growthRecordsMax} records of --growth-records-max`);
  }
  const directory = await freshDirectory(parent);
  await load(directory, { records, segments });
  return {
    round: async () => {
      const from = performance.now();
      const log = await openLog(directory);
      const openMs = performance.now() - from;
      if (log.nextOffset < records) throw new Error(`${log.nextOffset} of ${records} records`);
      const store = storeOf(log);
      const sample = {
        readsPerSecond: await readRate(store, log, sizes.roundMs),
        writesPerSecond: await writeRate(store, scaled(sizes, WRITES, 1000)),
        appendsPerSecond: await appendRate(log, sizes.roundMs),
        openMs,
      };
      await log.close();
      return sample;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * @param {string} directory
 * @param {{ records: number, segments: number }} what
 */
async function load(directory, { records, segments }) {
  const bytes = Math.ceil((records * frameBytesOf(RECORD_BYTES)) / Math.max(1, segments));
  const log = await openLog(directory, segments > 1 ? { segmentBytesMax: bytes } : {});
  const store = storeOf(log);
  await store.writeSingles?.(makeRecords(RECORD_BYTES), records);
  await log.sync();
  const made = log.segments().length;
  await log.close();
  if (made < segments) throw new Error(`${made} segments, ${segments} are needed`);
}

/**
 * @param {PeerStore} store
 * @param {Seglog} log
 * @param {number} forMs
 */
async function readRate(store, log, forMs) {
  let reads = 0;
  let elapsed = 0;
  const from = performance.now();
  for (let seed = 1; elapsed < forMs; seed++) {
    const seen = await store.readMany?.(randomNumbers(READS_AT_ONCE, log.committedOffset, seed));
    if (seen?.bytes !== READS_AT_ONCE * RECORD_BYTES) throw new Error(`${seen?.bytes} bytes read`);
    reads += READS_AT_ONCE;
    elapsed = performance.now() - from;
  }
  return (1000 * reads) / elapsed;
}

/**
 * @param {PeerStore} store
 * @param {number} count
 */
async function writeRate(store, count) {
  const from = performance.now();
  await store.writeSingles?.(makeRecords(RECORD_BYTES), count);
  await store.sync?.();
  return (1000 * count) / (performance.now() - from);
}

/**
 * @param {Seglog} log
 * @param {number} forMs
 */
async function appendRate(log, forMs) {
  const records = makeRecords(RECORD_BYTES);
  const { count, elapsedMs } = await appendCallers((record) => log.append(record), {
    records,
    callers: CALLERS,
    forMs,
  });
  return (1000 * count) / elapsedMs;
}
