import { simulatedDisk, turnScheduler } from "@seglog/fs/sim";
import { takeStep } from "./actions.mjs";
import { Model } from "./model.mjs";
import { Session } from "./session.mjs";
import { Violation } from "./violation.mjs";

/** @typedef {import("./session.mjs").Plant} Plant */
/** @typedef {import("./workload.mjs").Workload} Workload */

/**
 * Runs a workload on a disk whose calls go on one at a time, in an order that the seed decides.
 *
 * @param {Workload} workload
 * @param {{ plant?: Plant | undefined }} [options]
 * @returns {Promise<{ calls: number, violation?: Violation | undefined }>}
 */
export async function interleaveWorkload({ seed, settings, steps }, { plant } = {}) {
  const scheduler = turnScheduler({ seed });
  const disk = simulatedDisk({ seed, scheduler, holes: "refuse" });
  const model = new Model(settings);
  const session = new Session({ disk, settings, model, seed, plant });
  session.onTurn = () => scheduler.step();
  model.clockMax = session.now;
  try {
    await session.open("closed");
    for (const step of steps) {
      // watchers end with the log only, so nothing can be waited for while one is there
      if (step.op !== "settle") await takeStep(session, step);
    }
    await session.open(await session.close());
    if (session.violation !== undefined) throw session.violation;
    await session.close();
    return { calls: disk.operationCount };
  } catch (error) {
    const text = error instanceof Violation ? error.message : `unexpected ${error}`;
    return { calls: disk.operationCount, violation: new Violation(text, error) };
  }
}
