import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { readSource, walk } from "./source.mjs";

/** @typedef {import("./source.mjs").Source} Source */
/** @typedef {import("./source.mjs").Node} Node */

/**
 * Something declared, or a member of it.
 *
 * @typedef {object} Declared
 * @property {string} name
 * @property {string} docs  text of its docstring without stars; empty where there is none
 * @property {string} signature  as declared, without comments
 * @property {readonly Declared[]} members  those that have names
 */

/**
 * What one import of a package gives.
 *
 * @typedef {object} Entry
 * @property {string} specifier  `@seglog/store/conformance`
 * @property {readonly Declared[]} names  by name
 * @property {readonly { name: string, from: string }[]} passedOn  names of our other packages
 */

/**
 * @typedef {object} Api
 * @property {string} name  of the package
 * @property {string} version
 * @property {string} directory  below `packages/`
 * @property {readonly Entry[]} entries
 * @property {readonly string[]} missing  types that an exported name shows and nothing exports
 */

/** @typedef {{ source: Source, name: string, nodes: readonly Node[] }} Found */

/**
 * What the packages below `root`/packages export, by the declarations that `tsc -b` has built.
 *
 * @param {string} root
 * @returns {Api[]}
 */
export function readApi(root) {
  return readdirSync(join(root, "packages"))
    .filter((directory) => existsSync(join(root, "packages", directory, "package.json")))
    .map((directory) => readPackage(root, directory));
}

/**
 * @param {string} root
 * @param {string} directory
 * @returns {Api}
 */
function readPackage(root, directory) {
  const home = `packages/${directory}`;
  const manifest = JSON.parse(readFileSync(join(root, home, "package.json"), "utf8"));
  const modules = moduleReader(root);
  /** @type {Entry[]} */
  const entries = [];
  /** @type {Map<string, Found>} */
  const exported = new Map();
  for (const [path, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === "string") continue; // package.json itself
    const file = posix.join(home, conditions.types);
    const { own, passedOn } = modules.exportsOf(file);
    for (const found of own) exported.set(keyOf(found), found);
    const names = own.map(describe).sort(byName);
    entries.push({ specifier: posix.join(manifest.name, path), names, passedOn });
  }
  const missing = [...exported.values()].flatMap((found) =>
    modules.mentionedBy(found).filter((other) => !exported.has(keyOf(other))),
  );
  return {
    name: manifest.name,
    version: manifest.version,
    directory,
    entries,
    missing: [...new Set(missing.map(({ name }) => name))].sort(),
  };
}

/** @param {Found} found */
function keyOf({ source, name }) {
  return `${source.path} ${name}`;
}

/**
 * Follows names through the declaration files of one package.
 *
 * @param {string} root
 */
function moduleReader(root) {
  /** @type {Map<string, ReturnType<typeof indexModule>>} */
  const modules = new Map();
  /** @param {string} path */
  const load = (path) => {
    let module = modules.get(path);
    if (module === undefined) {
      module = indexModule(readSource(root, path));
      modules.set(path, module);
    }
    return module;
  };
  /**
   * @param {string} path
   * @param {string} name  as the module calls it
   * @returns {Found | { name: string, from: string } | undefined}  not what is global
   */
  const resolve = (path, name) => {
    const { source, declared, links } = load(path);
    const nodes = declared.get(name);
    if (nodes !== undefined) return { source, name, nodes };
    const link = links.get(name);
    if (link === undefined) return undefined;
    if (!link.from.startsWith(".")) return link;
    return resolve(posix.join(dirname(path), link.from.replace(/\.ts$/, ".d.ts")), link.name);
  };
  /** @param {string} path */
  const exportsOf = (path) => {
    /** @type {Found[]} */
    const own = [];
    /** @type {{ name: string, from: string }[]} */
    const passedOn = [];
    for (const name of load(path).exported) {
      const found = resolve(path, name);
      if (found === undefined) throw new Error(`${path}: ${name} is nowhere declared`);
      if ("nodes" in found) own.push({ ...found, name });
      else passedOn.push(found);
    }
    return { own, passedOn: passedOn.sort(byName) };
  };
  /** @param {Found} found */
  const mentionedBy = ({ source, nodes }) => {
    /** @type {Found[]} */
    const mentioned = [];
    for (const node of nodes) {
      for (const name of typeNames(node)) {
        const other = resolve(source.path, name);
        if (other !== undefined && "nodes" in other) mentioned.push(other);
      }
    }
    return mentioned;
  };
  return { exportsOf, mentionedBy };
}

/** @param {Source} source */
function indexModule(source) {
  /** @type {Map<string, Node[]>} */
  const declared = new Map();
  /** @type {Map<string, { name: string, from: string }>} */
  const links = new Map();
  /** @type {string[]} */
  const exported = [];
  /** @param {Node} node @param {Node} declaration */
  const declare = (node, declaration) => {
    const { id } =
      declaration.type === "VariableDeclaration" ? declaration.declarations[0] : declaration;
    declared.set(id.name, [...(declared.get(id.name) ?? []), node]);
    return id.name;
  };
  for (const node of source.program.body) {
    if (node.type === "ImportDeclaration") {
      for (const { local, imported } of node.specifiers) {
        links.set(local.name, { name: imported?.name, from: node.source.value });
      }
    } else if (node.type === "ExportNamedDeclaration" && node.declaration) {
      exported.push(declare(node, node.declaration));
    } else if (node.type === "ExportNamedDeclaration") {
      for (const { local, exported: as } of node.specifiers) {
        exported.push(as.name);
        if (node.source) links.set(as.name, { name: local.name, from: node.source.value });
      }
    } else {
      declare(node, node);
    }
  }
  return { source, declared, links, exported: [...new Set(exported)] };
}

/**
 * Names of types that a declaration shows.
 *
 * @param {Node} node
 */
function typeNames(node) {
  /** @type {Set<string>} */
  const names = new Set();
  walk(node, ({ type, typeName, exprName, expression }) => {
    const name =
      type === "TSTypeReference" ? typeName : type === "TSTypeQuery" ? exprName : expression;
    const isHeritage = type === "TSInterfaceHeritage" || type === "TSClassImplements";
    const isName = type === "TSTypeReference" || type === "TSTypeQuery" || isHeritage;
    if (isName && name.type === "Identifier") names.add(name.name);
  });
  return names;
}

/**
 * @param {Found} found
 * @returns {Declared}
 */
function describe({ source, name, nodes }) {
  return {
    name,
    // one of several signatures has the text of all
    docs: nodes.map((node) => docsBefore(source, node)).find((docs) => docs !== "") ?? "",
    signature: nodes.map((node) => withoutComments(source, node)).join("\n"),
    members: nodes.flatMap((node) => membersOf(source, node.declaration ?? node)),
  };
}

/**
 * @param {Source} source
 * @param {Node} declaration
 * @returns {Declared[]}
 */
function membersOf(source, { type, body }) {
  const isOpen = type === "TSInterfaceDeclaration" || type === "ClassDeclaration";
  /** @type {Node[]} */
  const nodes = isOpen ? body.body : [];
  return nodes.map((node) => ({
    name: source.text.slice(node.key?.start ?? node.start, node.key?.end ?? node.end),
    docs: docsBefore(source, node),
    signature: withoutComments(source, node),
    members: [],
  }));
}

/**
 * @param {Source} source
 * @param {Node} node
 */
function docsBefore({ text, comments }, { start }) {
  const comment = comments.findLast(
    ({ end, value }) =>
      end <= start && value.startsWith("*") && text.slice(end, start).trim() === "",
  );
  const lines = (comment?.value.slice(1) ?? "").split("\n");
  return lines
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}

/**
 * @param {Source} source
 * @param {Node} node
 */
function withoutComments({ text, comments }, { start, end }) {
  let bare = "";
  let at = start;
  for (const comment of comments) {
    if (comment.start < start || comment.end > end) continue;
    bare += text.slice(at, comment.start);
    at = comment.end;
  }
  bare += text.slice(at, end);
  const lines = bare.split("\n").filter((line) => line.trim() !== "");
  const [, indent = ""] = /^(\s*)\S[^\n]*$/.exec(lines.at(-1) ?? "") ?? [];
  return lines
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line).trimEnd())
    .join("\n")
    .replace(/^export (?:declare )?/, "");
}

/** @param {{ name: string }} a @param {{ name: string }} b */
function byName(a, b) {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
