import { crashWorkload } from "./crash.mjs";
import { faultWorkload } from "./fault.mjs";
import { interleaveWorkload } from "./interleave.mjs";
import { killRounds } from "./kill.mjs";
import { runRotCase } from "./shrink-rot.mjs";

/** @typedef {import("./violation.mjs").Violation} Violation */
/** @typedef {{ plant?: import("./session.mjs").Plant | undefined, parts?: string | undefined }} Parts */

/**
 * Runs what a campaign printed below a violation, and nothing else.
 *
 * @param {Record<string, any>} printed
 * @param {Parts} parts
 * @returns {Promise<Violation | undefined>}
 */
export async function replay({ campaign, ...what }, parts) {
  const run = REPLAYS[campaign];
  if (run === undefined) {
    throw new Error(`no campaign "${campaign}": ${Object.keys(REPLAYS).join(", ")}`);
  }
  return run(what, parts);
}

/** @type {Readonly<Record<string, (what: any, parts: Parts) => Promise<Violation | undefined>>>} */
const REPLAYS = Object.freeze({
  crash: async ({ workload, ...how }, { plant }) =>
    (await crashWorkload(workload, { ...CRASH_SAMPLE, ...how, plant })).violation,
  fault: async ({ workload, fault }, { plant }) =>
    (await faultWorkload(workload, fault, { ...FAULT_SAMPLE, plant })).violation,
  interleave: async ({ workload }, { plant }) =>
    (await interleaveWorkload(workload, { plant })).violation,
  rot: async (what, { plant }) => {
    const found = await runRotCase(what, plant);
    return "violation" in found ? found.violation : undefined;
  },
  kill: async ({ seed, rounds }, parts) =>
    (await killRounds({ seed, rounds, endAt: Number.POSITIVE_INFINITY, ...parts })).violation,
});

/** At how many calls of a workload the power is cut, and how many states of each are opened. */
export const CRASH_SAMPLE = Object.freeze({ cutsMax: 24, statesMax: 12 });
/** How many states a power cut after the workload is to leave. */
export const FAULT_SAMPLE = Object.freeze({ statesMax: 2 });
