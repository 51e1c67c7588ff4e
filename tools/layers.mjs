import { readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, posix } from "node:path";
import { isCode, lineAt, listFiles, readSource, walk } from "./source.mjs";

/**
 * What one package of ours may name.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} depends  our packages in its `dependencies`, exactly these
 * @property {readonly string[]} runtime  those of `depends` that it may import as values; the
 *   others it imports with `import type` only, so that parts meet in one place, by value
 * @property {Readonly<Record<string, readonly string[]>>} [values]  of others among `depends`, what
 *   it may import as values all the same, by name
 * @property {readonly string[]} builtins  modules of Node that its sources may import
 * @property {Readonly<Record<string, Part>>} [parts]  folders of its sources that may name more,
 *   and that nothing outside of them names: who imports the package does not load what they need
 *
 * @typedef {object} Part
 * @property {readonly string[]} builtins  beside those of the package
 * @property {readonly string[]} libraries  packages of others
 * @property {readonly string[]} [uses]  parts that it may name
 */

/** @type {Readonly<Record<string, Layer>>} */
export const layers = Object.freeze({
  "@seglog/errors": { depends: [], runtime: [], builtins: [] },
  "@seglog/fs": {
    depends: ["@seglog/errors"],
    runtime: ["@seglog/errors"],
    builtins: ["node:fs", "node:fs/promises", "node:module", "node:path", "node:util"],
  },
  "@seglog/store": {
    depends: ["@seglog/errors", "@seglog/fs"],
    runtime: ["@seglog/errors"],
    values: { "@seglog/fs": ["LateMapping"] },
    builtins: ["node:crypto", "node:path/posix", "node:worker_threads", "node:zlib"],
  },
  "@seglog/index": {
    depends: ["@seglog/errors", "@seglog/fs"],
    runtime: ["@seglog/errors"],
    values: { "@seglog/fs": ["LateMapping"] },
    builtins: [],
  },
  "@seglog/segment": {
    depends: ["@seglog/errors", "@seglog/fs", "@seglog/index", "@seglog/store"],
    runtime: ["@seglog/errors"],
    builtins: ["node:worker_threads", "node:zlib"],
  },
  "@seglog/log": {
    depends: ["@seglog/errors", "@seglog/segment"],
    runtime: ["@seglog/errors"],
    builtins: ["node:diagnostics_channel", "node:zlib"],
  },
  "@seglog/groupcommit": {
    depends: ["@seglog/errors"],
    runtime: ["@seglog/errors"],
    builtins: [],
  },
  seglog: {
    depends: [
      "@seglog/errors",
      "@seglog/fs",
      "@seglog/groupcommit",
      "@seglog/index",
      "@seglog/log",
      "@seglog/segment",
      "@seglog/store",
    ],
    runtime: [
      "@seglog/errors",
      "@seglog/fs",
      "@seglog/groupcommit",
      "@seglog/index",
      "@seglog/log",
      "@seglog/segment",
      "@seglog/store",
    ],
    builtins: ["node:path", "node:process", "node:util"],
    parts: {
      cli: {
        builtins: ["node:crypto", "node:module", "node:perf_hooks", "node:stream"],
        libraries: ["cli-progress", "commander"],
        uses: ["inspector"],
      },
      inspector: { builtins: ["node:events", "node:http", "node:net", "node:url"], libraries: [] },
    },
  },
});

/**
 * An import of a source; `values` is what it takes as values, by name.
 *
 * @typedef {{ specifier: string, isType: boolean, values: string[], start: number }} Import
 */

/** Libraries that reach the disk or the machine: @seglog/fs alone names them, in any way. */
const nativeLibraries = new Set(["fs-native-extensions", "koffi", "mmap-io"]);

/** What a conformance kit may import beside the modules of its package. */
const kitBuiltins = new Set(["node:assert/strict"]);

/**
 * Compares every package below `root`/packages with {@link layers}.
 *
 * @param {string} root
 * @returns {string[]} one line per violation, `path:line: text`; empty when the arrows hold
 */
export function checkLayers(root) {
  const violations = [];
  const seen = new Set();
  for (const directory of readdirSync(join(root, "packages")).sort()) {
    const path = `packages/${directory}/package.json`;
    if (!statSync(join(root, path), { throwIfNoEntry: false })) continue;
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8"));
    const layer = layers[manifest.name];
    if (layer === undefined) {
      violations.push(`${path}:1: ${manifest.name} is not in tools/layers.mjs`);
      continue;
    }
    seen.add(manifest.name);
    violations.push(...checkManifest(path, manifest, layer));
    for (const file of listFiles(root, `packages/${directory}/src`, isCode)) {
      violations.push(...checkImports(root, file, manifest.name));
    }
  }
  for (const name of Object.keys(layers)) {
    if (!seen.has(name)) violations.push(`packages:1: ${name} is missing`);
  }
  return violations;
}

/**
 * @param {string} path
 * @param {Record<string, any>} manifest
 * @param {Layer} layer
 */
function checkManifest(path, manifest, layer) {
  const declared = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  const ours = declared.filter(isOurs).sort();
  const violations = [];
  if (ours.join() !== [...layer.depends].sort().join()) {
    violations.push(
      `${path}:1: depends on [${ours.join(", ")}], must be exactly [${layer.depends.join(", ")}]`,
    );
  }
  for (const name of declared) {
    if (nativeLibraries.has(name) && manifest.name !== "@seglog/fs") {
      violations.push(`${path}:1: only @seglog/fs may depend on ${name}`);
    }
  }
  return violations;
}

/**
 * @param {string} root
 * @param {string} file  from `root`
 * @param {string} owner  name of the package that holds it
 */
function checkImports(root, file, owner) {
  const source = readSource(root, file);
  const violations = [];
  for (const found of importsOf(source.program)) {
    const { specifier, start } = found;
    const problem = specifier.startsWith(".")
      ? checkRelative(file, owner, specifier)
      : checkPackage(file, owner, found);
    if (problem !== undefined) violations.push(`${file}:${lineAt(source, start)}: ${problem}`);
  }
  return violations;
}

/**
 * @param {string} file
 * @param {string} owner
 * @param {string} specifier
 */
function checkRelative(file, owner, specifier) {
  const [packages, directory, src] = file.split("/");
  const target = posix.join(dirname(file), specifier);
  if (!target.startsWith(`${packages}/${directory}/${src}/`)) {
    return `"${specifier}" leaves the sources of its package`;
  }
  const from = partOf(file, owner);
  const to = partOf(target, owner);
  if (to === undefined || to.name === from?.name || from?.part.uses?.includes(to.name)) {
    return undefined;
  }
  return `"${specifier}" leads into ${to.name}, from outside of it`;
}

/**
 * @param {string} file
 * @param {string} owner
 * @returns {{ name: string, part: Part } | undefined} where `file` is in a part of its package
 */
function partOf(file, owner) {
  const name = file.split("/")[3] ?? "";
  const part = layers[owner]?.parts?.[name];
  return part && { name, part };
}

/**
 * @param {string} file
 * @param {string} owner
 * @param {Import} found
 */
function checkPackage(file, owner, { specifier, isType, values }) {
  const layer = /** @type {Layer} */ (layers[owner]);
  const name = packageName(specifier);
  if (isBuiltin(specifier)) {
    const kit = file.includes("/src/conformance/") && kitBuiltins.has(specifier);
    const allowed = [...layer.builtins, ...(partOf(file, owner)?.part.builtins ?? [])];
    if (kit || allowed.includes(specifier)) return undefined;
    return `${owner} may not import ${specifier}`;
  }
  if (nativeLibraries.has(name)) {
    return owner === "@seglog/fs" ? undefined : `only @seglog/fs may name ${name}`;
  }
  if (!isOurs(name)) return checkLibrary(file, owner, name);
  if (!layer.depends.includes(name)) return `${owner} may not name ${name}`;
  const named = layer.values?.[specifier] ?? [];
  const isNamed = values.length > 0 && values.every((value) => named.includes(value));
  if (!isType && !isNamed && !layer.runtime.includes(name)) {
    return `${owner} may import ${name} only with \`import type\``;
  }
  return undefined;
}

/**
 * What a part needs is loaded by nothing else of its package.
 *
 * @param {string} file
 * @param {string} owner
 * @param {string} name
 */
function checkLibrary(file, owner, name) {
  if (partOf(file, owner)?.part.libraries.includes(name)) return undefined;
  const parts = Object.entries(layers[owner]?.parts ?? {});
  const found = parts.find(([, { libraries }]) => libraries.includes(name));
  return found && `only ${found[0]} of ${owner} may name ${name}`;
}

/**
 * Every module that a program names: imports, re-exports, `import()` as value and as type,
 * `require()`, and native libraries in any string, since a loader may take their names.
 *
 * @param {import("./source.mjs").Node} program
 * @returns {Import[]}
 */
function importsOf(program) {
  /** @type {Import[]} */
  const found = [];
  const done = new Set();
  /** @type {(literal: any, isType: boolean, values?: string[]) => void} */
  const add = (literal, isType, values = []) => {
    if (typeof literal?.value !== "string" || done.has(literal)) return;
    done.add(literal);
    found.push({ specifier: literal.value, isType, values, start: literal.start });
  };
  walk(program, (node) => {
    if (node.source) {
      const kind = node.importKind ?? node.exportKind;
      add(node.source, kind === "type" || node.type === "TSImportType", valuesOf(node));
    } else if (node.type === "CallExpression" && node.callee.name === "require") {
      add(node.arguments[0], false);
    } else if (node.type === "Literal" && nativeLibraries.has(node.value)) {
      add(node, false);
    }
  });
  return found;
}

/** What a declaration takes as values, by name. @param {import("./source.mjs").Node} node */
function valuesOf(node) {
  if (node.type !== "ImportDeclaration") return [];
  return node.specifiers
    .filter((/** @type {any} */ each) => each.importKind !== "type")
    .map((/** @type {any} */ each) => each.imported?.name ?? "*");
}

/** @param {string} name */
function isOurs(name) {
  return name === "seglog" || name.startsWith("@seglog/");
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
