import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseSource } from "../source.mjs";
import { checkFile, checkStyle } from "../style.mjs";
import { fixture } from "./fixture.ts";

test("the code of this repository keeps its style", () => {
  expect(checkStyle(resolve(import.meta.dirname, "../.."))).toEqual([]);
});

const longFunction = (lines: number) => `function f() {\n${"  g();\n".repeat(lines - 2)}}\n`;

test.each([
  ["any", "let x: any;", "`any`"],
  ["any inside a type", "let x: Map<string, any[]>;", "`any`"],
  ["an enum", "enum E { a }", "an enum; use a union of literals"],
  ["a parameter property", "class C { constructor(private x: X) {} }", "a parameter property"],
  ["a namespace", "namespace N { export const x = 1; }", "a namespace"],
  ["a default export", "export default 1;", "a default export"],
  ["a default export by name", "const x = 1; export { x as default };", "a default export"],
  ["exporting everything", 'export * from "./x.ts";', "`export *`"],
  ["an empty catch", "try { f(); } catch {}", "an empty catch"],
  ["an empty catch with one word", "try { f(); } catch { /* ignore */ }", "an empty catch"],
  ["inheritance", "class C extends Base {}", "inheritance"],
  ["inheritance from an expression", "class C extends mixin() {}", "inheritance"],
  ["unfinished work", "// TODO later", "a note of unfinished work"],
  ["unfinished work in a docstring", "/**\n FIXME later */", "a note of unfinished work"],
  ["a line of 101 columns", `const x = ${"1".repeat(90)};`, "101 columns, at most 100"],
  ["a function of 61 lines", longFunction(61), "a function of 61 lines"],
  ["a method of 61 lines", `class C { ${longFunction(61).slice(9)} }`, "a function of 61 lines"],
  ["an arrow of 61 lines", `const f = () => ${longFunction(61).slice(13)};`, "of 61 lines"],
])("%s is reported with file and line", (_what, code, problem) => {
  const violations = check("packages/store/src/some-file.ts", `\n${code}\n`);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toMatch("packages/store/src/some-file.ts:2: ");
  expect(violations[0]).toContain(problem);
});

test.each([
  ["an error of our own", "class E extends Error {}"],
  ["a reason in an empty catch", "try { f(); } catch {\n  // the file may be gone already\n}"],
  ["a line of 100 columns", `const x = ${"1".repeat(89)};`],
  ["a line of 100 characters outside the basic plane", `// ${"𝄞".repeat(97)}`],
  ["a function of 60 lines", longFunction(60)],
  ["the word any in a comment", "// any value\nconst any = 1;"],
  ["listed exports", 'export { x, type Y } from "./x.ts";'],
])("%s is allowed", (_what, code) => {
  expect(check("packages/store/src/some-file.ts", code)).toEqual([]);
});

test("a file of 301 lines is reported, one of 300 is not", () => {
  expect(check("tools/a.ts", "f();\n".repeat(301))).toEqual([
    "tools/a.ts:1: 301 lines, at most 300",
  ]);
  expect(check("tools/a.ts", "f();\n".repeat(300))).toEqual([]);
});

test.each(["camelCase.ts", "Upper.ts", "under_score.ts"])("file name %s is reported", (name) => {
  expect(check(`tools/${name}`, "")).toEqual([
    `tools/${name}:1: file name ${name} is not kebab-case`,
  ]);
});

test.each(["open-log.ts", "a.test.ts", "vitest.config.ts", "x2.mjs"])("%s is allowed", (name) => {
  expect(check(`tools/${name}`, "")).toEqual([]);
});

test.each([
  "export const x = 1;",
  "export function f(): void {}",
  'import { x } from "./x.ts";',
  'export { x } from "./x.ts";',
  "f();",
])("a contract may not hold code: %s", (code) => {
  expect(check("packages/store/src/contract.ts", code)).toEqual([
    "packages/store/src/contract.ts:1: code in a contract",
  ]);
});

test("a contract may hold types and their imports", () => {
  const code = `import type { A } from "@seglog/fs";
export type { A };
export interface B { f(): A }
export type C = B | undefined;
type D = C;`;
  expect(check("packages/store/src/contract.ts", code)).toEqual([]);
});

test("a text for people may have long lines where that is agreed", () => {
  const line = `export const said = "${"word ".repeat(40)}";`;
  expect(check("examples/chat-app/sample-conversation.mjs", line)).toEqual([]);
  expect(check("examples/chat-app/other.mjs", line)).toHaveLength(1);
});

test("every kind of source is looked at, and what is built or foreign is not", () => {
  const bad = "export default 1;";
  using workspace = fixture({
    "packages/a/src/deep/x.ts": bad,
    "packages/a/test/x.test.ts": bad,
    "packages/a/dist/x.js": bad,
    "packages/a/node_modules/x/src/x.ts": bad,
    "packages/a/README.md": "line\n".repeat(121),
    "tools/x.mjs": bad,
    "bench/x.mjs": bad,
    "examples/a/server.mjs": bad,
    "examples/a/public/page.mjs": bad,
  });
  expect(checkStyle(workspace.root)).toEqual([
    "packages/a/src/deep/x.ts:1: a default export",
    "examples/a/server.mjs:1: a default export",
    "tools/x.mjs:1: a default export",
    "bench/x.mjs:1: a default export",
    "packages/a/README.md:1: 121 lines, at most 120",
  ]);
});

function check(path: string, code: string): string[] {
  return checkFile(parseSource(path, code));
}
