import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {import("./session.mjs").Plant} Plant */

/**
 * The parts that a module puts into a log: its default export, or one named `plant`.
 *
 * @param {string} path
 * @returns {Promise<Plant>}
 */
export async function loadParts(path) {
  const module = await import(pathToFileURL(path).href);
  const plant = module.default ?? module.plant;
  if (typeof plant === "function") return plant;
  throw new Error(`${path} has no default export, or "plant", of (options) => options`);
}

/**
 * Where a file is that a user names: `pnpm run` changes the directory, and tells the one before.
 *
 * @param {string} path
 */
export function pathOf(path) {
  const here = resolve(path);
  return existsSync(here) ? here : resolve(process.env["INIT_CWD"] ?? "", path);
}
