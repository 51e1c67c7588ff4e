import { simulatedDisk } from "@seglog/fs/sim";
import { takeStep } from "./actions.mjs";
import { checkState } from "./check-state.mjs";
import { Model } from "./model.mjs";
import { mixSeeds, Random } from "./random.mjs";
import { Session } from "./session.mjs";
import { Violation } from "./violation.mjs";

/** @typedef {import("@seglog/fs/sim").CrashState} CrashState */
/** @typedef {import("./session.mjs").Plant} Plant */
/** @typedef {import("./workload.mjs").Workload} Workload */

/**
 * A moment at which the power is cut: what the disk may hold then, and what was promised.
 *
 * @typedef {{ operation: string, states: Iterable<CrashState>, model: Model }} Cut
 */
/** @typedef {{ states: number, violation?: Violation | undefined }} Outcome */
/**
 * @typedef {{ cutsMax: number, statesMax: number, plant?: Plant | undefined,
 *   isOver?: (states: number) => boolean }} CrashOptions
 */

/**
 * Runs a workload, and opens what a power cut at each of its disk calls may leave.
 *
 * @param {Workload} workload
 * @param {CrashOptions} options
 * @returns {Promise<Outcome>}
 */
export async function crashWorkload(workload, options) {
  const { cuts, violation } = await runWithCuts(workload, options);
  if (violation !== undefined) return { states: 0, violation };
  let states = 0;
  for (const [c, cut] of cuts.entries()) {
    let s = 0;
    for (const state of cut.states) {
      if (options.isOver?.(states)) return { states };
      const seed = mixSeeds(workload.seed, c, s);
      states += 1;
      s += 1;
      try {
        const { settings } = workload;
        await checkState({ state, model: cut.model, settings, seed, plant: options.plant });
      } catch (error) {
        const where = `power cut at ${cut.operation}, state ${s}: ${state.describe()}`;
        return { states, violation: locate(error, where) };
      }
    }
  }
  return { states };
}

/** @param {Workload} workload @param {CrashOptions} options */
async function runWithCuts({ seed, settings, steps }, { cutsMax, statesMax, plant }) {
  const disk = simulatedDisk({ seed, holes: "refuse" });
  const model = new Model(settings);
  const session = new Session({ disk, settings, model, seed, plant });
  const random = new Random(mixSeeds(seed, 1));
  /** @type {Cut[]} */
  const cuts = [];
  let seen = 0;
  const cutAt = (/** @type {string} */ operation) => {
    // an even sample of the calls, however many there will be
    seen += 1;
    const slot = seen <= cutsMax ? cuts.length : random.below(seen);
    if (slot >= cutsMax) return;
    const states = disk.crashStates({ limit: statesMax });
    cuts[slot] = { operation, states, model: model.snapshot() };
  };
  const stop = disk.onOperation(({ index, kind, path }) => cutAt(`${index} ${kind} ${path}`));
  let violation;
  try {
    model.clockMax = session.now;
    await session.open("closed");
    for (const step of steps) await takeStep(session, step);
    cutAt("the end");
    await session.settle();
    await session.close();
  } catch (error) {
    violation = locate(error, "no power cut");
  }
  stop();
  return { cuts, violation };
}

/** @param {unknown} error @param {string} where */
function locate(error, where) {
  const text = error instanceof Violation ? error.message : `unexpected ${error}`;
  return new Violation(`${text}\n  ${where}`, error);
}
