// One reader: counts the words of its part of the log, and posts them. The batches are lent and no
// string is made: threads that fill memory wait for each other in the system, and gain nothing.
import { parentPort, workerData } from "node:worker_threads";
import { openLog } from "seglog";
import { WordCounts } from "./word-counts.mjs";

const { directory, from, to } = workerData;
const log = await openLog(directory, { readOnly: true });
const counts = new WordCounts();
let recordsRead = 0;
for await (const batch of log.batchesView({ from, to })) {
  for (const { value } of batch) counts.add(value);
  recordsRead += batch.length;
}
await log.close();
parentPort?.postMessage({ counts: counts.toMap(), recordsRead });
