import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Block,
  extractBlocks,
  openWorkbench,
  readmeBlocks,
  runs,
  type Workbench,
} from "../readme-blocks.mjs";

const root = resolve(import.meta.dirname, "../..");
const written = readmeBlocks(root);
const planted = extractBlocks(
  "planted.md",
  [
    ["ts", 'await using x = { [Symbol.asyncDispose]: async () => console.log("disposed") };'],
    ["ts", 'const n: number = "text";'],
    ["ts", 'console.log("before");\nthrow new RangeError("planted");'],
    ["ts no-run", 'throw new RangeError("not run");'],
    ["ts no-run", 'const n: number = "text";'],
    ["ts", 'import { writeFileSync } from "node:fs";\nwriteFileSync("left-behind", "");'],
    ["sh run", "echo from the shell; pwd"],
    ["sh run", "false; echo not reached"],
    ["sh", "not-a-command"],
    ["ts", 'import { SeglogError } from "@seglog/errors";\nconsole.log(SeglogError.name);'],
    ["console", "$ echo one; false; echo $?\none\n1\n$ touch here\n$ ls\nhere"],
    ["console", "$ echo one\ntwo"],
  ]
    .map(([info, code]) => `\`\`\`${info}\n${code}\n\`\`\`\n`)
    .join(""),
);

let workbench: Workbench;
beforeAll(async () => {
  if (!existsSync(join(root, "packages/errors/dist/index.js"))) {
    throw new Error("blocks run against what is built: run `pnpm exec tsc -b` first");
  }
  workbench = await openWorkbench(root, [...written, ...planted]);
}, 60_000);
afterAll(() => workbench?.dispose());

for (const block of written) {
  const name = `${block.path}:${block.line}`;
  if (block.language === "ts") {
    test(`${name} type-checks as it stands`, () => {
      expect(workbench.problems(block)).toEqual([]);
    });
  }
  if (runs(block)) {
    test(`${name} runs as it stands`, { timeout: 60_000 }, async () => {
      await workbench.run(block);
    });
  }
}

test("a block that is sound passes, `await using` included", async () => {
  expect(workbench.problems(at(0))).toEqual([]);
  expect(await workbench.run(at(0))).toBe("disposed\n");
});

test("a block with a type error is reported with the line of the Markdown file", () => {
  expect(workbench.problems(at(1))).toEqual([
    expect.stringMatching(/^planted\.md\(5,7\): error TS2322: /),
  ]);
});

test("a block that throws is reported with its line and its output", async () => {
  const run = workbench.run(at(2));
  await expect(run).rejects.toThrow(/^planted\.md:7: ended with 1\n/);
  await expect(run).rejects.toThrow("before");
  await expect(run).rejects.toThrow(/planted-md-7\.ts:9:7/);
});

test("a block marked no-run is type-checked, and not run", () => {
  expect(at(3).code).toContain("not run");
  expect(runs(at(3))).toBe(false);
  expect(workbench.problems(at(3))).toEqual([]);
  expect(workbench.problems(at(4))).toHaveLength(1);
});

test("what a block leaves behind is gone with the workbench", async () => {
  const [own] = extractBlocks("own.md", "```ts\nconsole.log(process.cwd());\n```\n");
  const second = await openWorkbench(root, [own as Block]);
  const cwd = (await second.run(own as Block)).trim();
  expect(existsSync(cwd)).toBe(true);
  second.dispose();
  expect(existsSync(cwd)).toBe(false);
});

test("each run starts in an empty directory of its own", async () => {
  await workbench.run(at(5));
  const [list] = extractBlocks("list.md", "```sh run\nls -A\n```\n");
  expect(await workbench.run(list as Block)).toBe("");
});

test("a shell block runs only when marked, and fails with its first failing command", async () => {
  expect(await workbench.run(at(6))).toMatch(/^from the shell\n\/.*\/cwd-\w+\n$/);
  await expect(workbench.run(at(7))).rejects.toThrow(/^planted\.md:\d+: ended with 1\n$/);
  expect(runs(at(8))).toBe(false);
});

test("a console block is run in one shell, and what its commands print is compared", async () => {
  expect(runs(at(10))).toBe(true);
  await workbench.run(at(10));
  const run = workbench.run(at(11));
  await expect(run).rejects.toThrow(
    /^planted\.md:\d+: prints something else\n\$ echo one\nprinted/,
  );
});

test("our packages resolve to what is built", async () => {
  expect(workbench.problems(at(9))).toEqual([]);
  expect(await workbench.run(at(9))).toBe("SeglogError\n");
});

test("blocks are found with line, language and flags; a longer fence may hold a fence", () => {
  const text =
    "# title\n\n```ts no-run\na\n\nb\n```\n````md\n```ts\nx\n```\n````\n```\nplain\n```\n";
  expect(extractBlocks("x.md", text)).toEqual([
    { path: "x.md", line: 3, language: "ts", flags: ["no-run"], code: "a\n\nb\n" },
    { path: "x.md", line: 8, language: "md", flags: [], code: "```ts\nx\n```\n" },
    { path: "x.md", line: 13, language: "", flags: [], code: "plain\n" },
  ]);
});

test("a block that never ends is an error", () => {
  expect(() => extractBlocks("x.md", "```ts\na\n")).toThrow("x.md:1: a block that never ends");
});

function at(index: number): Block {
  return planted[index] as Block;
}
