// Packs every package, installs the tarballs into an empty project as a user would, and uses
// them there: imports, types, the command, and one log written and read back.
//
//   node tools/pack-test.mjs [--tarballs DIR]    DIR is filled on first use, then used again

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkTarball, specifiers } from "./tarball.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { tarballs: { type: "string" } } });

const home = mkdtempSync(join(tmpdir(), "seglog-pack-"));
try {
  const tarballs = pack(values.tarballs ? resolve(values.tarballs) : join(home, "tarballs"));
  report("contents", tarballs.flatMap(checkTarball));
  const project = join(home, "project");
  install(project, tarballs);
  checkImports(project, tarballs);
  checkTypes(project, tarballs);
  checkCommands(project, tarballs);
  checkLog(project);
  checkCommand(project);
  checkInspector(project);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** @typedef {import("./tarball.mjs").Tarball & { path: string }} Packed */

/**
 * @param {string} directory
 * @returns {Packed[]}
 */
function pack(directory) {
  mkdirSync(directory, { recursive: true });
  if (readdirSync(directory).length === 0) {
    const packages = ["--filter", "./packages/*"];
    run(root, "pnpm", ["--recursive", ...packages, "pack", "--pack-destination", directory]);
  }
  const names = readdirSync(directory).filter((name) => name.endsWith(".tgz"));
  const expected = readdirSync(join(root, "packages")).length;
  report("packing", names.length === expected ? [] : [`${names.length} tarballs, not ${expected}`]);
  return names.map((name) => {
    const path = join(directory, name);
    const listed = run(root, "tar", ["-tzf", path]).trim().split("\n");
    const manifest = JSON.parse(run(root, "tar", ["-xzOf", path, "package/package.json"]));
    return { path, manifest, entries: listed.map((entry) => entry.replace(/^package\//, "")) };
  });
}

/**
 * @param {string} project
 * @param {readonly Packed[]} tarballs
 */
function install(project, tarballs) {
  const dependencies = Object.fromEntries(
    tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`]),
  );
  // so that what one tarball asks of another is not looked for elsewhere
  const overrides = Object.fromEntries(
    tarballs.map(({ manifest: { name } }) => [name, `$${name}`]),
  );
  mkdirSync(project);
  write(project, "package.json", JSON.stringify({ type: "module", dependencies, overrides }));
  run(project, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  report("installing", []);
}

/**
 * @param {string} project
 * @param {readonly Packed[]} tarballs
 */
function checkImports(project, tarballs) {
  const names = tarballs.flatMap(({ manifest }) => specifiers(manifest));
  write(
    project,
    "imports.mjs",
    `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
for (const name of ${JSON.stringify(names)}) {
  if (name.endsWith("/package.json")) {
    if (typeof require(name).version !== "string") throw new Error(name + " has no version");
    continue;
  }
  const imported = Object.keys(await import(name)).sort();
  if (imported.length === 0) throw new Error(name + " exports nothing");
  const required = Object.keys(require(name)).sort().filter((key) => key !== "__esModule");
  if (required.join() !== imported.join()) throw new Error(name + " differs when required");
  console.log(name + ": " + imported.join(" "));
}
`,
  );
  const output = run(project, process.execPath, ["--no-warnings", "imports.mjs"]);
  report("importing", [], output);
}

/**
 * @param {string} project
 * @param {readonly Packed[]} tarballs
 */
function checkTypes(project, tarballs) {
  const names = tarballs
    .flatMap(({ manifest }) => specifiers(manifest))
    .filter((name) => !name.endsWith("/package.json"));
  const imports = names.map((name, index) => `import * as m${index} from "${name}";\n`);
  const modules = names.map((_name, index) => `m${index}`);
  write(project, "consumer.ts", `${imports.join("")}export const all = [${modules.join(", ")}];\n`);
  const compilerOptions = {
    target: "es2022",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(root, "node_modules/@types")],
    types: ["node"],
  };
  write(project, "tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  run(project, join(root, "node_modules/.bin/tsc"), ["-p", project]);
  report("type-checking", []);
}

/**
 * @param {string} project
 * @param {readonly Packed[]} tarballs
 */
function checkCommands(project, tarballs) {
  for (const { manifest } of tarballs) {
    for (const name of Object.keys(manifest.bin ?? {})) {
      const output = run(project, join(project, "node_modules/.bin", name), ["--help"]);
      report(`${name} --help`, output.trim() === "" ? [`${name} --help says nothing`] : []);
    }
  }
}

/** @param {string} project */
function checkLog(project) {
  write(
    project,
    "log.mjs",
    `import assert from "node:assert/strict";
import { json, openLog } from "seglog";
const open = () => openLog("data", { codec: json() });
const first = await open();
const offsets = await Promise.all([..."abc"].map((text) => first.append({ text })));
assert.deepEqual(offsets, [0, 1, 2]);
assert.deepEqual(first.read(1).value, { text: "b" });
await first.close();
const second = await open();
assert.equal(await second.append({ text: "d" }), 3);
assert.deepEqual([0, 1, 2, 3].map((offset) => second.read(offset).value.text), [..."abcd"]);
await second.close();
console.log("4 records written, closed, opened and read on Node " + process.versions.node);
`,
  );
  report("a log", [], run(project, process.execPath, ["log.mjs"]));
}

/** @param {string} project */
function checkCommand(project) {
  const seglog = join(project, "node_modules/.bin/seglog");
  const offset = run(project, seglog, ["append", "data", "-v", '{"text":"e"}']);
  const last = run(project, seglog, ["tail", "data", "-n", "1"]);
  const isRight = offset === "4\n" && last === '{"text":"e"}\n';
  report("the command", isRight ? [] : [`append said ${offset}, tail ${last}`]);
}

/** @param {string} project */
function checkInspector(project) {
  write(
    project,
    "inspector.mjs",
    `import assert from "node:assert/strict";
import { openLog } from "seglog";
import { serveInspector } from "seglog/inspector";
const log = await openLog("data", { readOnly: true });
const { url, close } = await serveInspector(log);
const page = await (await fetch(url)).text();
const files = [...page.matchAll(/(?:src|href)="\\/([^"]+)"/g)].map(([, name]) => name);
assert.equal(files.length, 3);
for (const name of files) assert.equal((await fetch(url + name)).status, 200);
assert.equal((await (await fetch(url + "api/state")).json()).committedOffset, 5);
await close();
await log.close();
`,
  );
  report("the inspector", [], run(project, process.execPath, ["inspector.mjs"]));
}

/**
 * @param {string} what
 * @param {readonly string[]} problems
 * @param {string} [output]
 */
function report(what, problems, output = "") {
  if (problems.length > 0) throw new Error(`${what}:\n${problems.join("\n")}`);
  console.log(`pack: ${what}: ok\n${output}`.trimEnd());
}

/**
 * @param {string} cwd
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {string}
 */
function run(cwd, file, args) {
  // standard error goes to ours, so that a failing command explains itself
  return execFileSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/**
 * @param {string} project
 * @param {string} name
 * @param {string} text
 */
function write(project, name, text) {
  writeFileSync(join(project, name), text);
}
