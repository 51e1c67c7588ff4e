import { parentPort, workerData } from "node:worker_threads";
import { openLog } from "seglog";
import { storeOf } from "./peers/seglog.mjs";
import { readFor } from "./workloads/read.mjs";

/** @typedef {{ directory: string, count: number, recordBytes: number }} What */

const { directory, count, recordBytes } = /** @type {What} */ (workerData);
const log = await openLog(directory, { readOnly: true });
const store = storeOf(log);
const readMany = /** @type {(numbers: Uint32Array) => Promise<import("./contract.ts").Seen>} */ (
  store.readMany?.bind(store)
);

parentPort?.on("message", async (/** @type {{ forMs: number }} */ { forMs }) => {
  if (forMs === 0) {
    await log.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(await readFor(readMany, { count, recordBytes, forMs }));
});
parentPort?.postMessage("ready");
