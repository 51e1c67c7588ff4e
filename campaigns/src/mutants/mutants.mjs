import { LOG_MUTANTS } from "./log-mutants.mjs";
import { STORE_MUTANTS } from "./store-mutants.mjs";

/**
 * A bug as a developer would make it, and the campaign whose slice must find it.
 *
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} bug  in one sentence
 * @property {import("../slices.mjs").CampaignName} campaign
 * @property {readonly import("./plant-edits.mjs").Edit[]} edits  more than one where a promise is
 *   kept in two places, so that no single edit breaks it
 * @property {number} [seed]  of the slice that finds it, where that of CI does not
 */

/** All mutants, from the disk upwards. @type {readonly Mutant[]} */
export const MUTANTS = Object.freeze([...STORE_MUTANTS, ...LOG_MUTANTS]);

/** The mutant called `name`. @param {string} name */
export function findMutant(name) {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant !== undefined) return mutant;
  throw new Error(`no mutant "${name}"; there are ${MUTANTS.map((each) => each.name).join(", ")}`);
}
