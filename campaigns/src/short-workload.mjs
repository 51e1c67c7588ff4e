import { Random } from "./random.mjs";
import { fill, fraction } from "./workload.mjs";

/** @typedef {import("./actions.mjs").Step} Step */
/** @typedef {import("./workload.mjs").Workload} Workload */

/**
 * A workload of few calls, whose records take several sectors: of its moments most are cut, and
 * so a write torn between two of its records is among them.
 *
 * @param {number} seed
 * @returns {Workload}
 */
export function makeShortWorkload(seed) {
  const random = new Random(seed);
  const settings = { small: true, segmentBytesMax: random.pick([600, 4000, 20_000]) };
  /** @type {Step[]} */
  const steps = [];
  for (let count = random.between(2, 5); count > 0; count--) {
    const op = random.pick(
      /** @type {const} */ (["append", "append", "batch", "batch", "truncateAfter", "kill"]),
    );
    const last = steps.at(-1);
    if (op === "kill") {
      // a write begins whose sync never comes
      if (last !== undefined && "wait" in last) last.wait = false;
      steps.push({ op: "pass", turns: random.between(1, 4) }, { op });
    } else if (op === "truncateAfter")
      steps.push({ op, at: fraction(random), wait: random.chance(0.6) });
    else {
      const sizes = Array.from({ length: random.between(1, 6) }, () =>
        random.between(0, random.pick([20, 600, 1500])),
      );
      const filling = random.chance(0.4) ? "frames" : fill(random);
      steps.push({ op, sizes, fill: filling, wait: random.chance(0.5) });
      // what comes next is appended while this is written, or synced
      if (random.chance(0.5)) steps.push({ op: "pass", turns: random.between(1, 6) });
    }
  }
  return { seed, settings, steps };
}
