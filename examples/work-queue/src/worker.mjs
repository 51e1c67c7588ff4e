import { appendFileSync } from "node:fs";
import { WorkQueue } from "./work-queue.mjs";

// Adds jobs where none were added, and does them, until somebody kills it. The outside world is a
// file: a line in it cannot be taken back, as a mail that was sent.
const [directory = "", world = "", jobs = "0"] = process.argv.slice(2);
const queue = await WorkQueue.open(directory, ["mailer"]);
for (let n = queue.added; n < Number(jobs); n++) await queue.add({ mail: `to customer ${n}` });

await queue.work("mailer", async ({ id, job }) => {
  appendFileSync(world, `${id} ${JSON.stringify(job)}\n`);
  process.stdout.write(`${id}\n`);
});
