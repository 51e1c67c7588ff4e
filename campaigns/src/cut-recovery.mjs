import { Random } from "./random.mjs";
import { Session } from "./session.mjs";

/** @typedef {import("@seglog/fs/sim").SimulatedDisk} SimulatedDisk */
/** @typedef {import("./model.mjs").Level} Level */
/** @typedef {import("./model.mjs").Model} Model */
/** @typedef {{ disk: SimulatedDisk, model: Model, settings: import("./session.mjs").Settings,
 *   seed: number, level: Level, plant: import("./session.mjs").Plant | undefined }} Recovery */

/**
 * Cuts the power in the middle of recovery, and in the middle of the recovery from that. The log
 * that is opened at last owes what was promised before the first cut.
 *
 * @param {Recovery} recovery
 * @param {number} cutCount  how many power cuts in a row
 */
export async function cutRecovery({ disk, model, settings, seed, level, plant }, cutCount) {
  const random = new Random(seed);
  // most recoveries are short; with many segments, or a truncation to finish, they are not
  const cutAt = disk.operationCount + random.below(random.pick([12, 30, 90]));
  /** @type {SimulatedDisk[]} */
  const disks = [];
  const stop = disk.onOperation(({ index }) => {
    if (index !== cutAt || cutCount === 0) return;
    const limit = cutCount > 1 ? 2 : 3;
    disks.push(...[...disk.crashStates({ limit, seed })].map((state) => state.disk));
  });
  const session = new Session({ disk, settings, model: model.snapshot(), seed, plant });
  await session.open(level);
  stop();
  await session.close();
  for (const [i, left] of disks.entries()) {
    const again = { disk: left, model, settings, seed: seed + i + 1, plant };
    await cutRecovery({ ...again, level: "power" }, cutCount - 1);
  }
}

/** Whether recovery may have to finish a truncation that was not acknowledged. @param {Model} model */
export function hasTruncationPending({ intents, durable, firsts, firstMin }) {
  return (
    intents.some(({ kind }, i) => kind === "cut" && i >= durable) ||
    firsts.some(({ offset }) => offset > firstMin)
  );
}
