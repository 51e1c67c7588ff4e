import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killAndRecover } from "./src/kill-and-recover.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-kv-wal-"));
try {
  for (let round = 1; round <= 3; round++) {
    const { acknowledged, lost, keys } = await killAndRecover(directory, 500);
    console.log(
      `killed after ${acknowledged} changes: ${keys} keys are there, ${lost.length} lost`,
    );
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
