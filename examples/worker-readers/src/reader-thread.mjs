// One reader: counts the words of its part of the log, and posts them.
import { parentPort, workerData } from "node:worker_threads";
import { openLog, text } from "seglog";

const { directory, from, to } = workerData;
const log = await openLog(directory, { readOnly: true, codec: text() });
/** @type {Map<string, number>} */
const counts = new Map();
let recordsRead = 0;
for await (const batch of log.batches({ from, to })) {
  for (const { value } of batch) {
    for (const word of value.split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  recordsRead += batch.length;
}
await log.close();
parentPort?.postMessage({ counts, recordsRead });
