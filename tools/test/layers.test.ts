import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { checkLayers, layers } from "../layers.mjs";
import { type Fixture, fixture } from "./fixture.ts";

test("the arrows hold in this repository", () => {
  expect(checkLayers(resolve(import.meta.dirname, "../.."))).toEqual([]);
});

test("a workspace with exactly the listed dependencies passes", () => {
  using workspace = soundWorkspace();
  expect(checkLayers(workspace.root)).toEqual([]);
});

test.each([
  ["an arrow too many", "store", ["@seglog/errors", "@seglog/fs", "@seglog/index"]],
  ["an arrow too few", "store", ["@seglog/errors"]],
  ["an arrow upwards", "errors", ["seglog"]],
  ["a native library outside fs", "index", ["@seglog/errors", "@seglog/fs", "koffi"]],
])("a manifest with %s is reported", (_what, directory, dependencies) => {
  using workspace = soundWorkspace();
  writeManifest(workspace, directory, dependencies);
  expect(checkLayers(workspace.root)).toEqual([
    expect.stringMatching(`^packages/${directory}/package\\.json:1: `),
  ]);
});

test("a package that the table does not know is reported", () => {
  using workspace = soundWorkspace();
  workspace.write("packages/extra/package.json", JSON.stringify({ name: "@seglog/extra" }));
  expect(checkLayers(workspace.root)).toEqual([
    "packages/extra/package.json:1: @seglog/extra is not in tools/layers.mjs",
  ]);
});

test("a package that is gone is reported", () => {
  using workspace = soundWorkspace();
  writeManifest(workspace, "log", [], "@seglog/errors");
  expect(checkLayers(workspace.root).join("\n")).toContain("@seglog/log is missing");
});

const typeOnly = "may import @seglog/fs only with `import type`";

test.each([
  ["a value import of a lower layer", "store", 'import { x } from "@seglog/fs";', typeOnly],
  [
    "a value beside a listed one",
    "index",
    'import { LateMapping, x } from "@seglog/fs";',
    typeOnly,
  ],
  ["an inline type import", "store", 'import { type X } from "@seglog/fs";', typeOnly],
  ["an import for effect", "store", 'import "@seglog/fs";', typeOnly],
  ["a re-export of values", "store", 'export { x } from "@seglog/fs";', typeOnly],
  ["an export of everything", "store", 'export * from "@seglog/fs";', typeOnly],
  ["a dynamic import", "store", 'await import("@seglog/fs");', typeOnly],
  ["a kit of a lower layer", "store", 'import { k } from "@seglog/fs/conformance";', typeOnly],
  [
    "the store naming the index",
    "store",
    'import type { I } from "@seglog/index";',
    "may not name",
  ],
  ["the index naming the store", "index", 'type S = import("@seglog/store").S;', "may not name"],
  ["group commit naming a log", "groupcommit", 'import type { L } from "@seglog/log";', "may not"],
  ["the disk outside fs", "store", 'import { openSync } from "node:fs";', "may not import node:fs"],
  ["the disk without its prefix", "log", 'import { openSync } from "fs";', "may not import fs"],
  ["the disk's promises", "seglog", 'import "node:fs/promises";', "may not import node:fs/prom"],
  ["a builtin that is not listed", "index", 'import "node:http";', "may not import node:http"],
  ["a required native library", "index", 'require("koffi");', "only @seglog/fs may name koffi"],
  ["a native library in a string", "log", 'load("mmap-io");', "only @seglog/fs may name mmap-io"],
  ["a neighbour's sources", "log", 'import { x } from "../../fs/src/x.ts";', "leaves the sources"],
  ["the package's own tests", "log", 'import { x } from "../test/x.ts";', "leaves the sources"],
  [
    "the library naming the command",
    "seglog",
    'import "./cli/main.ts";',
    "leads into cli, from out",
  ],
  ["the library naming a parser", "seglog", 'import "commander";', "only cli of seglog may name"],
  ["a server in the library", "seglog", 'import "node:http";', "may not import node:http"],
  ["an assertion outside a kit", "log", 'import "node:assert/strict";', "may not import"],
])("%s is reported with file and line", (_what, directory, statement, problem) => {
  using workspace = soundWorkspace();
  workspace.write(`packages/${directory}/src/planted.ts`, `// one line above\n${statement}\n`);
  const violations = checkLayers(workspace.root);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toMatch(`packages/${directory}/src/planted.ts:2: `);
  expect(violations[0]).toContain(problem);
});

test.each([
  ["a contract by type", "segment", 'import type { Store } from "@seglog/store";'],
  ["a contract re-exported by type", "segment", 'export type { Store } from "@seglog/store";'],
  ["a value that is listed", "store", 'import { LateMapping, type X } from "@seglog/fs";'],
  ["the errors by value", "log", 'import { SeglogError } from "@seglog/errors";'],
  ["everything by value in seglog", "seglog", 'import { openLog } from "@seglog/log";'],
  ["the disk in fs", "fs", 'import { openSync } from "node:fs"; require("koffi");'],
  ["a file beside it", "store", 'import { x } from "./deep/x.ts";'],
])("%s is allowed", (_what, directory, statement) => {
  using workspace = soundWorkspace();
  workspace.write(`packages/${directory}/src/planted.ts`, statement);
  expect(checkLayers(workspace.root)).toEqual([]);
});

test("a part of a package names its libraries, the package, and the parts listed for it", () => {
  using workspace = soundWorkspace();
  const statements = 'import "commander"; import "../inspector/x.ts"; import "../x.ts";';
  workspace.write("packages/seglog/src/cli/planted.ts", statements);
  workspace.write("packages/seglog/src/inspector/planted.ts", 'import "node:http";');
  expect(checkLayers(workspace.root)).toEqual([]);
  workspace.write("packages/seglog/src/inspector/planted.ts", 'import "../cli/x.ts";');
  expect(checkLayers(workspace.root)).toEqual([expect.stringContaining("leads into cli")]);
});

test("a conformance kit may assert, and tests may import what they like", () => {
  using workspace = soundWorkspace();
  workspace.write("packages/store/src/conformance/index.ts", 'import "node:assert/strict";');
  workspace.write("packages/store/test/a.test.ts", 'import "node:fs"; import "@seglog/index";');
  expect(checkLayers(workspace.root)).toEqual([]);
});

function soundWorkspace(): Fixture {
  const workspace = fixture();
  for (const [name, { depends }] of Object.entries(layers)) {
    writeManifest(workspace, name.replace("@seglog/", ""), depends);
  }
  return workspace;
}

function writeManifest(
  workspace: Fixture,
  directory: string,
  dependencies: readonly string[],
  name: string = directory === "seglog" ? directory : `@seglog/${directory}`,
): void {
  const manifest = {
    name,
    dependencies: Object.fromEntries(dependencies.map((d) => [d, "workspace:^"])),
  };
  workspace.write(join("packages", directory, "package.json"), JSON.stringify(manifest));
}
