/** @typedef {import("./contract.ts").Sizes} Sizes */

/**
 * What `--size` may name: `full` is what is published, `quick` shows that all of it works, and
 * `smallest` is for the tests of the bench itself.
 *
 * @type {Readonly<Record<"full" | "quick" | "smallest", Sizes>>}
 */
export const sizesByName = Object.freeze({
  full: Object.freeze({ name: "full", rounds: 5, roundMs: 250, scale: 1, growthRecordsMax: 1e7 }),
  quick: Object.freeze({
    name: "quick",
    rounds: 5,
    roundMs: 40,
    scale: 0.02,
    growthRecordsMax: 1e5,
  }),
  smallest: Object.freeze({
    name: "smallest",
    rounds: 2,
    roundMs: 4,
    scale: 0.001,
    growthRecordsMax: 1e4,
  }),
});

/**
 * @template T
 * @param {Sizes} sizes
 * @param {readonly T[]} all
 * @returns {readonly T[]} the first two of them for the smallest sizes, else all
 */
export function someOf({ name }, all) {
  return name === "smallest" ? all.slice(0, 2) : all;
}

/**
 * @param {Sizes} sizes
 * @param {number} full  amount at scale 1
 * @param {number} least  amount below which a measurement says nothing
 * @returns {number} a whole number
 */
export function scaled({ scale }, full, least = 1) {
  return Math.max(Math.min(full, least), Math.round(full * scale));
}
