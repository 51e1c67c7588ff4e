import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync, visitorKeys } from "oxc-parser";

/**
 * One parsed source file. `node`s are ESTree with TypeScript's additions; `start` and `end` are
 * UTF-16 units into `text`.
 *
 * @typedef {{ type: string, start: number, end: number, [field: string]: any }} Node
 * @typedef {{ start: number, end: number, value: string }} Comment
 * @typedef {{ path: string, text: string, program: Node, comments: readonly Comment[] }} Source
 */

/**
 * @param {string} path  as it shall appear in messages; its ending says which language it is
 * @param {string} text
 * @returns {Source}
 */
export function parseSource(path, text) {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return { path, text, program: /** @type {Node} */ (/** @type {unknown} */ (program)), comments };
}

/**
 * Calls `visit` with every node, parents first.
 *
 * @param {Node} node
 * @param {(node: Node) => void} visit
 */
export function walk(node, visit) {
  visit(node);
  for (const key of visitorKeys[node.type] ?? []) {
    const children = Array.isArray(node[key]) ? node[key] : [node[key]];
    for (const child of children) if (child) walk(child, visit);
  }
}

/**
 * @param {Pick<Source, "text">} source
 * @param {number} index
 * @returns {number} the 1-based line that holds `index`
 */
export function lineAt({ text }, index) {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) {
    line++;
  }
  return line;
}

/**
 * Every file below `directory` whose name `wanted` accepts, in ascending order, as paths from
 * `root` with `/` between names. Nothing where there is no such directory.
 *
 * @param {string} root
 * @param {string} directory
 * @param {(name: string) => boolean} wanted
 * @returns {string[]}
 */
export function listFiles(root, directory, wanted) {
  const base = join(root, directory);
  if (!statSync(base, { throwIfNoEntry: false })?.isDirectory()) return [];
  const found = [];
  for (const entry of readdirSync(base, { withFileTypes: true })) {
    const path = join(base, entry.name);
    if (entry.isDirectory()) {
      if (ignored.has(entry.name)) continue;
      found.push(...listFiles(root, relative(root, path), wanted));
    } else if (wanted(entry.name)) {
      found.push(relative(root, path).replaceAll("\\", "/"));
    }
  }
  return found.sort();
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {Source}
 */
export function readSource(root, path) {
  return parseSource(path, readFileSync(join(root, path), "utf8"));
}

/**
 * @param {string} name
 * @returns {boolean}
 */
export function isCode(name) {
  return /\.(?:ts|mts|mjs|js)$/.test(name) && !name.endsWith(".d.ts");
}

const ignored = new Set(["node_modules", "dist", "coverage", ".turbo"]);
