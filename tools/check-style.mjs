import { resolve } from "node:path";
import { checkStyle } from "./style.mjs";

const violations = checkStyle(resolve(import.meta.dirname, ".."));
for (const violation of violations) console.error(violation);
console.log(`style: ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
