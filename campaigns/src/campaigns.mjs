import { crashWorkload } from "./crash.mjs";
import { countOperations, faultsOf, faultWorkload } from "./fault.mjs";
import { makeCrashWorkload } from "./heavy-workload.mjs";
import { interleaveWorkload } from "./interleave.mjs";
import { killRounds } from "./kill.mjs";
import { mixSeeds } from "./random.mjs";
import { CRASH_SAMPLE, FAULT_SAMPLE } from "./replay.mjs";
import { finishedLog, rotCase } from "./rot.mjs";
import { shrink } from "./shrink.mjs";
import { shrinkFault } from "./shrink-fault.mjs";
import { shrinkRot } from "./shrink-rot.mjs";
import { Tally } from "./tally.mjs";
import { makeRestlessWorkload, makeWorkload } from "./workload.mjs";

/** @typedef {import("./tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {import("./violation.mjs").Violation} Violation */
/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {{ violation?: Violation | undefined }} Outcome */

/** Cuts the power. @param {CampaignOptions & { statesMax?: number }} options */
export async function crashCampaign({ statesMax = Number.POSITIVE_INFINITY, ...options }) {
  const { plant, seed } = options;
  const tally = new Tally("crash", options, ["workloads", "states"]);
  for (const i of tally.mine()) {
    if ((tally.counts["states"] ?? 0) >= statesMax) break;
    const workload = makeCrashWorkload(mixSeeds(seed, i));
    const run = (/** @type {Workload} */ candidate) =>
      crashWorkload(candidate, { ...CRASH_SAMPLE, plant });
    const { states, violation } = await run(workload);
    tally.add("workloads");
    tally.add("states", states);
    await lookInto(tally, { workload, violation }, run);
  }
  return tally;
}

/** Fails each call of the disk. @param {CampaignOptions} options */
export async function faultCampaign(options) {
  const { plant, seed } = options;
  const how = { ...FAULT_SAMPLE, plant };
  const tally = new Tally("fault", options, ["workloads", "faults", "states"]);
  for (const i of tally.mine()) {
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
    for (const fault of operations.flatMap(faultsOf)) {
      if (tally.isOver) break;
      const { states, violation } = await faultWorkload(workload, fault, how);
      tally.add("faults");
      tally.add("states", states);
      if (violation === undefined || !tally.isNews(violation)) continue;
      const failing = { workload, fault: { ...fault, at: Number(fault.at) }, violation };
      const smallest = await shrinkFault(failing, { ...how, msMax: SHRINK_MS_MAX });
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

/** Damages finished logs. @param {CampaignOptions & { cases: number }} options */
export async function rotCampaign({ cases, ...options }) {
  const { plant } = options;
  const tally = new Tally("rot", options, ["cases", ...ROT_OUTCOMES]);
  /** @type {import("./rot.mjs").FinishedLog[]} */
  let logs = [];
  let logsFrom = -1;
  for (const i of tally.mine()) {
    if (i >= cases) break;
    const from = i - (i % CASES_PER_LOGS);
    if (from !== logsFrom) {
      logs = await Promise.all(
        LOGS.map((n) => finishedLog(mixSeeds(options.seed, from, n), plant)),
      );
      logsFrom = from;
    }
    const log = /** @type {import("./rot.mjs").FinishedLog} */ (logs[i % logs.length]);
    const other = /** @type {import("./rot.mjs").FinishedLog} */ (logs[(i * 7 + 1) % logs.length]);
    const seed = mixSeeds(options.seed, i);
    const found = await rotCase(log, { other, seed, plant });
    tally.add("cases");
    if ("outcome" in found) tally.add(found.outcome);
    else if (tally.isNews(found.violation)) {
      const failing = { workload: log.workload, other: other.workload, seed, ...found };
      const { violation, ...what } = await shrinkRot(failing, { plant, msMax: SHRINK_MS_MAX });
      tally.violated(violation, what);
    }
  }
  return tally;
}

/** Runs everything against everything. @param {CampaignOptions} options */
export async function interleaveCampaign(options) {
  const { plant, seed } = options;
  const tally = new Tally("interleave", options, ["workloads", "calls"]);
  for (const i of tally.mine()) {
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
 */
async function lookInto(tally, { workload, violation }, run) {
  if (violation === undefined || !tally.isNews(violation)) return;
  const smallest = await shrink(
    { workload, violation },
    async (candidate) => {
      const found = (await run(candidate)).violation;
      return found && { workload: candidate, violation: found };
    },
    { msMax: SHRINK_MS_MAX },
  );
  tally.violated(smallest.violation, { workload: smallest.workload });
}

const ROT_OUTCOMES = Object.freeze(["right", "refused", "damaged", "ambiguous", "unknowable"]);
const FAULT_RECORDS_MAX = 60;
const LOGS = Object.freeze(Array.from({ length: 12 }, (_, n) => n));
/** New logs after so many cases. */
const CASES_PER_LOGS = 1200;
const SHRINK_MS_MAX = 20_000;
