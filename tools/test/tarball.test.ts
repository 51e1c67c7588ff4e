import { expect, test } from "vitest";
import { checkTarball, specifiers } from "../tarball.mjs";

const sound = {
  manifest: {
    name: "@seglog/x",
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./kit": { types: "./dist/kit/index.d.ts", default: "./dist/kit/index.js" },
      "./package.json": "./package.json",
    },
    bin: { x: "./dist/cli.js" },
    dependencies: { "@seglog/y": "^0.1.0" },
  },
  entries: [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "package.json",
    ...["index", "kit/index", "cli"].flatMap((name) => [
      `dist/${name}.js`,
      `dist/${name}.d.ts`,
      `src/${name}.ts`,
    ]),
  ],
};

test("a sound tarball has no problems", () => {
  expect(checkTarball(sound)).toEqual([]);
});

test.each(["README.md", "LICENSE", "CHANGELOG.md"])("a missing %s is reported", (path) => {
  expect(checkTarball(without(path))).toEqual([`@seglog/x: ${path} is missing`]);
});

test.each(["dist/index.d.ts", "dist/kit/index.d.ts"])("a missing %s is reported", (path) => {
  expect(checkTarball(without(path))).toEqual([
    `@seglog/x: package.json names ${path}, which is missing`,
  ]);
});

test("a command that was not built is reported", () => {
  const problems = checkTarball(without("dist/cli.js"));
  expect(problems).toContain("@seglog/x: package.json names dist/cli.js, which is missing");
  expect(problems).toContain("@seglog/x: src/cli.ts was not built: there is no dist/cli.js");
});

test("what an earlier build left is reported", () => {
  const entries = [...sound.entries, "dist/renamed.js"];
  expect(checkTarball({ ...sound, entries })).toEqual([
    "@seglog/x: dist/renamed.js is left over from an earlier build: there is no src/renamed.ts",
  ]);
});

test.each(["test/x.test.ts", "tsconfig.json", ".turbo/build.log"])("%s is reported", (path) => {
  expect(checkTarball({ ...sound, entries: [...sound.entries, path] })).toEqual([
    `@seglog/x: ${path} should not be published`,
  ]);
});

test("the condition for development is reported wherever it stands", () => {
  const exports = {
    ...sound.manifest.exports,
    ".": { "@seglog/source": "./src/index.ts", default: "./dist/index.js" },
  };
  expect(checkTarball({ ...sound, manifest: { ...sound.manifest, exports } })).toEqual([
    "@seglog/x: the condition @seglog/source is for development only",
  ]);
});

test.each(["workspace:^", "catalog:", "file:../y"])("a dependency on %s is reported", (range) => {
  const manifest = { ...sound.manifest, optionalDependencies: { "@seglog/y": range } };
  expect(checkTarball({ ...sound, manifest })).toEqual([
    `@seglog/x: @seglog/y is asked for as ${range}`,
  ]);
});

test("specifiers are what a user writes", () => {
  expect(specifiers(sound.manifest)).toEqual([
    "@seglog/x",
    "@seglog/x/kit",
    "@seglog/x/package.json",
  ]);
});

function without(path: string): typeof sound {
  return { ...sound, entries: sound.entries.filter((entry) => entry !== path) };
}
