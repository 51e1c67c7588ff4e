import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DURABILITY_FILE, RESULT_FILE } from "../result-files.mjs";
import { blockNamed } from "./blocks.mjs";
import { chartsOf } from "./charts.mjs";

const ROOT = join(import.meta.dirname, "../../..");
const PAGES = Object.freeze(["README.md", "bench/README.md"]);
const BLOCK = /(<!-- bench: ([\w ]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g;

/**
 * @param {string} [path]  of a result
 * @returns {Map<string, string>} what the pages and charts have to be, by path from the root
 */
export function renderPages(path = RESULT_FILE) {
  const source = {
    result: JSON.parse(readFileSync(path, "utf8")),
    durability: JSON.parse(readFileSync(DURABILITY_FILE, "utf8")),
  };
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const page of PAGES) {
    const text = readFileSync(join(ROOT, page), "utf8");
    files.set(
      page,
      fillBlocks(text, (name) => blockNamed(name, source)),
    );
  }
  for (const [name, svg] of chartsOf(source.result)) files.set(`bench/charts/${name}.svg`, svg);
  return files;
}

/**
 * @param {string} text  with `<!-- bench: NAME -->` and `<!-- /bench -->` on lines of their own
 * @param {(name: string) => string} block
 * @returns {string}
 */
export function fillBlocks(text, block) {
  return text.replace(BLOCK, (_all, begin, name, end) => `${begin}${block(name)}\n${end}`);
}

/** @param {string} [path]  of a result */
export function writePages(path) {
  for (const [file, text] of renderPages(path)) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text);
    console.log(file);
  }
}
