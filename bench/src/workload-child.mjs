import { NotAvailable } from "./not-available.mjs";
import { workloadNamed } from "./workloads/workloads.mjs";

/** @typedef {import("./contract.ts").Runner} Runner */
/**
 * @typedef {object} Order
 * @property {string} workload
 * @property {string} case
 * @property {string} contender
 * @property {string} directory  to be used by this contender alone
 * @property {import("./contract.ts").Sizes} sizes
 */
/** @typedef {{ call: "prepare", order: Order } | { call: "round" } | { call: "close" }} Call */
/**
 * What a call came to; `sample` and `isWarm` are of a round.
 *
 * @typedef {object} Answer
 * @property {import("./contract.ts").Sample} [sample]
 * @property {boolean} [isWarm]
 * @property {{ text: string, stack: string | undefined, isNotAvailable: boolean }} [error]
 */

/** @type {Runner | undefined} */
let runner;

process.on("message", (/** @type {Call} */ call) => {
  answer(call).then(send, (error) => {
    const isError = error instanceof Error;
    const [text, stack] = isError ? [error.message, error.stack] : [String(error), undefined];
    send({ error: { text, stack, isNotAvailable: error instanceof NotAvailable } });
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
    return {};
  }
  if (runner === undefined) throw new Error("it was not prepared");
  const sample = await runner.round();
  return { sample, isWarm: runner.isWarm?.() ?? true };
}

/** @param {Order} order */
async function prepare({ workload: id, case: caseId, contender: name, directory, sizes }) {
  const cases = workloadNamed(id).cases({ directory, sizes });
  const contenders = cases.find((each) => each.id === caseId)?.contenders;
  const contender = contenders?.find((each) => each.id === name);
  if (contender === undefined) throw new Error(`no ${name} in ${caseId} of ${id}`);
  runner = await contender.prepare();
}

/** @param {Answer} message */
function send(message) {
  process.send?.(message);
}
