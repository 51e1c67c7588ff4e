import { takeStep } from "./actions.mjs";
import { cutRecovery, hasTruncationPending } from "./cut-recovery.mjs";
import { Random } from "./random.mjs";
import { Session } from "./session.mjs";

/** @typedef {import("@seglog/fs/sim").CrashState} CrashState */
/** @typedef {import("./model.mjs").Model} Model */
/** @typedef {import("./session.mjs").Settings} Settings */

/**
 * Opens what a crash left, and holds it against what was promised. Seven states of twelve are
 * gone on with: recovered again, by a close, a killed process or a second power cut, appended to
 * and reopened. Recoveries with a truncation to finish are cut short more often.
 *
 * @param {{ state: Pick<CrashState, "disk">, model: Model, settings: Settings, seed: number,
 *   level?: import("./model.mjs").Level, plant?: import("./session.mjs").Plant | undefined }} what
 */
export async function checkState({ state, model, settings, seed, level = "power", plant }) {
  const { disk } = state;
  const random = new Random(seed);
  const again = random.below(12);
  if (again === 0 || (again > 8 && hasTruncationPending(model))) {
    await cutRecovery({ disk, model, settings, seed, level, plant }, random.between(1, 2));
    return;
  }
  const session = new Session({ disk, settings, model: model.snapshot(), seed, plant });
  await session.open(level);
  if (again === 1) await session.open(await session.close());
  else if (again === 2) {
    await session.kill();
    await session.open("kill");
  }
  // what was opened is durable, whatever the process before left to the system's memory
  if (again === 7) await cutAgain(session, { seed, plant });
  if (again > 6) {
    await session.close();
    return;
  }
  await takeStep(session, { op: "append", sizes: [3, 0, 30], fill: "pattern" });
  await takeStep(session, { op: "batch", sizes: [5, 50], fill: "zeros", wait: true });
  // of a later sync: what recovery should have cut, and left, is now damage in the middle
  await takeStep(session, { op: "append", sizes: [9], fill: "pattern", wait: true });
  if (again === 3) await takeStep(session, { op: "truncateAfter", at: 0.5, wait: true });
  if (again === 4) await takeStep(session, { op: "truncateBefore", at: 0.5, wait: true });
  if (again !== 6) await cutAgain(session, { seed, plant });
  await session.open(await session.close());
  await session.close();
}

/** @param {Session} session @param {{ seed: number, plant: import("./session.mjs").Plant | undefined }} how */
async function cutAgain({ disk, model, settings }, { seed, plant }) {
  const states = [...disk.crashStates({ limit: 6, seed })];
  for (const state of new Random(seed).sample(states, 2)) {
    const again = new Session({ disk: state.disk, settings, model: model.snapshot(), seed, plant });
    await again.open("power");
    await again.close();
  }
}
