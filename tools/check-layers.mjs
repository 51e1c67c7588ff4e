import { resolve } from "node:path";
import { checkLayers } from "./layers.mjs";

const violations = checkLayers(resolve(import.meta.dirname, ".."));
for (const violation of violations) console.error(violation);
console.log(`layers: ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
