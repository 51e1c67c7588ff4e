import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { loadStore } from "../load-store.mjs";
import { seglog } from "../peers/seglog.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Runner} Runner */

const RECORDS = 1_000_000;
const RECORD_BYTES = 128;

/** @type {import("../contract.ts").Workload} */
export const threads = Object.freeze({
  id: "threads",
  title: "Reader threads",
  about:
    "Random reads of 128 B in worker threads, each with the log opened read-only; all reads of " +
    "all threads.",
  cases: (/** @type {Context} */ context) => [
    {
      id: "read",
      title: "random read, 1 million records of 128 B",
      metrics: { readsPerSecond: { unit: "reads/s", better: /** @type {const} */ ("higher") } },
      contenders: [contender(context, 2, "ours"), contender(context, 1, "baseline")],
    },
  ],
});

/**
 * @param {Context} context
 * @param {number} count
 * @param {"ours" | "baseline"} role
 * @returns {Contender}
 */
function contender(context, count, role) {
  return {
    id: count === 1 ? "one-thread" : `seglog-${count}-threads`,
    name: `seglog, ${count} thread${count === 1 ? "" : "s"}`,
    role,
    durable: true,
    settings: "`readOnly: true`",
    prepare: () => prepare(context, count),
  };
}

/**
 * @param {Context} context
 * @param {number} threadCount
 * @returns {Promise<Runner>}
 */
async function prepare({ directory: parent, sizes }, threadCount) {
  const count = scaled(sizes, RECORDS, 1000);
  const what = { parent, purpose: /** @type {const} */ ("read"), count, recordBytes: RECORD_BYTES };
  const { store, directory, remove } = await loadStore(seglog, what);
  await store.close();
  const workers = Array.from(
    { length: threadCount },
    () =>
      new Worker(join(import.meta.dirname, "../reader-thread.mjs"), {
        workerData: { directory, count, recordBytes: RECORD_BYTES },
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, "message")));
  return {
    round: async () => {
      const answers = workers.map((worker) => once(worker, "message"));
      for (const worker of workers) worker.postMessage({ forMs: sizes.roundMs });
      let readsPerSecond = 0;
      for (const [answer] of await Promise.all(answers)) readsPerSecond += answer.readsPerSecond;
      return { readsPerSecond };
    },
    close: async () => {
      const ended = workers.map((worker) => once(worker, "exit"));
      for (const worker of workers) worker.postMessage({ forMs: 0 });
      await Promise.all(ended);
      await remove();
    },
  };
}
