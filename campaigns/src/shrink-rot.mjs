import { finishedLogOf, rotCase } from "./rot.mjs";
import { shrink } from "./shrink.mjs";
import { asViolation, kindOf } from "./violation.mjs";

/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {import("./session.mjs").Plant} Plant */
/**
 * A case of the rot campaign as data: the logs by what made them, the damages by a seed, and which
 * of those that the seed draws were inflicted.
 *
 * @typedef {{ readonly workload: Workload, readonly other?: Workload | undefined,
 *   readonly seed: number, readonly only?: readonly number[] | undefined }} RotCase
 */
/** @typedef {RotCase & { readonly violation: import("./violation.mjs").Violation }} FailingRot */

/**
 * Runs a case from its data. Whoever breaks a promise before the damage is found here, too.
 *
 * @param {RotCase} what
 * @param {Plant | undefined} plant
 * @returns {ReturnType<typeof rotCase>}
 */
export async function runRotCase({ workload, other, seed, only }, plant) {
  let log;
  let another;
  try {
    log = await finishedLogOf(workload, plant);
    another = other === undefined ? log : await finishedLogOf(other, plant);
  } catch (error) {
    return { violation: asViolation(error, "before any damage") };
  }
  return rotCase(log, { other: another, seed, only, plant });
}

/**
 * Drops damages, the other log, and what the damaged log does not need to fail.
 *
 * @param {FailingRot} failing
 * @param {{ plant?: Plant | undefined, msMax: number }} how
 * @returns {Promise<FailingRot>}
 */
export async function shrinkRot(failing, { plant, msMax }) {
  const run = async (/** @type {RotCase} */ candidate) => {
    const found = await runRotCase(candidate, plant);
    return "violation" in found ? { ...candidate, violation: found.violation } : undefined;
  };
  let smallest = failing;
  const attempt = async (/** @type {RotCase} */ candidate) => {
    const failed = await run(candidate);
    if (failed !== undefined && kindOf(failed.violation) === kindOf(failing.violation)) {
      smallest = failed;
    }
  };
  for (let i = 0; i < DAMAGES_MAX; i++) await attempt({ ...smallest, only: [i] });
  await attempt({ ...smallest, only: [] });
  await attempt({ ...smallest, other: undefined });
  return shrink(
    smallest,
    async (workload, { violation, ...last }) => {
      // in a smaller log the same numbers hit other bytes: a few others may hit the right ones
      for (let i = 0; i < SEEDS_MAX; i++) {
        const failed = await run({ ...last, workload, seed: last.seed + i });
        if (failed && kindOf(failed.violation) === kindOf(violation)) return failed;
      }
      return undefined;
    },
    { msMax },
  );
}

const DAMAGES_MAX = 3;
const SEEDS_MAX = 8;
