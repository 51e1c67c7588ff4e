import { countOperations, faultWorkload } from "./fault.mjs";
import { shrink } from "./shrink.mjs";

/** @typedef {import("@seglog/fs/sim").DiskFault & { readonly at: number }} Fault */
/** @typedef {import("@seglog/fs/sim").DiskOperation} DiskOperation */
/** @typedef {import("./shrink.mjs").Failing & { readonly fault: Fault }} FailingFault */

/**
 * Makes a workload smaller in which one failed call breaks a promise. The call has another number
 * in each smaller workload: it is looked for by what it does, and to which kind of file.
 *
 * @param {FailingFault} failing
 * @param {{ statesMax: number, msMax: number, plant?: import("./session.mjs").Plant | undefined }} how
 * @returns {Promise<FailingFault>}
 */
export async function shrinkFault(failing, { statesMax, msMax, plant }) {
  /** What the workload of `of` calls: asked once for each. @type {FailingFault | undefined} */
  let of;
  /** @type {DiskOperation[]} */
  let operations = [];
  return shrink(
    failing,
    async (workload, smallest) => {
      if (of !== smallest) operations = await countOperations(smallest.workload, plant);
      of = smallest;
      const candidates = await countOperations(workload, plant).catch(() => []);
      for (const at of findAgain(smallest.fault.at, operations, candidates)) {
        const fault = { ...smallest.fault, at };
        const { violation } = await faultWorkload(workload, fault, { statesMax, plant });
        if (violation !== undefined) return { workload, fault, violation };
      }
      return undefined;
    },
    { msMax },
  );
}

/**
 * The calls of `candidates` that are like call `at` of `operations`: first the one with as many
 * of them before it, then the one with as many behind it, then those nearest to the end.
 *
 * @param {number} at
 * @param {readonly DiskOperation[]} operations
 * @param {readonly DiskOperation[]} candidates
 * @returns {number[]}
 */
export function findAgain(at, operations, candidates) {
  const failed = operations[at];
  if (failed === undefined) return [];
  const like = (/** @type {readonly DiskOperation[]} */ all) =>
    all.filter((other) => sortOf(other) === sortOf(failed)).map(({ index }) => index);
  const before = like(operations).indexOf(at);
  const behind = like(operations).length - 1 - before;
  const found = like(candidates);
  const order = [found[before], found.at(-1 - behind), ...found.toReversed()];
  return [...new Set(order)].filter((index) => index !== undefined).slice(0, TRIES_MAX);
}

/** @param {DiskOperation} operation */
function sortOf({ kind, path }) {
  return `${kind} ${path.replace(/^.*\//, "").replace(/^\d{20}/, "")}`;
}

const TRIES_MAX = 6;
