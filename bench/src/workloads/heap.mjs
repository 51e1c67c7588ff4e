import { rm } from "node:fs/promises";
import { openLog } from "seglog";
import { appendCallers } from "../append-callers.mjs";
import { freshDirectory } from "../contenders.mjs";
import { allocatedBytes } from "../heap-profile.mjs";
import { makeRecords } from "../records.mjs";

/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */

const RECORD_BYTES = 128;
const CALLERS = 256;

/** @type {import("../contract.ts").Workload} */
export const heap = Object.freeze({
  id: "heap",
  title: "Heap allocated per durable append",
  about:
    `By ${CALLERS} callers of 128 B, with V8's sampling heap profiler, what was collected ` +
    "included. The baseline is the same loop over an `append` that makes one promise and settles " +
    "it later: what the callers' own `await` takes is in both.",
  cases: (/** @type {Context} */ context) => [
    {
      id: "append",
      title: `${CALLERS} callers`,
      metrics: {
        bytesPerAppend: { unit: "B/append", better: /** @type {const} */ ("lower") },
        bytesInPackages: { unit: "B/append", better: /** @type {const} */ ("lower") },
      },
      contenders: [ours(context), promiseOnly(context)],
    },
  ],
});

/**
 * @param {Context} context
 * @returns {Contender}
 */
function ours({ directory, sizes }) {
  return {
    id: "seglog",
    name: "seglog",
    role: "ours",
    durable: true,
    settings: "default options; `append`",
    prepare: async () => {
      const own = await freshDirectory(directory);
      const log = await openLog(own);
      return {
        round: () => measure((record) => log.append(record), sizes.roundMs),
        close: async () => {
          await log.close();
          await rm(own, { recursive: true, force: true });
        },
      };
    },
  };
}

/**
 * @param {Context} context
 * @returns {Contender}
 */
function promiseOnly({ sizes }) {
  /** @type {((offset: number) => void)[]} */
  let waiting = [];
  const settle = () => {
    const settled = waiting;
    waiting = [];
    for (const resolve of settled) resolve(0);
  };
  const append = () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(settle);
    });
  return {
    id: "one-promise",
    name: "one promise for each append",
    role: "baseline",
    durable: true,
    settings: "a promise that is settled in the next turn of the event loop",
    prepare: async () => ({ round: () => measure(append, sizes.roundMs), close: async () => {} }),
  };
}

/**
 * @param {(record: Uint8Array) => Promise<unknown>} append
 * @param {number} forMs
 */
async function measure(append, forMs) {
  const records = makeRecords(RECORD_BYTES);
  let count = 0;
  const { all, counted } = await allocatedBytes(
    async () => {
      ({ count } = await appendCallers(append, { records, callers: CALLERS, forMs }));
    },
    (url) => url.includes("/packages/"),
  );
  if (all === 0) throw new Error("the profiler saw nothing");
  return { bytesPerAppend: all / count, bytesInPackages: counted / count };
}
