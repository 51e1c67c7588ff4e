import { mixSeeds, Random } from "./random.mjs";
import { makeShortWorkload } from "./short-workload.mjs";
import { fill, fraction, makeSettings, makeStep, makeWorkload } from "./workload.mjs";

/** @typedef {import("./actions.mjs").Step} Step */
/** @typedef {import("./session.mjs").Settings} Settings */
/** @typedef {import("./workload.mjs").Workload} Workload */
/** @typedef {{ readonly settings: Settings, readonly steps: readonly Step[] }} Plan */

/**
 * A workload for power cuts: two of five are short; of the others three of five are as everywhere,
 * and the rest press on one thing.
 */
export function makeCrashWorkload(/** @type {number} */ seed) {
  const random = new Random(mixSeeds(seed, 5));
  if (random.chance(0.4)) return makeShortWorkload(seed);
  if (random.chance(0.6)) return makeWorkload(seed);
  return heavyWorkload(random.pick(Object.keys(HEAVY_PLANS)), seed);
}

/** @param {string} name  one of {@link HEAVY_PLANS} @param {number} seed @returns {Workload} */
export function heavyWorkload(name, seed) {
  const plan = HEAVY_PLANS[name];
  if (plan === undefined) throw new Error(`no plan ${name}`);
  return { seed, ...plan(new Random(mixSeeds(seed, 6))) };
}

/**
 * Workloads that press on one thing, by its name.
 *
 * @type {Readonly<Record<string, (random: Random) => Plan>>}
 */
export const HEAVY_PLANS = Object.freeze({
  /** Hundreds of appends in flight, wave after wave. */
  waves: (random) => {
    const segmentBytesMax = random.pick([2000, 9000, 40_000]);
    const steps = several(random, { min: 2, max: 4 }, () => [
      { op: "append", sizes: manySizes(random), fill: fill(random), wait: random.chance(0.4) },
      { op: "pass", turns: random.between(1, 3) },
      { op: random.chance(0.3) ? "kill" : "read" },
    ]);
    return { settings: { small: random.chance(0.8), segmentBytesMax }, steps };
  },

  /** Records over several pages and buffers, batches that cross from one buffer into the next. */
  large: (random) => {
    const segmentBytesMax = random.pick([20_000, 100_000, 400_000]);
    const steps = several(random, { min: 3, max: 6 }, () => [
      {
        op: random.chance(0.5) ? "batch" : "append",
        sizes: Array.from({ length: random.between(1, 5) }, () => largeSize(random)),
        fill: fill(random),
        wait: random.chance(0.5),
      },
      { op: "append", sizes: [random.below(40), random.below(4100)], fill: fill(random) },
      random.chance(0.2) ? { op: "kill" } : { op: "sync", wait: random.chance(0.5) },
    ]);
    return { settings: { small: random.chance(0.8), segmentBytesMax }, steps };
  },

  /** Segments of a few records, dropped by all three limits at once. */
  retention: (random) => {
    const settings = {
      small: true,
      segmentBytesMax: random.pick([64, 150, 300]),
      retention: {
        segmentsMax: random.between(3, 12),
        bytesMax: random.between(500, 3000),
        ageMsMax: random.between(100, 1500),
      },
    };
    const steps = several(random, { min: 5, max: 12 }, () => [
      { op: "append", sizes: fewSizes(random), fill: fill(random), wait: random.chance(0.6) },
      { op: "clock", ms: random.between(0, 1200) },
      makeStep(random, settings),
    ]);
    return { settings, steps };
  },

  /** Truncations of many segments, cut short again and again: each opening goes on with one. */
  truncations: (random) => {
    const settings = { small: true, segmentBytesMax: random.pick([64, 200, 600, 5000]) };
    const steps = several(random, { min: 2, max: 5 }, () => [
      { op: "append", sizes: fewSizes(random), fill: fill(random), wait: random.chance(0.7) },
      {
        op: random.chance(0.7) ? "truncateAfter" : "truncateBefore",
        at: fraction(random),
        wait: random.chance(0.5),
      },
      random.chance(0.3) ? { op: "kill" } : { op: "pass", turns: random.between(1, 3) },
    ]);
    return { settings, steps };
  },

  /** Appends that resolve before their sync, which comes by the clock. */
  everyMs: (random) => {
    const everyMs = random.between(1, 400);
    const settings = { ...makeSettings(random), durability: { everyMs } };
    const steps = several(random, { min: 4, max: 12 }, () => [
      makeStep(random, settings),
      { op: "clock", ms: random.between(0, 400) },
      { op: "pass", turns: random.between(0, 3) },
    ]);
    return { settings, steps };
  },
});

/**
 * @param {Random} random
 * @param {{ min: number, max: number }} count
 * @param {() => Step[]} make
 */
function several(random, { min, max }, make) {
  return Array.from({ length: random.between(min, max) }, make).flat();
}

/** @param {Random} random */
function manySizes(random) {
  const sizeMax = random.pick([0, 10, 40, 100]);
  return Array.from({ length: random.between(200, 400) }, () => random.between(0, sizeMax));
}

/** @param {Random} random */
function fewSizes(random) {
  return Array.from({ length: random.between(1, 12) }, () => random.between(0, 80));
}

/** Often just at a multiple of a page, less or more what frames and heads take. @param {Random} random */
function largeSize(random) {
  if (random.chance(0.3)) return random.between(1000, 40_000);
  return Math.max(0, 4096 * random.between(1, 4) - random.between(-8, 40));
}
