import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type Api, readApi } from "../api.mjs";
import { apiViolations, RELEASED_PATH, readBumps, releasedOf } from "../api-changes.mjs";
import { apiPages } from "../api-pages.mjs";
import { textViolations } from "../api-text.mjs";
import { type Fixture, fixture } from "./fixture.ts";

const root = resolve(import.meta.dirname, "../..");
if (!existsSync(join(root, "packages/errors/dist/index.d.ts"))) {
  throw new Error("the API is read from what is built: run `pnpm exec tsc -b` first");
}
const apis = readApi(root);

describe("this repository", () => {
  test("explains every name that it exports, and every method; shows no type that it keeps", () => {
    expect(apis.flatMap(({ entries }) => entries).length).toBeGreaterThanOrEqual(14);
    expect(textViolations(apis)).toEqual([]);
  });

  test("has docs/api as `pnpm api` writes it", () => {
    const written = readdirSync(join(root, "docs/api")).map((name): [string, string] => [
      name,
      readFileSync(join(root, "docs/api", name), "utf8"),
    ]);
    const pages = apiPages(apis);
    expect(new Set(written.map(([name]) => name))).toEqual(new Set(pages.keys()));
    for (const [name, text] of written) expect(text, "run `pnpm api`").toBe(pages.get(name));
  });

  test("changes what it exports with a change set only", () => {
    const released = JSON.parse(readFileSync(join(root, RELEASED_PATH), "utf8"));
    expect(apiViolations(apis, released, readBumps(root))).toEqual([]);
  });

  test("links within docs/api to places that are there, each but once", () => {
    const pages = apiPages(apis);
    const anchors = new Map(
      [...pages].map(([name, text]) => [
        name,
        [...text.matchAll(/<a id="(.+?)">/g)].map(([, id = ""]) => id),
      ]),
    );
    for (const ids of anchors.values()) expect(new Set(ids).size).toBe(ids.length);
    const links = [...pages].flatMap(([page, text]) =>
      [...text.matchAll(/\]\(((?!\.\.)[^)#]*)#(.+?)\)/g)].map(([, to, id = ""]) => ({
        page: to || page,
        id,
      })),
    );
    expect(links.length).toBeGreaterThan(200);
    expect(links.filter(({ page, id }) => !anchors.get(page)?.includes(id))).toEqual([]);
  });
});

const BOX = packageTexts([
  "/** A box. */",
  "export interface Box {",
  "    /** Bytes. */",
  "    readonly size: number;",
  "    /** Fills it. @throws ERR_SEGLOG_IO  full */",
  "    fill(what: string): void; // not shown",
  "    /** Any. */",
  "    [Symbol.dispose](): void;",
  "}",
  "/** Opens one. */",
  "export declare function open(): Box;",
  "export declare function open(path: string): Box;",
  "/** Not exported by the package. */",
  "export declare const secret = 1;",
]);

describe("what a package exports is read", () => {
  test("through its modules, under the names that it gives, and no more", () => {
    using place = packageOf(BOX);
    const [api] = readApi(place.root);
    expect(api).toMatchObject({ name: "box", version: "1.0.0", directory: "box", missing: [] });
    expect(api?.entries.map(({ specifier }) => specifier)).toEqual(["box"]);
    expect(api?.entries[0]?.names.map(({ name }) => name)).toEqual(["Box", "openBox"]);
  });

  test("with text and signature apart, all signatures of a function in one", () => {
    using place = packageOf(BOX);
    const [box, open] = readApi(place.root)[0]?.entries[0]?.names ?? [];
    expect(open).toEqual({
      name: "openBox",
      docs: "Opens one.",
      signature: "function open(): Box;\nfunction open(path: string): Box;",
      members: [],
    });
    expect(box?.docs).toBe("A box.");
    expect(box?.signature.split("\n")).toEqual([
      "interface Box {",
      "    readonly size: number;",
      "    fill(what: string): void;",
      "    [Symbol.dispose](): void;",
      "}",
    ]);
    expect(box?.members.map(({ name, docs, signature }) => [name, docs, signature])).toEqual([
      ["size", "Bytes.", "readonly size: number;"],
      ["fill", "Fills it. @throws ERR_SEGLOG_IO  full", "fill(what: string): void;"],
      ["Symbol.dispose", "Any.", "[Symbol.dispose](): void;"],
    ]);
  });
});

describe("what is not explained is reported", () => {
  test.each([
    ["a name", "export declare const a = 1;", ["box: a has no docstring"]],
    [
      "a method",
      "/** A. */\nexport interface A {\n    go(): void;\n    n: number;\n}",
      ["box: A.go has no docstring"],
    ],
    [
      "a type that is shown and not exported",
      "interface Kept {\n}\n/** A. */\nexport declare function a(): Kept;\nexport {};",
      ["box shows Kept, and does not export it"],
    ],
  ])("%s", (_what, text, violations) => {
    using place = packageOf({ "index.d.ts": `${text}\n` });
    expect(textViolations(readApi(place.root))).toEqual(violations);
  });
});

describe("a change of what is exported", () => {
  const before = releasedOf([apiOf({ a: "const a = 1;", b: "const b = 1;" })]);

  test.each([
    ["nothing", { a: "const a = 1;", b: "const b =\n  1;" }, undefined],
    ["a name more", { a: "const a = 1;", b: "const b = 1;", c: "const c = 1;" }, "+ box c"],
    ["a name less", { a: "const a = 1;" }, "- box b"],
    ["another signature", { a: "const a = 2;", b: "const b = 1;" }, "~ box a"],
  ])(
    "%s: is told, unless a change set of more than a patch is there",
    (_what, names, difference) => {
      const after = [apiOf(names)];
      const bumps = (kind: string): Map<string, Set<string>> => new Map([["box", new Set([kind])]]);
      const told = difference === undefined ? [] : [expect.stringContaining(`: ${difference}`)];
      expect(apiViolations(after, before, new Map())).toEqual(told);
      expect(apiViolations(after, before, bumps("patch"))).toEqual(told);
      expect(apiViolations(after, before, bumps("minor"))).toEqual([]);
      expect(apiViolations(after, before, bumps("major"))).toEqual([]);
    },
  );

  test("a release whose names were not noted is told, and packages that came or went", () => {
    expect(
      apiViolations([{ ...apiOf({}), version: "2.0.0" }], releasedOf([apiOf({})]), new Map()),
    ).toEqual([expect.stringMatching(/^box has version 2\.0\.0, .* names of 1\.0\.0:/)]);
    expect(apiViolations([], before, new Map())).toEqual(["box was released and is gone"]);
    expect(apiViolations([apiOf({})], {}, new Map())).toEqual([
      "box is new, and no change set says so",
    ]);
  });

  test("change sets are read as `changeset` writes them", () => {
    using place = fixture({
      ".changeset/one.md": '---\n"@seglog/store": minor\n"seglog": patch\n---\n\nText: major\n',
      ".changeset/two.md": "---\n'seglog': minor\n---\n",
      ".changeset/empty.md": "---\n---\n",
      ".changeset/README.md": '---\n"none": major\n---\n',
    });
    expect(readBumps(place.root)).toEqual(
      new Map([
        ["@seglog/store", new Set(["minor"])],
        ["seglog", new Set(["patch", "minor"])],
      ]),
    );
  });
});

function packageTexts(lines: readonly string[]): Readonly<Record<string, string>> {
  const index = 'export { type Box, open as openBox } from "./box.ts";\n';
  return { "index.d.ts": index, "box.d.ts": lines.join("\n") };
}

function packageOf(files: Readonly<Record<string, string>>): Fixture {
  const manifest = {
    name: "box",
    version: "1.0.0",
    exports: { ".": { types: "./dist/index.d.ts" } },
  };
  const place = fixture({ "packages/box/package.json": JSON.stringify(manifest) });
  for (const [name, text] of Object.entries(files)) place.write(`packages/box/dist/${name}`, text);
  return place;
}

function apiOf(signatures: Readonly<Record<string, string>>): Api {
  const names = Object.entries(signatures).map(([name, signature]) => {
    return { name, docs: "Text.", signature, members: [] };
  });
  const entries = [{ specifier: "box", names, passedOn: [] }];
  return { name: "box", version: "1.0.0", directory: "box", entries, missing: [] };
}
