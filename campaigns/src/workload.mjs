import { Random } from "./random.mjs";

/** @typedef {import("./actions.mjs").Step} Step */
/** @typedef {import("./session.mjs").Settings} Settings */
/** @typedef {import("./values.mjs").Fill} Fill */

/**
 * What is done to a log: everything that is to happen follows from this.
 *
 * @typedef {{ seed: number, settings: Settings, steps: readonly Step[] }} Workload
 */

/** A random workload. @param {number} seed @returns {Workload} */
export function makeWorkload(seed) {
  const random = new Random(seed);
  const settings = makeSettings(random);
  const count = random.between(4, random.chance(0.3) ? 40 : 16);
  const steps = Array.from({ length: count }, () => makeStep(random, settings));
  return { seed, settings, steps };
}

/**
 * A random workload that waits for nothing, and watches while it writes.
 *
 * @param {number} seed
 * @returns {Workload}
 */
export function makeRestlessWorkload(seed) {
  const random = new Random(seed);
  const settings = makeSettings(random);
  /** @type {Step[]} */
  const steps = [];
  for (let count = random.between(10, 80); count > 0; count--) {
    if (random.chance(0.15)) steps.push({ op: "iterate", reverse: random.chance(0.4) });
    else if (random.chance(0.06)) steps.push({ op: "tail" });
    else steps.push(withoutWaiting(makeStep(random, settings)));
    if (random.chance(0.7)) steps.push({ op: "pass", turns: random.between(1, 12) });
  }
  return { seed, settings, steps };
}

/** @param {Step} step @returns {Step} */
function withoutWaiting(step) {
  if (step.op === "kill") return { op: "read" };
  return "wait" in step ? { ...step, wait: false } : step;
}

/** How a random workload opens its log. @param {Random} random @returns {Settings} */
export function makeSettings(random) {
  /** @type {{ -readonly [K in keyof Settings]: Settings[K] }} */
  const settings = { small: random.chance(0.95) };
  if (settings.small || random.chance(0.5)) {
    settings.segmentBytesMax = random.pick([64, 200, 600, 1500, 4000, 9000, 20_000]);
  }
  if (random.chance(0.2)) settings.indexEntriesMax = random.between(1, 20);
  if (random.chance(0.15)) settings.segmentAgeMsMax = random.between(1, 400);
  if (random.chance(0.2)) settings.stagedBytesMax = random.pick([1, 200, 2000]);
  if (random.chance(0.12)) settings.durability = "os";
  if (random.chance(0.25)) {
    settings.retention = random.pick([
      { segmentsMax: random.between(1, 4) },
      { bytesMax: random.between(200, 8000) },
      { ageMsMax: random.between(50, 800) },
    ]);
  }
  return settings;
}

/** A random step of a workload. @param {Random} random @param {Settings} settings @returns {Step} */
export function makeStep(random, settings) {
  const op = random.pick(OPERATIONS);
  const wait = random.chance(0.45);
  switch (op) {
    case "append":
      return {
        op,
        sizes: makeSizes(random, random.chance(0.04) ? 300 : 8),
        fill: fill(random),
        wait,
      };
    case "batch":
      return {
        op,
        sizes: makeSizes(random, random.chance(0.1) ? 60 : 6),
        fill: fill(random),
        wait,
      };
    case "write":
      return { op, sizes: makeSizes(random, 6), fill: fill(random), wait: false };
    case "truncateAfter":
      // what waits for room has no offset yet, and so the model cannot know what is cut
      if (settings.stagedBytesMax !== undefined) return { op: "settle" };
      return { op, at: fraction(random), wait };
    case "truncateBefore":
      return { op, at: fraction(random), wait };
    case "sync":
      return { op, wait };
    case "clock":
      return { op, ms: random.between(-100, 500) };
    case "pass":
      return { op, turns: random.between(1, 4) };
    case "iterate":
      return { op, reverse: random.chance(0.4) };
    default:
      return { op };
  }
}

/** @param {Random} random @param {number} countMax */
function makeSizes(random, countMax) {
  const sizeMax = random.pick(countMax > 100 ? [10, 40] : [10, 40, 40, 300, 300, 1500, 9000]);
  return Array.from({ length: random.between(1, countMax) }, () => random.between(0, sizeMax));
}

/** Often an end, since that is where the bugs are. @param {Random} random */
export function fraction(random) {
  return random.chance(0.2) ? random.below(2) : random.u32() / 2 ** 32;
}

/** What records are made of. @param {Random} random @returns {Fill} */
export function fill(random) {
  return random.pick(["pattern", "pattern", "zeros", "random", "frames"]);
}

/** @type {readonly Step["op"][]} */
const OPERATIONS = Object.freeze([
  ...Array(8).fill("append"),
  ...Array(4).fill("batch"),
  ...Array(3).fill("write"),
  ...Array(3).fill("sync"),
  ...Array(2).fill("truncateBefore"),
  ...Array(3).fill("truncateAfter"),
  ...Array(2).fill("settle"),
  ...Array(2).fill("pass"),
  "reopen",
  "kill",
  "clock",
  "clock",
  "read",
]);
