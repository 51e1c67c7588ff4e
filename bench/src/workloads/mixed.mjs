import { rm } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { openLog } from "seglog";
import { appendCallers } from "../append-callers.mjs";
import { freshDirectory } from "../contenders.mjs";
import { makeRecords } from "../records.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Metric} Metric */
/** @typedef {import("../contract.ts").Runner} Runner */
/** @typedef {import("seglog").Seglog} Seglog */
/** @typedef {{ write: boolean, read: boolean, tail: boolean }} Parts */

const RECORD_BYTES = 128;
const CALLERS = 64;
const READS_PER_TURN = 16;
const LOADED_RECORDS = 20_000;

/** Small, so that it rolls and drops many times a second. */
const OPTIONS = Object.freeze({ segmentBytesMax: 4 * 2 ** 20, retention: { bytesMax: 2 ** 24 } });

/** @type {import("../contract.ts").Workload} */
export const mixed = Object.freeze({
  id: "mixed",
  title: "Everything at once",
  about:
    `${CALLERS} durable callers, a tail, a reader of random offsets (${READS_PER_TURN} a turn ` +
    "of the event loop), retention in 4 MiB segments, in one thread; beside each of them alone.",
  cases: (/** @type {Context} */ context) => [
    caseOf(context, "writer", "acksPerSecond"),
    caseOf(context, "reader", "readsPerSecond"),
  ],
});

/** @type {Readonly<Record<string, Metric>>} */
const METRICS = Object.freeze({
  acksPerSecond: { unit: "acks/s", better: "higher" },
  readsPerSecond: { unit: "reads/s", better: "higher" },
  tailPerSecond: { unit: "records/s", better: "higher" },
  loopDelayP99Ms: { unit: "ms", better: "lower" },
});

/**
 * @param {Context} context
 * @param {"writer" | "reader"} who
 * @param {"acksPerSecond" | "readsPerSecond"} first
 * @returns {Case}
 */
function caseOf(context, who, first) {
  const alone = { write: who === "writer", read: who === "reader", tail: false };
  const { [first]: primary, ...others } = METRICS;
  return {
    id: who,
    title: `what the ${who} keeps`,
    metrics: { [first]: /** @type {Metric} */ (primary), ...others },
    contenders: [
      contender(context, "seglog", "ours", "all at once", { write: true, read: true, tail: true }),
      contender(context, `${who}-alone`, "baseline", `${who} alone`, alone),
    ],
  };
}

/**
 * @param {Context} context
 * @param {string} id
 * @param {"ours" | "baseline"} role
 * @param {string} name
 * @param {Parts} parts
 * @returns {Contender}
 */
function contender({ directory, sizes }, id, role, name, parts) {
  const settings = "4 MiB segments, the last 16 MiB retained";
  return {
    id,
    role,
    name: `seglog, ${name}`,
    settings,
    durable: true,
    prepare: async () => {
      const own = await freshDirectory(directory);
      const log = await openLog(own, OPTIONS);
      const records = makeRecords(RECORD_BYTES);
      for (let i = 0; i < LOADED_RECORDS; i++)
        log.write(/** @type {Uint8Array} */ (records[i % 26]));
      await log.sync();
      return {
        round: () => runAll(log, parts, 2 * sizes.roundMs),
        close: async () => {
          await log.close();
          await rm(own, { recursive: true, force: true });
        },
      };
    },
  };
}

/**
 * @param {Seglog} log
 * @param {Parts} parts
 * @param {number} forMs
 */
async function runAll(log, { write, read, tail }, forMs) {
  const stop = new AbortController();
  const from = performance.now();
  const following = tail ? follow(log, stop.signal) : undefined;
  const reading = read ? readUntil(log, stop.signal) : undefined;
  const records = makeRecords(RECORD_BYTES);
  const written = await appendCallers((record) => log.append(record), {
    records,
    callers: write ? CALLERS : 0,
    forMs,
  });
  if (!write) await untilElapsed(from, forMs);
  const last = log.committedOffset - 1;
  if (following) await following.until(last);
  stop.abort();
  const elapsed = performance.now() - from;
  const reads = (await reading) ?? 0;
  if (read && reads === 0) throw new Error("nothing was read");
  return {
    ...(write && { acksPerSecond: (1000 * written.count) / written.elapsedMs }),
    ...(read && { readsPerSecond: (1000 * reads) / elapsed }),
    ...(following && { tailPerSecond: (1000 * following.count()) / elapsed }),
    ...(write && { loopDelayP99Ms: written.loopDelayP99Ms }),
  };
}

/**
 * @param {Seglog} log
 * @param {AbortSignal} signal
 */
function follow(log, signal) {
  let count = 0;
  let reached = -1;
  const run = async () => {
    for await (const { offset } of log.tail({ signal })) {
      reached = offset;
      count++;
    }
  };
  const running = run();
  return {
    count: () => count,
    until: async (/** @type {number} */ last) => {
      while (reached < last) await Promise.race([setImmediate(), running]);
    },
  };
}

/**
 * @param {Seglog} log
 * @param {AbortSignal} signal
 */
async function readUntil(log, signal) {
  let reads = 0;
  let state = 1;
  while (!signal.aborted) {
    for (let i = 0; i < READS_PER_TURN; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const { firstOffset, committedOffset } = log;
      const offset = firstOffset + Math.floor((state / 2 ** 32) * (committedOffset - firstOffset));
      const { value } = log.read(offset);
      if (value.length !== RECORD_BYTES) throw new Error(`${value.length} bytes read`);
      reads++;
    }
    await setImmediate();
  }
  return reads;
}

/**
 * @param {number} from
 * @param {number} forMs
 */
async function untilElapsed(from, forMs) {
  while (performance.now() - from < forMs) await setImmediate();
}
