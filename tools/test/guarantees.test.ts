import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandsIn, problemsOfCommand, promisedRows } from "../guarantees.mjs";

const root = resolve(import.meta.dirname, "../..");
const text = readFileSync(join(root, "docs/guarantees.md"), "utf8");
const exists = (path: string): boolean => existsSync(join(root, path));
let campaigns: Map<string, string[]>;

/** What a campaign's own help says; campaigns run on what is built. */
function help(...args: readonly string[]): string {
  const script = join(root, "campaigns/run.mjs");
  return execFileSync(process.execPath, [script, ...args, "--help"], { encoding: "utf8" });
}

beforeAll(() => {
  const names = [...help().matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = ""]) => name);
  campaigns = new Map(
    names.map((name) => [name, [...help(name).matchAll(/--[a-z-]+/g)].map(([option]) => option)]),
  );
}, 60_000);

describe("docs/guarantees.md", () => {
  test("names beside each promise at least one command that tests it", () => {
    const rows = promisedRows(text);
    expect(rows.length).toBeGreaterThanOrEqual(15);
    for (const { promise, commands } of rows) {
      expect(promise).toMatch(/^\*\*/);
      expect(commands, promise).not.toEqual([]);
    }
  });

  test("names only test files, campaigns, options and programs that are there", () => {
    const commands = commandsIn(text);
    expect(commands.length).toBeGreaterThanOrEqual(25);
    expect(
      commands.flatMap((command) => problemsOfCommand(command, { exists, campaigns })),
    ).toEqual([]);
  });

  test("names every campaign", () => {
    const named = commandsIn(text).map((command) => /^pnpm run campaign (\w+)/.exec(command)?.[1]);
    expect(new Set(named.filter((name) => name !== undefined))).toEqual(
      new Set(["crash", "fault", "kill", "rot", "interleave"]),
    );
    expect([...campaigns.keys()]).toEqual(expect.arrayContaining(["crash", "rot"]));
  });

  test("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((path) => !exists(join("docs", path)))).toEqual([]);
  });
});

test.each([
  ["pnpm exec vitest run tools/test/none.test.ts", "tools/test/none.test.ts is no test file"],
  ["pnpm exec vitest run tools/guarantees.mjs", "tools/guarantees.mjs is no test file"],
  ["pnpm run campaign earthquake --seed 1", "earthquake is no campaign"],
  ["pnpm run campaign crash --rounds 1", "crash has no --rounds"],
  ["pnpm bench --only none", "none is no workload"],
  ["pnpm trust me", '"pnpm trust me" is of no known kind'],
])("a command that is not there is reported: %s", (command, problem) => {
  expect(problemsOfCommand(command, { exists, campaigns })).toEqual([problem]);
});

test("a promise without a command is seen", () => {
  const table =
    "x\n| a | b |\n|---|---|\n| **p** | `pnpm run x` |\n| **q** | `trust` us |\n\nend\n";
  expect(promisedRows(table)).toEqual([
    { promise: "**p**", commands: ["pnpm run x"] },
    { promise: "**q**", commands: [] },
  ]);
});
