import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { extractBlocks } from "../readme-blocks.mjs";
import { codeOf } from "../same-code.mjs";
import { parseSource, readSource, type Source } from "../source.mjs";

const root = resolve(import.meta.dirname, "../..");

/** The block of docs/plugging.md that has the function `name`. */
function inPlugging(name: string): Source {
  const path = "docs/plugging.md";
  const blocks = extractBlocks(path, readFileSync(join(root, path), "utf8"));
  const block = blocks.find(({ code }) => code.includes(`function ${name}(`));
  return parseSource(`${path}.ts`, block?.code ?? "");
}

describe("code that has to stand in several places is the same in all of them", () => {
  test.each([
    ["compressedStore", "examples/custom-store/src/compressed-store.mjs"],
    ["mapIndex", "examples/custom-index/src/map-index.mjs"],
    ["openMapIndex", "examples/custom-index/src/map-index.mjs"],
    ["openSmallStore", "campaigns/parts/small-store.mjs"],
    ["linesOf", "campaigns/parts/small-store.mjs"],
    ["readLines", "campaigns/parts/small-store.mjs"],
    ["writeLines", "campaigns/parts/small-store.mjs"],
    ["sumOf", "campaigns/parts/small-store.mjs"],
  ])("%s of docs/plugging.md and of %s", (name, path) => {
    expect(codeOf(inPlugging(name), name)).toBe(codeOf(readSource(root, path), name));
  });

  test.each(["packages/store/test/compressed-store.ts", "packages/seglog/test/plugging-parts.ts"])(
    "compressedStore of examples/custom-store and of %s",
    (path) => {
      const example = readSource(root, "examples/custom-store/src/compressed-store.mjs");
      const name = "compressedStore";
      expect(codeOf(readSource(root, path), name)).toBe(codeOf(example, name));
    },
  );
});

describe("codeOf", () => {
  const code = (text: string, path = "x.ts") => codeOf(parseSource(path, text), "f");

  test("is the same without types, comments, export and layout", () => {
    const typed = `export async function f<T>({ a, b = 1 }: { a: T }, c?: number): Promise<T[]> {
      const found: T[] = []; /* why */ return found as T[];\n}`;
    const plain = "async function f({ a, b = 1 }, c) { const found = []; return found; }";
    expect(code(typed.replace(" as T[]", ""))).toBe(code(plain, "x.mjs"));
  });

  test.each([
    ["another name", "function f() { const b = 1; }"],
    ["another value", "function f() { const a = 2; }"],
    ["a statement more", "function f() { const a = 1; g(); }"],
    ["another kind", "async function f() { const a = 1; }"],
    ["a default", "function f(x = 1) { const a = 1; }"],
  ])("differs by %s", (_what, other) => {
    expect(code(other)).not.toBe(code("function f() { const a = 1; }"));
  });

  test("a function that is not there is an error", () => {
    expect(() => code("const f = 1;")).toThrow("x.ts has no function f");
  });
});
