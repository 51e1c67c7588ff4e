import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killAndGoOn } from "./src/kill-and-go-on.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-work-queue-"));
try {
  const jobs = 100;
  const { kills, lines } = await killAndGoOn(directory, { jobs, jobsEach: 30 });
  const once = new Set(lines);
  console.log(`${jobs} jobs, a worker killed ${kills} times`);
  console.log(`${once.size} were done, ${lines.length - once.size} of them twice`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
