import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { listFiles } from "../source.mjs";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const examples = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "package.json")),
);

test("the README at the root names every example, and no other", () => {
  const named = [...read("README.md").matchAll(/\]\(examples\/([^)/]+)\)/g)].map(
    ([, name]) => name,
  );
  expect([...new Set(named)].sort()).toEqual(examples);
});

describe.each(examples)("examples/%s", (name) => {
  const page = read(`examples/${name}/README.md`);

  test("has half a page that begins with its idea", () => {
    expect(page).toMatch(/^# .+\n\nThe idea: \*\*/);
    expect(page.split("\n").length).toBeLessThanOrEqual(60);
  });

  test("has a test, and its page names only files that are there", () => {
    const tests = listFiles(root, `examples/${name}/test`, (file) => file.endsWith(".test.ts"));
    expect(tests).not.toEqual([]);
    const files = [...page.matchAll(/`(src\/[\w.-]+\.mjs)`/g)].map(([, file]) => file);
    const programs = [...page.matchAll(/node (examples\/[\w./-]+\.mjs)/g)].map(([, file]) => file);
    expect([...files, ...programs]).not.toEqual([]);
    expect(files.filter((file) => !existsSync(join(root, "examples", name, file ?? "")))).toEqual(
      [],
    );
    expect(programs.filter((file) => !existsSync(join(root, file ?? "")))).toEqual([]);
  });

  test("imports our packages by their public names only", () => {
    const { dependencies, devDependencies } = JSON.parse(read(`examples/${name}/package.json`));
    const ours = Object.keys({ ...dependencies, ...devDependencies });
    for (const file of listFiles(root, `examples/${name}`, (path) => /\.(?:mjs|ts)$/.test(path))) {
      const imports = [...read(file).matchAll(/from "((?:@seglog\/|seglog)[^"]*)"/g)];
      for (const [, specifier = ""] of imports) {
        expect([file, specifier]).toEqual([
          file,
          expect.stringMatching(/^(?:seglog|@seglog\/[a-z]+)(?:\/(?:conformance|sim))?$/),
        ]);
        expect(ours).toContain(specifier.replace(/\/(?:conformance|sim)$/, ""));
      }
    }
  });
});
