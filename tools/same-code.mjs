/** @typedef {import("./source.mjs").Source} Source */
/** @typedef {import("./source.mjs").Node} Node */

/** Where a node was and how it was written. `optional` is of a parameter, or of `?.`, beside it. */
const LEFT_OUT = new Set(["start", "end", "raw", "optional"]);
const TYPED = /^TS/;

/**
 * A function of a source as text that is the same for two that do the same in the same way, however
 * they are laid out, commented, exported and typed.
 *
 * @param {Source} source
 * @param {string} name
 * @returns {string}
 */
export function codeOf({ path, program }, name) {
  /** @type {readonly Node[]} */
  const statements = program.body;
  const found = statements
    .map((node) => (node.type === "ExportNamedDeclaration" ? node.declaration : node))
    .find((node) => node?.type === "FunctionDeclaration" && node.id.name === name);
  if (found === undefined) throw new Error(`${path} has no function ${name}`);
  return JSON.stringify(bare(found), undefined, 1);
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const node = /** @type {Record<string, unknown>} */ (value);
  const entries = Object.entries(node).filter(
    ([key, child]) => !LEFT_OUT.has(key) && !isEmpty(child) && !isTypeNode(child),
  );
  return Object.fromEntries(entries.map(([key, child]) => [key, bare(child)]));
}

/**
 * Fields that a parser fills in for one language and leaves out for the other.
 *
 * @param {unknown} value
 */
function isEmpty(value) {
  const isList = Array.isArray(value) && value.length === 0;
  return isList || value === null || value === undefined || value === false;
}

/** @param {unknown} value */
function isTypeNode(value) {
  const { type } = /** @type {{ type?: unknown }} */ (value ?? {});
  return typeof type === "string" && TYPED.test(type);
}
