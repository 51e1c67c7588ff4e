import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openLog } from "seglog";
import { baseline, contenderOf, freshDirectory } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { fillStore, loadCountOf, saysItsLoad } from "../load-store.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog, storeOf } from "../peers/seglog.mjs";
import { makeRecords } from "../records.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORDS = 1_000_000;
const RECORD_BYTES = 128;
const STREAM_RECORD_BYTES = 1024;
const STREAM_BYTES = 10 * 2 ** 30;
const KEPT_BYTES = 512 * 2 ** 20;
const MIB = 2 ** 20;

/** @type {import("../contract.ts").Workload} */
export const memory = Object.freeze({
  id: "memory",
  title: "Disk and memory",
  about:
    "Counted, not timed: one round. Memory is what the process holds more than before it opened " +
    "the store; pages of mapped files are counted apart.",
  cases: (/** @type {Context} */ context) => [loadCase(context), streamCase(context)],
});

/**
 * @param {Context} context
 * @returns {Case}
 */
function loadCase(context) {
  const count = scaled(context.sizes, RECORDS, 1000);
  const peers = [seglog, ...peersFor("write")].map((peer) =>
    saysItsLoad(peer, count, RECORD_BYTES),
  );
  return {
    id: "load",
    title: "1 million records of 128 B",
    roundsMax: 1,
    metrics: {
      bytesPerRecord: { unit: "B/record", better: "lower" },
      heldMib: { unit: "MiB", better: "lower" },
      mappedMib: { unit: "MiB", better: "lower" },
    },
    contenders: peers.map((peer) =>
      contenderOf(peer, "write", async () => ({
        round: once(() => loadRound(peer, context, loadCountOf(peer.id, count, RECORD_BYTES))),
        close: async () => {},
      })),
    ),
  };
}

/**
 * @param {Context} context
 * @returns {Case}
 */
function streamCase(context) {
  const bytes = scaled(context.sizes, STREAM_BYTES, 16 * MIB);
  const count = Math.floor(bytes / frameBytesOf(STREAM_RECORD_BYTES));
  return {
    id: "stream",
    title: `${(bytes / 2 ** 30).toPrecision(2)} GiB stream through, the last 512 MiB kept`,
    roundsMax: 1,
    metrics: {
      heldPeakMib: { unit: "MiB", better: "lower" },
      mappedPeakMib: { unit: "MiB", better: "lower" },
      mibPerSecond: { unit: "MiB/s", better: "higher" },
    },
    contenders: [
      contenderOf(seglog, "write", async () => ({
        round: once(() => streamRound(context, count)),
        close: async () => {},
      })),
      baseline("raw-buffered", "raw buffered write", "chunks of 1 MiB over and over", async () => ({
        round: once(() => rawStreamRound(context, bytes)),
        close: async () => {},
      })),
    ],
  };
}

/**
 * The warm-up would leave its memory behind.
 *
 * @param {() => Promise<import("../contract.ts").Sample>} measure
 * @returns {() => Promise<import("../contract.ts").Sample>}
 */
function once(measure) {
  let warmedUp = false;
  return async () => {
    if (warmedUp) return measure();
    warmedUp = true;
    return {};
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {number} count
 */
async function loadRound(peer, { directory: parent }, count) {
  const directory = await freshDirectory(parent);
  const before = residentMib();
  const store = await peer.open(directory, "write", RECORD_BYTES);
  await fillStore(store, count, RECORD_BYTES);
  globalThis.gc?.();
  const after = residentMib();
  await store.close();
  const bytesPerRecord = diskBytes(directory) / count;
  await rm(directory, { recursive: true, force: true });
  if (bytesPerRecord < RECORD_BYTES) throw new Error(`${bytesPerRecord} B on disk per record`);
  return {
    bytesPerRecord,
    heldMib: after.held - before.held,
    mappedMib: after.mapped - before.mapped,
  };
}

/**
 * @param {Context} context
 * @param {number} count
 */
async function streamRound({ directory: parent }, count) {
  const directory = await freshDirectory(parent);
  const peak = watchPeak();
  const from = performance.now();
  const log = await openLog(directory, { retention: { bytesMax: KEPT_BYTES } });
  const store = storeOf(log);
  await store.writeSingles?.(makeRecords(STREAM_RECORD_BYTES), count);
  await store.sync?.();
  const elapsed = performance.now() - from;
  if (log.committedOffset !== count) throw new Error(`${log.committedOffset} of ${count} records`);
  await log.close();
  const bytes = count * frameBytesOf(STREAM_RECORD_BYTES);
  return { ...peak.stop(), mibPerSecond: (1000 * bytes) / MIB / elapsed };
}

/**
 * @param {Context} context
 * @param {number} bytes
 */
async function rawStreamRound({ directory: parent }, bytes) {
  const directory = await freshDirectory(parent);
  const peak = watchPeak();
  const file = openSync(join(directory, "raw"), "w");
  const chunk = Buffer.alloc(MIB, "x");
  const from = performance.now();
  for (let written = 0; written < bytes; written += MIB) {
    writeSync(file, chunk, 0, MIB, written % KEPT_BYTES);
    if (written % (64 * MIB) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const elapsed = performance.now() - from;
  if (fstatSync(file).size === 0) throw new Error("nothing was written");
  closeSync(file);
  return { ...peak.stop(), mibPerSecond: (1000 * bytes) / MIB / elapsed };
}

function watchPeak() {
  const before = residentMib();
  let held = 0;
  let mapped = 0;
  const look = () => {
    const now = residentMib();
    held = Math.max(held, now.held - before.held);
    mapped = Math.max(mapped, now.mapped - before.mapped);
  };
  const timer = setInterval(look, 50);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return { heldPeakMib: held, mappedPeakMib: mapped };
    },
  };
}

/** Anonymous memory, and pages of mapped files, of this process. */
function residentMib() {
  const status = readFileSync("/proc/self/status", "utf8");
  const mib = (/** @type {string} */ key) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { held: mib("RssAnon"), mapped: mib("RssFile") + mib("RssShmem") };
}

/** What it takes on the disk, holes not counted. @param {string} directory @returns {number} */
function diskBytes(directory) {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    bytes += entry.isDirectory() ? diskBytes(path) : statSync(path).blocks * 512;
  }
  return bytes;
}
