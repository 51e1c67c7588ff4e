import { fork } from "node:child_process";
import { once } from "node:events";
import { summaryOf } from "./tally.mjs";

/** @typedef {import("./tally.mjs").Outcome} Outcome */

/**
 * Runs a campaign in several processes, each with its share of the seeds.
 *
 * @param {string} script
 * @param {{ args: readonly string[], jobs: number, title: string }} how
 * @returns {Promise<{ summary: string, violations: number }>}
 */
export async function runJobs(script, { args, jobs, title }) {
  const begunAt = performance.now();
  const shares = Array.from({ length: jobs }, (_, i) => runShare(script, args, `${i}/${jobs}`));
  const outcomes = await Promise.all(shares);
  /** @type {Outcome} */
  const sum = { counts: {}, violations: 0, known: 0 };
  for (const { counts, violations, known } of outcomes) {
    for (const [unit, count] of Object.entries(counts)) {
      sum.counts[unit] = (sum.counts[unit] ?? 0) + count;
    }
    sum.violations += violations;
    sum.known += known;
  }
  const { violations } = sum;
  return { summary: summaryOf(title, sum, performance.now() - begunAt), violations };
}

/** @param {string} script @param {readonly string[]} args @param {string} share @returns {Promise<Outcome>} */
async function runShare(script, args, share) {
  const child = fork(script, [...args, "--share", share]);
  /** @type {Outcome | undefined} */
  let outcome;
  child.on("message", (message) => {
    outcome = /** @type {Outcome} */ (message);
  });
  const [code, signal] = await once(child, "exit");
  if (outcome === undefined) throw new Error(`share ${share} ended with ${code ?? signal}`);
  return outcome;
}
