import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkGoals } from "./check-goals.mjs";
import { describeCommit, describeDirectory, describeMachine, packageVersions } from "./machine.mjs";
import { showProgress } from "./progress.mjs";
import { runWorkload } from "./run-workload.mjs";
import { workloads } from "./workloads/workloads.mjs";

/** @typedef {import("./contract.ts").BenchResult} BenchResult */
/** @typedef {import("./contract.ts").Sizes} Sizes */
/** @typedef {import("./contract.ts").WorkloadResult} WorkloadResult */

const SIGNALS = Object.freeze(/** @type {const} */ (["SIGINT", "SIGTERM"]));

/**
 * @param {{ parent: string, sizes: Sizes, only: readonly string[],
 *   onWorkload: (result: WorkloadResult) => void }} options  `only` empty: all
 * @returns {Promise<BenchResult>}
 */
export async function runBench({ parent, sizes, only, onWorkload }) {
  const chosen = workloads.filter(({ id }) => only.length === 0 || only.includes(id));
  const directory = await mkdtemp(join(parent, "seglog-bench-"));
  // what lies there may be 20 GB
  const interrupted = () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(130);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const progress = showProgress(chosen);
  const begun = { date: new Date().toISOString(), ...describeCommit() };
  /** @type {WorkloadResult[]} */
  const results = [];
  try {
    for (const workload of chosen) {
      progress.begin(workload);
      const result = await runWorkload(workload, { directory, sizes, onTurn: progress.turn });
      results.push(rounded(result));
      progress.done();
      onWorkload(result);
    }
  } finally {
    progress.stop();
    for (const signal of SIGNALS) process.off(signal, interrupted);
    await rm(directory, { recursive: true, force: true });
  }
  return {
    format: 1,
    ...begun,
    machine: describeMachine(),
    node: process.versions.node,
    directory: describeDirectory(parent),
    versions: packageVersions(),
    options: { sizes, only },
    workloads: results,
    goals: rounded(checkGoals(results)),
  };
}

/**
 * Five digits are more than any figure here is worth, and a third of the file.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
function rounded(value) {
  const text = JSON.stringify(value, (_key, part) =>
    typeof part === "number" ? Number(part.toPrecision(5)) : part,
  );
  return JSON.parse(text);
}
