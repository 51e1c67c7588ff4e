import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { consoleProblems, consoleScript, consoleSteps } from "./console-block.mjs";
import { listFiles } from "./source.mjs";

/**
 * A fenced block of a Markdown file. `flags` are the words after the language: of a `ts` block,
 * `no-run` has it type-checked only; of a `sh` block, `run` has it run. A `console` block is
 * commands behind `$ `, and what each prints: see `console-block.mjs`.
 *
 * @typedef {object} Block
 * @property {string} path  the file, from the root of the repository
 * @property {number} line  of the opening fence, 1-based
 * @property {string} language
 * @property {readonly string[]} flags
 * @property {string} code
 */

/**
 * Blocks that were compiled together, in a directory where the packages of this repository
 * resolve as they do for a user: to what `tsc -b` has built.
 *
 * @typedef {object} Workbench
 * @property {(block: Block) => string[]} problems  what the type checker says about a `ts` block
 * @property {(block: Block) => Promise<string>} run  resolves with the output, rejects with it
 * @property {() => void} dispose
 */

/**
 * @param {string} root
 * @returns {Block[]} of the root's README, every package's and example's, and docs
 */
export function readmeBlocks(root) {
  const isMarkdown = (/** @type {string} */ name) => name.endsWith(".md");
  const paths = [
    ...(existsSync(join(root, "README.md")) ? ["README.md"] : []),
    ...["packages", "examples"].flatMap((d) => listFiles(root, d, (name) => name === "README.md")),
    ...listFiles(root, "docs", isMarkdown),
  ];
  return paths.flatMap((path) => extractBlocks(path, readFileSync(join(root, path), "utf8")));
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Block[]}
 */
export function extractBlocks(path, text) {
  const blocks = [];
  /** @type {{ fence: string, block: Block, lines: string[] } | undefined} */
  let open;
  for (const [index, line] of text.split("\n").entries()) {
    const [, fence = "", info = ""] = /^(`{3,})(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence === "") continue;
      const [language = "", ...flags] = info.trim().split(/\s+/);
      open = { fence, block: { path, line: index + 1, language, flags, code: "" }, lines: [] };
    } else if (fence.length >= open.fence.length && info.trim() === "") {
      blocks.push({ ...open.block, code: open.lines.map((l) => `${l}\n`).join("") });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.block.line}: a block that never ends`);
  return blocks;
}

/**
 * @param {Block} block
 * @returns {boolean}
 */
export function runs({ language, flags }) {
  if (language === "ts") return !flags.includes("no-run");
  if (language === "console") return true;
  return language === "sh" && flags.includes("run");
}

/**
 * Compiles the `ts` blocks among `blocks`: TypeScript checks them, and turns what this Node does
 * not know (types, `await using`) into what it does.
 *
 * @param {string} root
 * @param {readonly Block[]} blocks
 * @returns {Promise<Workbench>}
 */
export async function openWorkbench(root, blocks) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "seglog-blocks-")));
  const dispose = () => rmSync(home, { recursive: true, force: true });
  try {
    linkPackages(root, home);
    writeFileSync(join(home, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(home, "tsconfig.json"), JSON.stringify(tsconfig));
    for (const block of blocks.filter(({ language }) => language === "ts")) {
      // so that lines in errors are lines of the Markdown file
      writeFileSync(join(home, `${slug(block)}.ts`), "\n".repeat(block.line) + block.code);
    }
    const checked = await execute(join(root, "node_modules/.bin/tsc"), ["-p", home], home);
    return {
      problems: (block) => problemsOf(checked.output, block),
      run: (block) => runBlock(home, block),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

const tsconfig = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    moduleDetection: "force",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmitOnError: false,
    inlineSourceMap: true,
    outDir: "built",
    rootDir: ".",
    pretty: false,
  },
  include: ["*.ts"],
};

/**
 * @param {string} root
 * @param {string} home
 */
function linkPackages(root, home) {
  mkdirSync(join(home, "bin"));
  for (const directory of readdirSync(join(root, "packages"))) {
    const target = join(root, "packages", directory);
    const manifest = JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
    link(target, join(home, "node_modules", manifest.name));
    for (const [name, path] of Object.entries(manifest.bin ?? {})) {
      writeCommand(join(home, "bin", name), join(target, path));
    }
  }
  writeCommand(join(home, "bin/campaign"), join(root, "campaigns/run.mjs"));
  // what an example may use beside our packages
  for (const name of ["@types/node", "vitest"]) {
    link(join(root, "node_modules", name), join(home, "node_modules", name));
  }
}

/**
 * @param {string} path
 * @param {string} script
 */
function writeCommand(path, script) {
  const text = `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`;
  writeFileSync(path, text, { mode: 0o755 });
}

/**
 * @param {string} target
 * @param {string} path
 */
function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(target), path, "dir");
}

/**
 * @param {string} output  of tsc, without colours
 * @param {Block} block
 */
function problemsOf(output, block) {
  const file = `${slug(block)}.ts`;
  // an error is a line that names its file, and lines below it that are indented
  return output
    .split(/\n(?=\S)/)
    .filter((problem) => problem.startsWith(`${file}(`) || problem.startsWith("error "))
    .map((problem) => problem.replace(file, block.path).trimEnd());
}

/**
 * @param {string} home
 * @param {Block} block
 */
async function runBlock(home, block) {
  const cwd = mkdtempSync(join(home, "cwd-"));
  const path = join(home, "built", `${slug(block)}.js`);
  const isConsole = block.language === "console";
  const steps = isConsole ? consoleSteps(block.code) : [];
  const shell = ["--noprofile", "--norc"];
  const [file, args] =
    block.language === "ts"
      ? [process.execPath, ["--enable-source-maps", path]]
      : isConsole
        ? ["bash", [...shell, "-c", consoleScript(steps)]]
        : ["bash", [...shell, "-euo", "pipefail", "-c", block.code]];
  const { output, failure } = await execute(file, args, cwd, {
    TMPDIR: cwd,
    PATH: [join(home, "bin"), process.env["PATH"]].join(delimiter),
  });
  const problems = consoleProblems(steps, output);
  if (failure === undefined && problems.length === 0) return output;
  const found = [failure ?? "prints something else", ...(isConsole ? problems : [output])];
  throw new Error(`${block.path}:${block.line}: ${found.join("\n")}`);
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ output: string, failure: string | undefined }>}
 */
function execute(file, args, cwd, env = {}) {
  const options = { cwd, env: { ...cleanEnvironment(), ...env }, timeout: 60_000 };
  return new Promise((done) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const failure = error ? `ended with ${error.code ?? error.signal}` : undefined;
      done({ output: stdout + stderr, failure });
    });
  });
}

/** Without what a test runner sets, which would change what a block does. */
function cleanEnvironment() {
  const { NODE_OPTIONS, NODE_ENV, VITEST, ...rest } = process.env;
  return rest;
}

/** @param {Block} block */
function slug({ path, line }) {
  return `${path.replaceAll(/[^a-zA-Z0-9]+/g, "-")}-${line}`;
}
