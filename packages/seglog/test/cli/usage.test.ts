import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { expect, test } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { runProgram } from "../../src/cli/run-program.ts";
import { openLog } from "../../src/index.ts";
import { temporaryDirectory } from "../temporary.ts";
import { ended, MAIN, seglog, startSeglog } from "./run-seglog.ts";

const COMMANDS = [
  ...["append", "cat", "tail", "inspect", "dump", "verify", "repair", "truncate"],
  ...["export", "import", "snapshot", "restore", "bench"],
];

/** Runs a command in this process, at what looks like a terminal where somebody types. */
async function atTerminal(args: readonly string[], typed: string, columns = 80) {
  const stdin = new PassThrough();
  Object.assign(stdin, { isTTY: true });
  stdin.write(typed);
  const written = ["", ""];
  const [stdout, stderr] = [0, 1].map((n) => {
    const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
      written[n] += chunk.toString();
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY: true, columns, hasColors: () => false });
  });
  const io = { stdin, stdout, stderr } as unknown as NodeJS.Process;
  const code = await runProgram(args, io);
  return { code, stdout: written[0] as string, stderr: written[1] as string };
}

async function logOf(...values: string[]): Promise<string> {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  for (const value of values) await log.append(value);
  await log.close();
  return directory;
}

test("--help lists every command, with examples", async () => {
  const { code, stdout, stderr } = await seglog(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  expect(stdout).toMatch(/\nExamples:\n {2}seglog /);
});

test.each(COMMANDS)("%s --help has examples", async (name) => {
  const { code, stdout } = await seglog([name, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: seglog ${name} `));
  expect(stdout).toMatch(/\nExamples:\n {2}.*seglog /);
});

test("--version is the package's", async () => {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { stdout } = await seglog(["--version"]);
  expect(stdout).toBe(`${JSON.parse(manifest).version}\n`);
});

test.each([
  [["nonsense"], "unknown command 'nonsense'"],
  [["cat"], "missing required argument 'dir'"],
  [["cat", "x", "--nonsense"], "unknown option '--nonsense'"],
  [["cat", "x", "--from", "-1"], "A whole number from 0 is needed."],
  [["cat", "x", "--time", "soon"], "A time is needed"],
  [["cat", "x", "--format", "xml"], "Allowed choices are text, json, hex, raw."],
  [["append", "x", "--record-bytes-max", "1MB"], "Bytes are needed"],
  [["append", "x", "--ndjson", "--length-prefixed"], "exclude each other"],
  [["tail", "x", "y"], "too many arguments"],
])("%j is one line on standard error, and exits with 2", async (args, reason) => {
  const { code, stdout, stderr } = await seglog(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^seglog: ERR_SEGLOG_INVALID_ARGUMENT: [^\n]*\n$/);
  expect(stderr).toContain(reason);
});

test("without a command the help is shown on standard error, and it exits with 2", async () => {
  const { code, stdout, stderr } = await seglog([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: seglog /);
});

test("a stack is shown only with --debug, before or behind the command", async () => {
  const directory = join(temporaryDirectory(), "none");
  expect((await seglog(["cat", directory])).stderr).not.toContain("    at ");
  for (const args of [
    ["--debug", "cat", directory],
    ["cat", directory, "--debug"],
  ]) {
    const { code, stderr } = await seglog(args);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^seglog: ERR_SEGLOG_NOT_FOUND: [^\n]*\n/);
    expect(stderr).toContain("    at ");
    expect(stderr).toContain("[cause]");
  }
});

test("an error is one line whatever is in a name", async () => {
  const directory = join(temporaryDirectory(), "no\nlog\u001b[31m");
  const { stderr } = await seglog(["cat", directory]);
  expect(stderr).toMatch(/^seglog: ERR_SEGLOG_NOT_FOUND: [^\n]*\n$/);
  expect(stderr).not.toContain("\u001b");
});

test("nothing is coloured or moves the cursor in a pipe, with FORCE_COLOR neither", async () => {
  const directory = await logOf("a");
  for (const args of [["inspect", directory], ["verify", directory], ["--help"]]) {
    const child = startSeglog(args, { FORCE_COLOR: "3" });
    child.stdin.end();
    const { stdout, stderr } = await ended(child);
    expect(stdout + stderr).not.toContain("\u001b");
  }
});

test("NO_COLOR leaves no colour on a terminal", async () => {
  const directory = await logOf("a");
  const { stdout, code } = await atTerminal(["inspect", directory], "");
  expect(code).toBe(0);
  expect(stdout).toContain("active");
  expect(stdout).not.toContain("\u001b");
});

test("on a terminal a record cannot give it commands", async () => {
  const directory = await logOf("a\u001b[2Jb\tc\u0007");
  expect((await atTerminal(["cat", directory], "")).stdout).toBe("a\\x1b[2Jb\tc\\x07\n");
  expect((await seglog(["cat", directory])).stdout).toBe("a\u001b[2Jb\tc\u0007\n");
});

test("at a terminal verify and repair show a bar with rate and time left, and take it away", async () => {
  const directory = await logOf("a", "b".repeat(40_000_000));
  for (const name of ["verify", "repair"]) {
    const { code, stdout, stderr } = await atTerminal([name, directory], "");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /[█=].* \d+% {2}.* of 38\.\d MiB {2}\d+(?:\.\d)? [KMG]iB\/s {2}\d+ s left/,
    );
    expect(stderr.lastIndexOf("\u001b[0K")).toBeGreaterThan(stderr.lastIndexOf("%"));
    expect(stdout).toMatch(/^(?:sound: 2 records|nothing to do)/);
  }
  const piped = await seglog(["verify", directory]);
  expect(piped.stderr).toBe("");
});

test.each([
  ["y\n", "2 records [0, 2) dropped", 1],
  ["yes\n", "2 records [0, 2) dropped", 1],
  ["\n", "nothing was dropped", 3],
  ["no\n", "nothing was dropped", 3],
])("at a terminal truncate asks; to %j it says %j", async (typed, answer, left) => {
  const directory = await logOf("a", "b", "c");
  const { code, stderr } = await atTerminal(["truncate", directory, "--before", "2"], typed);
  expect(code).toBe(0);
  expect(stderr).toBe(`Drop 2 records [0, 2) of ${directory}? [y/N] ${answer}\n`);
  const log = await openLog(directory, { readOnly: true });
  expect(log.committedOffset - log.firstOffset).toBe(left);
  await log.close();
});

test
  .skipIf(!existsSync("/dev/full"))
  .each([["cat"], ["inspect"], ["export"], ["verify"], ["cat", "--help"]])(
  "%j to a full disk fails once, with 6",
  async (...args) => {
    const directory = await logOf("a", "b");
    const full = openSync("/dev/full", "w");
    const ran = spawnSync(process.execPath, [MAIN, ...args, directory], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(ran.status).toBe(6);
    expect(ran.stderr).toMatch(
      /^seglog: ERR_SEGLOG_IO: write failed on standard output: ENOSPC[^\n]*\n$/,
    );
  },
);

test.skipIf(!existsSync("/dev/full"))(
  "what cannot be said on standard error is 6, too",
  async () => {
    const directory = await logOf("a", "b");
    const full = openSync("/dev/full", "w");
    const exitOf = (...args: string[]): number | null =>
      spawnSync(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", full] }).status;
    expect(exitOf("truncate", directory, "--before", "1", "--yes")).toBe(6);
    expect(exitOf("cat", `${directory}-none`), "the failure itself comes first").toBe(5);
    expect(exitOf("cat", directory), "there was nothing to say").toBe(0);
    closeSync(full);
  },
);

test("input that the system refuses is an error with a code, and exits with 6", async () => {
  const stdin = new Readable({
    read() {
      const errno = { code: "EIO", syscall: "read" };
      this.destroy(Object.assign(new Error("EIO: i/o error, read"), errno));
    },
  });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdin, stdout, stderr } as unknown as NodeJS.Process;
  expect(await runProgram(["append", join(temporaryDirectory(), "log")], io)).toBe(6);
  expect(String(stderr.read())).toMatch(
    /^seglog: ERR_SEGLOG_IO: read failed on standard input: EIO/,
  );
});

test("who imports the library loads nothing of the command's, nor a server", () => {
  const loadedBy = (...modules: string[]): string => {
    const imports = modules.map((name) => `await import(${JSON.stringify(name)});`).join("");
    const code = `${imports} const { createRequire } = await import("node:module");
      console.log(Object.keys(createRequire("/").cache).join(), process.moduleLoadList.join());`;
    const args = ["--no-warnings", "--input-type=module", "--eval", code];
    return execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
  };
  const names = ["/commander/", "/cli-progress/", "NativeModule http,"];
  const loaded = loadedBy("seglog");
  for (const name of names) expect(loaded).not.toContain(name);
  const others = loadedBy(join(MAIN, "../program.js"));
  for (const name of names) expect(others).toContain(name);
});

test("every error has its exit code in the table once", () => {
  const errors = EXIT_CODES.flatMap((row) => row.errors);
  expect(new Set(errors).size).toBe(errors.length);
  const contract = join(import.meta.dirname, "../../../errors/src/contract.ts");
  const declared = readFileSync(contract, "utf8").matchAll(/readonly (ERR_SEGLOG_\w+):/g);
  expect([...errors].sort()).toEqual([...declared].map(([, name]) => name).sort());
});

test("docs/cli.md has the exit codes of the code", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/cli.md"), "utf8");
  const rows = EXIT_CODES.map(({ code, meaning, errors }) => {
    const names = errors.map((name) => `\`${name}\``).join(", ");
    return `| ${code} | ${meaning} | ${names} |`;
  });
  expect(text).toContain(rows.join("\n"));
});
