import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));

/**
 * Starts the worker again and again, and kills it after some jobs, until all are done.
 *
 * @param {string} directory
 * @param {{ jobs: number, jobsEach: number }} how
 * @returns {Promise<{ kills: number, lines: string[] }>} what the outside world has seen
 */
export async function killAndGoOn(directory, { jobs, jobsEach }) {
  const world = join(directory, "world.txt");
  const args = [WORKER, join(directory, "queue"), world, `${jobs}`];
  let kills = 0;
  for (let last = -1; last < jobs - 1; kills++) {
    const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const gone = once(worker, "exit");
    let done = 0;
    for await (const line of createInterface({ input: worker.stdout })) {
      last = Math.max(last, Number(line));
      if (++done === jobsEach || last === jobs - 1) worker.kill("SIGKILL");
    }
    const [, signal] = await gone;
    if (signal !== "SIGKILL") throw new Error("the worker ended before it was killed");
  }
  const text = await readFile(world, "utf8");
  return { kills, lines: text.split("\n").slice(0, -1) };
}
