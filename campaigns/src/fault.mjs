import { simulatedDisk } from "@seglog/fs/sim";
import { takeStep } from "./actions.mjs";
import { checkPoisoned } from "./check-poisoned.mjs";
import { checkState } from "./check-state.mjs";
import { Model } from "./model.mjs";
import { mixSeeds } from "./random.mjs";
import { Session } from "./session.mjs";
import { isCoded, Violation } from "./violation.mjs";

/** @typedef {import("@seglog/fs/sim").DiskFault} DiskFault */
/** @typedef {import("@seglog/fs/sim").DiskOperation} DiskOperation */
/** @typedef {import("./session.mjs").Plant} Plant */
/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {{ faults: number, states: number, violation?: Violation | undefined }} Outcome */
/** @typedef {{ statesMax: number, plant?: Plant | undefined }} FaultOptions */

/** What each call of a disk can fail with. @type {Partial<Record<DiskOperation["kind"], string[]>>} */
const ERRNOS = {
  open: ["EMFILE", "EIO", "ENOSPC"],
  write: ["EIO", "ENOSPC"],
  writeDurably: ["EIO", "ENOSPC"],
  allocate: ["EIO", "ENOSPC"],
  map: ["ENOMEM"],
  lock: ["EIO", "EMFILE"],
  makeDirectory: ["EIO", "ENOSPC"],
  truncate: ["EIO", "ENOSPC"],
};

/** The disk calls that a workload makes when none fails. @param {Workload} workload */
export async function countOperations(workload, /** @type {Plant | undefined} */ plant) {
  /** @type {DiskOperation[]} */
  const operations = [];
  await runFaulty(workload, { plant, watch: (operation) => operations.push(operation) });
  return operations;
}

/** Every way in which one call can fail. @param {DiskOperation} operation @returns {DiskFault[]} */
export function faultsOf({ index, kind }) {
  const errnos = ERRNOS[kind] ?? ["EIO"];
  /** @type {NonNullable<DiskFault["effect"]>[]} */
  const effects = ["nothing"];
  if (["write", "writeDurably", "allocate"].includes(kind)) effects.push("partial");
  // what was opened all the same nobody could close
  if (!["open", "map", "lock"].includes(kind)) effects.push("all");
  return errnos.flatMap((errno) => effects.map((effect) => ({ at: index, errno, effect })));
}

/**
 * Runs a workload in which one call of the disk fails; then holds the log, reopened, and what a
 * power cut would have left of it, against what was acknowledged.
 *
 * @param {Workload} workload
 * @param {DiskFault} fault
 * @param {FaultOptions} options
 * @returns {Promise<{ states: number, violation?: Violation | undefined }>}
 */
export async function faultWorkload(workload, fault, { statesMax, plant }) {
  let failed = "nothing";
  let states = 0;
  try {
    const { disk, model } = await runFaulty(workload, {
      plant,
      fault,
      failed: ({ index, kind, path }) => {
        failed = `${kind} ${path}, call ${index}, ${fault.errno} with effect "${fault.effect}"`;
      },
    });
    const { settings } = workload;
    const crashes = [...disk.crashStates({ limit: statesMax, seed: mixSeeds(workload.seed, 7) })];
    for (const [i, state] of crashes.entries()) {
      states += 1;
      const seed = mixSeeds(workload.seed, Number(fault.at), i);
      await at(`power cut: ${state.describe()}`, () =>
        checkState({ state, model, settings, seed, plant }),
      );
    }
    states += 1;
    const seed = mixSeeds(workload.seed, Number(fault.at));
    await at("reopened", () =>
      checkState({ state: { disk }, model, settings, seed, level: "kill", plant }),
    );
    return { states };
  } catch (error) {
    const text = error instanceof Violation ? error.message : `unexpected ${error}`;
    return { states, violation: new Violation(`${text}\n  failed: ${failed}`, error) };
  }
}

/**
 * @param {Workload} workload
 * @param {{ plant: Plant | undefined, fault?: DiskFault, failed?: (operation: DiskOperation) => void,
 *   watch?: (operation: DiskOperation) => void }} how
 */
async function runFaulty({ seed, settings, steps }, { plant, fault, failed, watch }) {
  const disk = simulatedDisk({ seed, holes: "refuse" });
  const model = new Model(settings);
  const session = new Session({ disk, settings, model, seed, plant });
  model.clockMax = session.now;
  if (fault !== undefined) disk.fail(fault);
  disk.onOperation((operation) => {
    watch?.(operation);
    if (operation.index !== fault?.at) return;
    failed?.(operation);
    session.mayFail = true;
  });
  await reopen(session, "closed");
  for (const step of steps) {
    if (step.op === "reopen") await reopen(session, await session.close());
    else if (step.op === "kill") {
      await session.kill();
      await reopen(session, "kill");
    } else await takeStep(session, step);
  }
  await session.settle();
  if (session.log.stats().poisoned) await checkPoisoned(session);
  await session.close();
  session.stop();
  return { disk, model };
}

/** Opens the log; where the disk refused that, again. @param {Session} session @param {import("./model.mjs").Level} level */
async function reopen(session, level) {
  try {
    await session.open(level);
  } catch (error) {
    if (error instanceof Violation || !isCoded(error) || !session.mayFail) throw error;
    await session.turns(2);
    session.checkReleased("a failed openLog");
    await session.open(level === "closed" ? "kill" : level);
  }
}

/** @param {string} where @param {() => Promise<void>} check */
async function at(where, check) {
  try {
    await check();
  } catch (error) {
    const text = error instanceof Violation ? error.message : `unexpected ${error}`;
    throw new Violation(`${text}\n  ${where}`, error);
  }
}
