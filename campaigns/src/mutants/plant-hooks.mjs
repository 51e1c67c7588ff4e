// A loader that changes modules as they are loaded; nothing is written to the disk.
import { readFileSync } from "node:fs";
import { plantEdit } from "./plant-edits.mjs";

/** @typedef {import("./plant-edits.mjs").Edit} Edit */

/** By the module's address. @type {ReadonlyMap<string, readonly Edit[]>} */
let planted = new Map();

/** @param {ReadonlyMap<string, readonly Edit[]>} edits  by the module's address */
export function initialize(edits) {
  planted = edits;
}

/**
 * @param {string} url
 * @param {unknown} context
 * @param {(url: string, context: unknown) => unknown} nextLoad
 */
export function load(url, context, nextLoad) {
  const edits = planted.get(url);
  if (edits === undefined) return nextLoad(url, context);
  const source = edits.reduce(plantEdit, readFileSync(new URL(url), "utf8"));
  // in the module itself, since hooks may run in a thread of their own: it was loaded, and changed
  const mark = `(globalThis.seglogPlanted ??= []).push(${JSON.stringify(url)});`;
  return { format: "module", source: `${source}\n${mark}\n`, shortCircuit: true };
}
