import { mixSeeds } from "./random.mjs";
import { finishedLog, rotCase } from "./rot.mjs";
import { shrinkRot } from "./shrink-rot.mjs";
import { Tally } from "./tally.mjs";
import { asViolation } from "./violation.mjs";
import { makeWorkload } from "./workload.mjs";

/** @typedef {import("./rot.mjs").FinishedLog} FinishedLog */
/** @typedef {import("./session.mjs").Plant} Plant */

/** Damages finished logs. @param {import("./tally.mjs").CampaignOptions & { cases: number }} options */
export async function rotCampaign({ cases, ...options }) {
  const { plant } = options;
  const tally = new Tally("rot", options, ["cases", ...ROT_OUTCOMES]);
  /** @type {FinishedLog[]} */
  let logs = [];
  let logsFrom = -1;
  for (const i of tally.mine()) {
    if (i >= cases) break;
    const from = i - (i % CASES_PER_LOGS);
    const seed = mixSeeds(options.seed, i);
    /** @param {import("./shrink-rot.mjs").FailingRot} failing */
    const violated = async (failing) => {
      const { violation, ...what } = await shrinkRot(failing, { plant, msMax: tally.shrinkMsMax });
      tally.violated(violation, what);
    };
    if (from !== logsFrom) {
      const seeds = LOGS.map((n) => mixSeeds(options.seed, from, n));
      const made = await makeLogs(seeds, plant);
      if (made.violation !== undefined) {
        await violated({ workload: made.workload, violation: made.violation, seed });
        break;
      }
      logs = made.logs;
      logsFrom = from;
    }
    const log = /** @type {FinishedLog} */ (logs[i % logs.length]);
    const other = /** @type {FinishedLog} */ (logs[(i * 7 + 1) % logs.length]);
    const found = await rotCase(log, { other, seed, plant });
    tally.add("cases");
    if ("outcome" in found) tally.add(found.outcome);
    else if (tally.isNews(found.violation)) {
      await violated({ workload: log.workload, other: other.workload, seed, ...found });
    }
  }
  return tally;
}

/**
 * The logs of some seeds; or the first that breaks a promise before anything is damaged.
 *
 * @param {readonly number[]} seeds
 * @param {Plant | undefined} plant
 */
async function makeLogs(seeds, plant) {
  const made = await Promise.allSettled(seeds.map((seed) => finishedLog(seed, plant)));
  /** @type {FinishedLog[]} */
  const logs = [];
  for (const [i, result] of made.entries()) {
    if (result.status === "fulfilled") logs.push(result.value);
    else {
      const workload = makeWorkload(/** @type {number} */ (seeds[i]));
      return { workload, violation: asViolation(result.reason, "before any damage") };
    }
  }
  return { logs };
}

const ROT_OUTCOMES = Object.freeze(["right", "refused", "damaged", "ambiguous", "unknowable"]);
const LOGS = Object.freeze(Array.from({ length: 12 }, (_, n) => n));
/** New logs after so many cases. */
const CASES_PER_LOGS = 300;
