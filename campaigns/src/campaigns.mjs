import { crashWorkload } from "./crash.mjs";
import { countOperations, faultsOf, faultWorkload } from "./fault.mjs";
import { interleaveWorkload } from "./interleave.mjs";
import { killRounds } from "./kill.mjs";
import { mixSeeds } from "./random.mjs";
import { finishedLog, rotCase } from "./rot.mjs";
import { shrink } from "./shrink.mjs";
import { Tally } from "./tally.mjs";
import { makeRestlessWorkload, makeWorkload } from "./workload.mjs";

/** @typedef {import("./tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {import("./workload.mjs").Workload} Workload */

/** Cuts the power. @param {CampaignOptions & { statesMax?: number }} options */
export async function crashCampaign({ statesMax = Number.POSITIVE_INFINITY, ...options }) {
  const tally = new Tally("crash", options, ["workloads", "states"]);
  const how = { cutsMax: 24, statesMax: 12, plant: options.plant };
  const run = async (/** @type {Workload} */ workload) => {
    const { states, violation } = await crashWorkload(workload, how);
    tally.add("states", states);
    return violation;
  };
  for (let i = 0; !tally.isOver && (tally.counts["states"] ?? 0) < statesMax; i++) {
    await tryWorkload(tally, makeWorkload(mixSeeds(options.seed, i)), run);
    tally.add("workloads");
  }
  return tally;
}

/** Fails each call of the disk. @param {CampaignOptions} options */
export async function faultCampaign(options) {
  const { plant, seed } = options;
  const tally = new Tally("fault", options, ["workloads", "faults", "states"]);
  for (let i = 0; !tally.isOver; i++) {
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
      const { states, violation } = await faultWorkload(workload, fault, { statesMax: 2, plant });
      tally.add("faults");
      tally.add("states", states);
      if (!tally.isNews(violation)) continue;
      tally.violated(`${violation?.message}\n  ${JSON.stringify({ workload, fault })}`);
      break; // the calls around it fail in the same way
    }
  }
  return tally;
}

/** Kills a process. @param {CampaignOptions & { rounds: number }} options */
export async function killCampaign({ rounds, ...options }) {
  const tally = new Tally("kill", options, ["rounds", "acknowledgements"]);
  const { seed, plant } = options;
  const outcome = await killRounds({ seed, rounds, endAt: tally.endAt, plant });
  tally.add("rounds", outcome.rounds);
  tally.add("acknowledgements", outcome.acknowledged);
  if (outcome.violation !== undefined) tally.violated(outcome.violation.message);
  return tally;
}

/** Damages finished logs. @param {CampaignOptions & { cases: number }} options */
export async function rotCampaign({ cases, ...options }) {
  const { seed, plant } = options;
  const tally = new Tally("rot", options, ["cases", ...ROT_OUTCOMES]);
  /** @type {import("./rot.mjs").FinishedLog[]} */
  let logs = [];
  for (let i = 0; !tally.isOver && i < cases; i++) {
    if (i % CASES_PER_LOGS === 0) {
      logs = await Promise.all(LOGS.map((n) => finishedLog(mixSeeds(seed, i, n))));
    }
    const log = /** @type {import("./rot.mjs").FinishedLog} */ (logs[i % logs.length]);
    const other = /** @type {import("./rot.mjs").FinishedLog} */ (logs[(i * 7 + 1) % logs.length]);
    const found = await rotCase(log, { other, seed: mixSeeds(seed, i), plant });
    tally.add("cases");
    if ("outcome" in found) tally.add(found.outcome);
    else if (tally.isNews(found.violation))
      tally.violated(`${found.violation.message}\n  case ${i}`);
  }
  return tally;
}

/** Runs everything against everything. @param {CampaignOptions} options */
export async function interleaveCampaign(options) {
  const { plant, seed } = options;
  const tally = new Tally("interleave", options, ["workloads", "calls"]);
  const run = async (/** @type {Workload} */ workload) => {
    const { calls, violation } = await interleaveWorkload(workload, { plant });
    tally.add("calls", calls);
    return violation;
  };
  for (let i = 0; !tally.isOver; i++) {
    await tryWorkload(tally, makeRestlessWorkload(mixSeeds(seed, i)), run);
    tally.add("workloads");
  }
  return tally;
}

/**
 * @param {Tally} tally
 * @param {Workload} workload
 * @param {(workload: Workload) => Promise<import("./violation.mjs").Violation | undefined>} run
 */
async function tryWorkload(tally, workload, run) {
  const violation = await run(workload);
  if (violation === undefined || !tally.isNews(violation)) return;
  const kind = violation.message.slice(0, SAME_KIND_CHARACTERS);
  const failsAlike = async (/** @type {Workload} */ candidate) => {
    const found = await run(candidate);
    return found?.message.startsWith(kind) ? found : undefined;
  };
  const smallest = await shrink({ workload, violation }, failsAlike, { msMax: SHRINK_MS_MAX });
  tally.violated(`${smallest.violation.message}\n  ${JSON.stringify(smallest.workload)}`);
}

const ROT_OUTCOMES = Object.freeze(["right", "refused", "damaged", "ambiguous", "unknowable"]);
const FAULT_RECORDS_MAX = 60;
const LOGS = Object.freeze(Array.from({ length: 12 }, (_, n) => n));
/** New logs after so many cases. */
const CASES_PER_LOGS = 1200;
const SHRINK_MS_MAX = 20_000;
/** Violations that begin alike are of one kind. */
const SAME_KIND_CHARACTERS = 12;
