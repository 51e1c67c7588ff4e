import { inOwnProcess } from "./contender-process.mjs";
import { runCase } from "./rounds.mjs";

/** @typedef {import("./contract.ts").CaseResult} CaseResult */
/** @typedef {import("./contract.ts").Sizes} Sizes */
/** @typedef {import("./contract.ts").Workload} Workload */
/** @typedef {import("./contract.ts").WorkloadResult} WorkloadResult */
/** @typedef {{ case: string, contender: string, round: number }} Turn */

/**
 * Runs a workload, each contender of each case in a process of its own.
 *
 * @param {Workload} workload
 * @param {{ directory: string, sizes: Sizes, onTurn: (turn: Turn) => void }} options
 * @returns {Promise<WorkloadResult>}
 * @throws when ours fails, or its process ends early
 */
export async function runWorkload(workload, { directory, sizes, onTurn }) {
  const from = performance.now();
  /** @type {CaseResult[]} */
  const cases = [];
  for (const each of workload.cases({ directory, sizes })) {
    const contenders = each.contenders.map((contender) =>
      inOwnProcess(contender, {
        workload: workload.id,
        case: each.id,
        contender: contender.id,
        directory,
        sizes,
      }),
    );
    const result = await runCase({ ...each, contenders }, sizes.rounds, (contender, round) =>
      onTurn({ case: each.id, contender: contender.id, round }),
    );
    cases.push(result);
  }
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  return { id: workload.id, title: workload.title, about: workload.about, seconds, cases };
}
