// node worker-readers.mjs [records]: counts words with one thread and with two, both timed
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog } from "seglog";
import { countWords } from "./src/count-words.mjs";

const records = Number(process.argv[2] ?? 2_000_000);
const directory = await mkdtemp(join(tmpdir(), "seglog-worker-readers-"));
const log = await openLog(directory, { segmentBytesMax: 4 * 2 ** 20 });
const line = (/** @type {number} */ n) => `word${n % 7} `.repeat(20).trim();
for (let n = 0; n < records; n++) {
  if (n % 100_000 === 0) await log.sync();
  log.write(line(n));
}
await log.sync();
for (const threads of [1, 2, 1, 2]) {
  const begun = performance.now();
  const { counts, recordsRead } = await countWords(log, threads);
  const ms = (performance.now() - begun).toFixed(0);
  const words = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${threads} threads: ${words} words of ${recordsRead.join(" + ")} records, ${ms} ms`);
}
await log.close();
await rm(directory, { recursive: true });
