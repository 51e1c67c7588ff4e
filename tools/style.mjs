import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isCode, lineAt, listFiles, readSource, walk } from "./source.mjs";

/** @typedef {import("./source.mjs").Source} Source */
/** @typedef {import("./source.mjs").Node} Node */
/** @typedef {{ index: number, text: string }} Finding */

const fileLinesMax = 300;
const functionLinesMax = 60;
const columnsMax = 100;
const readmeLinesMax = 120;

/** Files that a tool loads by their default export. */
const defaultExportAllowed = new Set(["tools/closing-line-reporter.ts"]);

/** Texts for people, one a line: data, not code. */
const longLinesAllowed = new Set(["examples/chat-app/sample-conversation.mjs"]);

/**
 * Checks what CONTRIBUTING.md says about files below `root`: the sources of every package, the
 * tools, the benchmarks, the servers of the examples, and the length of packages' READMEs.
 *
 * @param {string} root
 * @returns {string[]} one line per violation, `path:line: text`
 */
export function checkStyle(root) {
  const violations = codeFiles(root).flatMap((path) => checkFile(readSource(root, path)));
  for (const path of listFiles(root, "packages", (name) => name === "README.md")) {
    const lines = countLines(readFileSync(join(root, path), "utf8"));
    if (lines > readmeLinesMax) violations.push(tooLong(path, lines, readmeLinesMax));
  }
  return violations;
}

/**
 * @param {Source} source
 * @returns {string[]} one line per violation, `path:line: text`, in the order of their lines
 */
export function checkFile(source) {
  const findings = [
    ...checkLines(source),
    ...checkName(source),
    ...checkComments(source),
    ...checkNodes(source),
    ...(source.path.endsWith("/contract.ts") ? checkContract(source) : []),
  ];
  return findings
    .map(({ index, text }) => ({ line: lineAt(source, index), text }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => `${source.path}:${line}: ${text}`);
}

/** @param {string} root */
function codeFiles(root) {
  const inPackages = listFiles(root, "packages", isCode).filter((path) =>
    /^packages\/[^/]+\/src\//.test(path),
  );
  const inExamples = listFiles(root, "examples", isCode).filter(
    (path) => !path.includes("/test/") && !path.includes("/public/"),
  );
  const elsewhere = ["tools", "bench"].flatMap((directory) => listFiles(root, directory, isCode));
  return [...inPackages, ...inExamples, ...elsewhere];
}

/**
 * @param {Source} source
 * @returns {Finding[]}
 */
function checkLines({ path, text }) {
  /** @type {Finding[]} */
  const findings = [];
  const lines = countLines(text);
  if (lines > fileLinesMax) {
    findings.push({ index: 0, text: `${lines} lines, at most ${fileLinesMax}` });
  }
  if (longLinesAllowed.has(path)) return findings;
  let index = 0;
  for (const line of text.split("\n")) {
    const columns = [...line].length;
    if (columns > columnsMax) {
      findings.push({ index, text: `${columns} columns, at most ${columnsMax}` });
    }
    index += line.length + 1;
  }
  return findings;
}

/**
 * @param {Source} source
 * @returns {Finding[]}
 */
function checkName({ path }) {
  const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
  const name = basename(path);
  return kebab.test(name) ? [] : [{ index: 0, text: `file name ${name} is not kebab-case` }];
}

/**
 * @param {Source} source
 * @returns {Finding[]}
 */
function checkComments({ comments }) {
  const mark = /\b(?:TODO|FIXME|XXX)\b/;
  return comments
    .filter(({ value }) => mark.test(value))
    .map(({ start }) => ({ index: start, text: "a note of unfinished work" }));
}

/**
 * @param {Source} source
 * @returns {Finding[]}
 */
function checkNodes(source) {
  /** @type {Finding[]} */
  const findings = [];
  walk(source.program, (node) => {
    const text = rules[node.type]?.(node, source) ?? checkFunction(node, source);
    if (text !== undefined) findings.push({ index: node.start, text });
  });
  return findings;
}

/** @type {Readonly<Record<string, (node: Node, source: Source) => string | undefined>>} */
const rules = Object.freeze({
  TSAnyKeyword: () => "`any`",
  TSEnumDeclaration: () => "an enum; use a union of literals",
  TSParameterProperty: () => "a parameter property; it is not erasable",
  TSModuleDeclaration: (node) =>
    node.kind === "global" || node.declare ? undefined : "a namespace",
  ExportAllDeclaration: () => "`export *`; list exports one by one",
  ExportDefaultDeclaration: (_node, { path }) =>
    defaultExportAllowed.has(path) ? undefined : "a default export",
  ExportSpecifier: (node) => (node.exported.name === "default" ? "a default export" : undefined),
  CatchClause: (node, source) =>
    node.body.body.length > 0 || hasSentence(node, source)
      ? undefined
      : "an empty catch without a sentence that says why",
  ClassDeclaration: checkSuperClass,
  ClassExpression: checkSuperClass,
});

/** @param {Node} node */
function checkSuperClass(node) {
  const parent = node.superClass?.name;
  return node.superClass && !/Error$/.test(parent ?? "") ? "inheritance" : undefined;
}

/**
 * @param {Node} node
 * @param {Source} source
 */
function checkFunction(node, source) {
  if (!/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
    return undefined;
  }
  const lines = lineAt(source, node.end) - lineAt(source, node.start) + 1;
  return lines > functionLinesMax ? `a function of ${lines} lines` : undefined;
}

/**
 * @param {Node} node
 * @param {Source} source
 */
function hasSentence(node, { comments }) {
  return comments.some(
    ({ start, end, value }) =>
      start >= node.start && end <= node.end && value.trim().split(/\s+/).length >= 3,
  );
}

/**
 * A contract has types and docstrings only.
 *
 * @param {Source} source
 * @returns {Finding[]}
 */
function checkContract({ program }) {
  /** @type {Node[]} */
  const statements = program.body;
  return statements
    .filter((node) => !isTypeOnly(node))
    .map(({ start }) => ({ index: start, text: "code in a contract" }));
}

/** @param {Node} node */
function isTypeOnly(node) {
  if (node.type === "ImportDeclaration") return node.importKind === "type";
  if (node.type !== "ExportNamedDeclaration") return isTypeDeclaration(node);
  return node.declaration ? isTypeDeclaration(node.declaration) : node.exportKind === "type";
}

/** @param {Node} node */
function isTypeDeclaration({ type }) {
  return type === "TSInterfaceDeclaration" || type === "TSTypeAliasDeclaration";
}

/** @param {string} text */
function countLines(text) {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/**
 * @param {string} path
 * @param {number} lines
 * @param {number} linesMax
 */
function tooLong(path, lines, linesMax) {
  return `${path}:1: ${lines} lines, at most ${linesMax}`;
}
