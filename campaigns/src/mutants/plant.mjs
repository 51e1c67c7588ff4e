// `node --import ./plant.mjs`: plants the mutant that SEGLOG_MUTANT names, before anything is
// loaded that it changes. With NODE_OPTIONS the processes that a campaign kills have it, too.
import * as nodeModule from "node:module";
import { findMutant } from "./mutants.mjs";
import { builtModule } from "./plant-edits.mjs";
import { initialize, load } from "./plant-hooks.mjs";

/** @typedef {import("./plant-edits.mjs").Edit} Edit */

const { edits } = findMutant(process.env["SEGLOG_MUTANT"] ?? "");
/** @type {Map<string, Edit[]>} */
const byModule = new Map();
for (const edit of edits) {
  const url = builtModule(edit.file);
  byModule.set(url, [...(byModule.get(url) ?? []), edit]);
}

// `register` is all that Node 20 has, and is deprecated since Node 25
/** @type {((hooks: object) => void) | undefined} */
const registerHooks = Reflect.get(nodeModule, "registerHooks");
if (registerHooks === undefined) {
  nodeModule.register("./plant-hooks.mjs", import.meta.url, { data: byModule });
} else {
  initialize(byModule);
  registerHooks({ load });
}
