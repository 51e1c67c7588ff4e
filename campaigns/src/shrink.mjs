import { kindOf } from "./violation.mjs";

/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {import("./actions.mjs").Step} Step */
/** @typedef {import("./violation.mjs").Violation} Violation */
/**
 * What failed, as data that can be run again; more than the workload may be needed for that.
 *
 * @typedef {{ readonly workload: Workload, readonly violation: Violation }} Failing
 */

/**
 * Drops what a failing workload does not need to fail in the same way: steps, records, bytes,
 * options.
 *
 * @template {Failing} F
 * @param {F} failing
 * @param {(workload: Workload, smallest: F) => Promise<F | undefined>} run
 * @param {{ msMax: number }} budget
 * @returns {Promise<F>}
 */
export async function shrink(failing, run, { msMax }) {
  const end = performance.now() + msMax;
  const kind = kindOf(failing.violation);
  let smallest = failing;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(smallest.workload)) {
      if (performance.now() > end) return smallest;
      const failed = await run(candidate, smallest);
      if (failed === undefined || kindOf(failed.violation) !== kind) continue;
      smallest = failed;
      found = true;
      break;
    }
  }
  return smallest;
}

/** @param {Workload} workload @returns {Generator<Workload>} */
function* smaller(workload) {
  const { steps, settings } = workload;
  for (let length = steps.length >> 1; length >= 1; length >>= 1) {
    for (let at = 0; at + length <= steps.length; at += length) {
      yield { ...workload, steps: [...steps.slice(0, at), ...steps.slice(at + length)] };
    }
  }
  for (const name of Object.keys(settings)) {
    if (name === "small") continue;
    const fewer = Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
    yield { ...workload, settings: { small: settings.small, ...fewer } };
  }
  for (const [i, step] of steps.entries()) {
    for (const simpler of simplerSteps(step)) {
      yield { ...workload, steps: steps.map((other, k) => (k === i ? simpler : other)) };
    }
  }
}

/** @param {Step} step @returns {Step[]} */
function simplerSteps(step) {
  if (!("sizes" in step)) return [];
  const { sizes } = step;
  /** @type {Step[]} */
  const steps = [];
  if (sizes.length > 1) {
    const half = sizes.length >> 1;
    steps.push({ ...step, sizes: sizes.slice(half) }, { ...step, sizes: sizes.slice(0, half) });
  }
  if (sizes.some((size) => size > 8)) {
    steps.push({ ...step, sizes: sizes.map((size) => Math.min(size, 8)) });
  }
  if (step.fill !== "pattern") steps.push({ ...step, fill: "pattern" });
  return steps;
}

/** What making one violation smaller may take. */
export const SHRINK_MS_MAX = 20_000;
