import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { NotAvailable } from "./not-available.mjs";
import { workloadNamed } from "./workloads/workloads.mjs";

/** @typedef {import("./contract.ts").Runner} Runner */
/**
 * @typedef {object} Order
 * @property {string} workload
 * @property {string} case
 * @property {string} contender
 * @property {string} directory
 * @property {import("./contract.ts").Sizes} sizes
 */
/** @typedef {{ call: "prepare", order: Order } | { call: "round" } | { call: "close" }} Call */
/**
 * What a call came to; `sample` and `isWarm` are of a round.
 *
 * @typedef {object} Answer
 * @property {import("./contract.ts").Sample} [sample]
 * @property {boolean} [isWarm]
 * @property {{ text: string, isNotAvailable: boolean }} [error]
 */

/** @type {string | undefined} */
let own;
/** @type {Runner | undefined} */
let runner;

process.on("message", (/** @type {Call} */ call) => {
  answer(call).then(send, (error) => {
    const text = error instanceof Error ? error.message : String(error);
    send({ error: { text, isNotAvailable: error instanceof NotAvailable } });
  });
});
// nobody listens any more: the work is done, or the bench was ended
process.once("disconnect", () => process.exit());

/**
 * @param {Call} call
 * @returns {Promise<Answer>}
 */
async function answer(call) {
  if (call.call === "prepare") {
    await prepare(call.order);
    return {};
  }
  if (call.call === "close") {
    await runner?.close();
    if (own !== undefined) await rm(own, { recursive: true, force: true });
    return {};
  }
  if (runner === undefined) throw new Error("it was not prepared");
  const sample = await runner.round();
  return { sample, isWarm: runner.isWarm?.() ?? true };
}

/** @param {Order} order */
async function prepare({ workload: id, case: caseId, contender: name, directory, sizes }) {
  own = await mkdtemp(join(directory, `${id}-`));
  const cases = workloadNamed(id).cases({ directory: own, sizes });
  const contenders = cases.find((each) => each.id === caseId)?.contenders;
  const contender = contenders?.find((each) => each.id === name);
  if (contender === undefined) throw new Error(`no ${name} in ${caseId} of ${id}`);
  runner = await contender.prepare();
}

/** @param {Answer} message */
function send(message) {
  process.send?.(message);
}
