import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCase } from "./rounds.mjs";
import { workloadNamed } from "./workloads/workloads.mjs";

/**
 * @typedef {object} Order
 * @property {string} workload
 * @property {string} directory
 * @property {import("./contract.ts").Sizes} sizes
 * @property {string | undefined} onlyContender  of all cases, for isolated workloads
 * @property {readonly string[]} without  ids of peers that ended this process before
 */

process.once("message", (/** @type {Order} */ order) => {
  run(order).then(
    () => process.disconnect(),
    (error) => {
      send({ type: "failed", reason: error instanceof Error ? error.stack : String(error) });
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
// nobody listens any more: the work is done, or the bench was ended
process.once("disconnect", () => process.exit());
// told only now: what is sent before somebody listens is lost
send({ type: "ready" });

/** @param {Order} order */
async function run({ workload: id, directory, sizes, onlyContender, without }) {
  const workload = workloadNamed(id);
  const own = await mkdtemp(join(directory, `${id}-`));
  try {
    for (const each of workload.cases({ directory: own, sizes })) {
      const contenders = each.contenders
        .filter((contender) => onlyContender === undefined || contender.id === onlyContender)
        .map((contender) => (without.includes(contender.id) ? gone(contender) : contender));
      if (contenders.length === 0) continue;
      const result = await runCase({ ...each, contenders }, sizes.rounds, (contender, round) =>
        send({
          type: "turn",
          case: each.id,
          contender: contender.id,
          role: contender.role,
          round,
        }),
      );
      send({ type: "case", result });
    }
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/**
 * @param {import("./contract.ts").Contender} contender
 * @returns {import("./contract.ts").Contender}
 */
function gone(contender) {
  const reason = "it ended the process that measured it";
  return { ...contender, prepare: () => Promise.reject(new Error(reason)) };
}

/** @param {object} message */
function send(message) {
  process.send?.(message);
}
