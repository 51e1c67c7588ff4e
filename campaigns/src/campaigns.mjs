import { crashWorkload } from "./crash.mjs";
import { countOperations, faultsOf, faultWorkload } from "./fault.mjs";
import { makeCrashWorkload } from "./heavy-workload.mjs";
import { interleaveWorkload } from "./interleave.mjs";
import { killRounds } from "./kill.mjs";
import { mixSeeds, Random } from "./random.mjs";
import { CRASH_SAMPLE, FAULT_SAMPLE } from "./replay.mjs";
import { shrink } from "./shrink.mjs";
import { shrinkFault } from "./shrink-fault.mjs";
import { Tally } from "./tally.mjs";
import { makeRestlessWorkload, makeWorkload } from "./workload.mjs";

export { rotCampaign } from "./rot-campaign.mjs";

/** @typedef {import("./tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {import("./violation.mjs").Violation} Violation */
/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {{ violation?: Violation | undefined }} Outcome */

/**
 * Cuts the power.
 *
 * @param {CampaignOptions & { statesMax?: number,
 *   perWorkload?: { cutsMax: number, statesMax: number } }} options
 */
export async function crashCampaign({
  statesMax = Number.POSITIVE_INFINITY,
  perWorkload = CRASH_SAMPLE,
  ...options
}) {
  const { plant, seed } = options;
  const tally = new Tally("crash", options, ["workloads", "states"]);
  for (const i of tally.mine()) {
    if ((tally.counts["states"] ?? 0) >= statesMax) break;
    const workload = makeCrashWorkload(mixSeeds(seed, i));
    const run = (/** @type {Workload} */ candidate) =>
      crashWorkload(candidate, { ...perWorkload, plant });
    const left = statesMax - (tally.counts["states"] ?? 0);
    const isOver = (/** @type {number} */ done) => done >= left || tally.isOver;
    const how = { ...perWorkload, plant, isOver };
    const { states, violation } = await crashWorkload(workload, how);
    tally.add("workloads");
    tally.add("states", states);
    await lookInto(tally, { workload, violation }, run, perWorkload);
  }
  return tally;
}

/**
 * Fails each call of the disk; with `perWorkload` only so many of them, drawn by the seed.
 *
 * @param {CampaignOptions & { faultsMax?: number, perWorkload?: number }} options
 */
export async function faultCampaign({
  faultsMax = Number.POSITIVE_INFINITY,
  perWorkload = Number.POSITIVE_INFINITY,
  ...options
}) {
  const { plant, seed } = options;
  const how = { ...FAULT_SAMPLE, plant };
  const tally = new Tally("fault", options, ["workloads", "faults", "states"]);
  const isOver = () => tally.isOver || (tally.counts["faults"] ?? 0) >= faultsMax;
  for (const i of tally.mine()) {
    if (isOver()) break;
    const drawn = makeWorkload(mixSeeds(seed, i));
    // what waits for room has no offset: the model could not tell which of them were refused
    const { stagedBytesMax: _, ...settings } = drawn.settings;
    const workload = { ...drawn, settings };
    const records = workload.steps.reduce(
      (n, step) => n + ("sizes" in step ? step.sizes.length : 0),
      0,
    );
    if (records > FAULT_RECORDS_MAX) continue; // thousands of calls, each to be failed
    tally.add("workloads");
    const operations = await countOperations(workload, plant);
    const random = new Random(mixSeeds(seed, i, 1));
    for (const fault of random.sample(operations.flatMap(faultsOf), perWorkload)) {
      if (isOver()) break;
      const { states, violation } = await faultWorkload(workload, fault, how);
      tally.add("faults");
      tally.add("states", states);
      if (violation === undefined || !tally.isNews(violation)) continue;
      const failing = { workload, fault: { ...fault, at: Number(fault.at) }, violation };
      const smallest = await shrinkFault(failing, { ...how, msMax: tally.shrinkMsMax });
      tally.violated(smallest.violation, { workload: smallest.workload, fault: smallest.fault });
      break; // the calls around it fail in the same way
    }
  }
  return tally;
}

/** Kills a process. @param {CampaignOptions & { rounds: number }} options */
export async function killCampaign({ rounds, ...options }) {
  const tally = new Tally("kill", options, ["rounds", "acknowledgements"]);
  const { seed, plant, parts } = options;
  const outcome = await killRounds({ seed, rounds, endAt: tally.endAt, plant, parts });
  tally.add("rounds", outcome.rounds);
  tally.add("acknowledgements", outcome.acknowledged);
  // what a kill hits is the machine's: the seed gives the same moments, and no more
  if (outcome.violation) tally.violated(outcome.violation, { seed, rounds: outcome.rounds + 1 });
  return tally;
}

/** Runs everything against everything. @param {CampaignOptions & { callsMax?: number }} options */
export async function interleaveCampaign({ callsMax = Number.POSITIVE_INFINITY, ...options }) {
  const { plant, seed } = options;
  const tally = new Tally("interleave", options, ["workloads", "calls"]);
  for (const i of tally.mine()) {
    if ((tally.counts["calls"] ?? 0) >= callsMax) break;
    const workload = makeRestlessWorkload(mixSeeds(seed, i));
    const run = (/** @type {Workload} */ candidate) => interleaveWorkload(candidate, { plant });
    const { calls, violation } = await run(workload);
    tally.add("workloads");
    tally.add("calls", calls);
    await lookInto(tally, { workload, violation }, run);
  }
  return tally;
}

/**
 * Makes a violation small, and tells of it, if it is one to look into.
 *
 * @param {Tally} tally
 * @param {{ workload: Workload, violation: Violation | undefined }} found
 * @param {(workload: Workload) => Promise<Outcome>} run
 * @param {object} [how]  what else is needed to run it again
 */
async function lookInto(tally, { workload, violation }, run, how = {}) {
  if (violation === undefined || !tally.isNews(violation)) return;
  const smallest = await shrink(
    { workload, violation },
    async (candidate) => {
      const found = (await run(candidate)).violation;
      return found && { workload: candidate, violation: found };
    },
    { msMax: tally.shrinkMsMax },
  );
  tally.violated(smallest.violation, { workload: smallest.workload, ...how });
}

const FAULT_RECORDS_MAX = 60;
