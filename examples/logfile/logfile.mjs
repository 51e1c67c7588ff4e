import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manyWriters } from "./src/many-writers.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-logfile-"));
try {
  for (const writers of [1, 20, 400]) {
    const path = join(directory, `${writers}.store`);
    const { appends, syncs } = await manyWriters(path, { writers, recordsEach: 20 });
    const share = (appends / syncs).toFixed(1);
    console.log(`${writers} writers: ${appends} durable appends, ${syncs} syncs, ${share} each`);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
