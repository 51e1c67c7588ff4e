import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readApi } from "./api.mjs";
import { RELEASED_PATH, releasedOf } from "./api-changes.mjs";
import { apiPages } from "./api-pages.mjs";

// `--released` also notes what there is as what the next changes are compared with
const root = resolve(import.meta.dirname, "..");
const apis = readApi(root);
const pages = apiPages(apis);
const directory = join(root, "docs/api");
mkdirSync(directory, { recursive: true });
for (const name of readdirSync(directory)) if (!pages.has(name)) rmSync(join(directory, name));
let changed = 0;
for (const [name, text] of pages) changed += write(join(directory, name), text);
if (process.argv.includes("--released")) {
  changed += write(
    join(root, RELEASED_PATH),
    `${JSON.stringify(releasedOf(apis), undefined, 2)}\n`,
  );
}
console.log(`${changed} files changed`);

/**
 * @param {string} path
 * @param {string} text
 * @returns {number} of files changed
 */
function write(path, text) {
  try {
    if (readFileSync(path, "utf8") === text) return 0;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
  writeFileSync(path, text);
  return 1;
}
