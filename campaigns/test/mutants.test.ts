import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MUTANTS } from "../src/mutants/mutants.mjs";
import { mutantsTable } from "../src/mutants/mutants-table.mjs";
import { plantEdit } from "../src/mutants/plant-edits.mjs";
import { checkEdit, runMutants } from "../src/mutants/run-mutants.mjs";

const TIMEOUT_MS = 900_000;
/** All of them take three minutes: that is `pnpm run campaign mutants`. */
const EVERY = 3;

test("every third planted bug of a campaign is caught by its slice", {
  timeout: TIMEOUT_MS,
}, async () => {
  const lines: string[] = [];
  const onText = (text: string) => lines.push(text);
  const { missed } = await runMutants({ every: EVERY, jobs: 2, onText });
  expect(missed, lines.join("\n")).toEqual([]);
  expect(lines.length).toBeGreaterThanOrEqual(MUTANTS.length / EVERY);
});

test("every edit fits what is built", () => {
  for (const { edits } of MUTANTS) edits.forEach(checkEdit);
});

describe("the list of mutants", () => {
  test("is the table of MUTANTS.md", () => {
    const text = readFileSync(new URL("../MUTANTS.md", import.meta.url), "utf8");
    expect(text).toContain(mutantsTable());
  });

  test("has at least fifteen, each with a name of its own, and all campaigns in use", () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(15);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(new Set(MUTANTS.map(({ campaign }) => campaign)).size).toBe(5);
  });
});

describe("an edit", () => {
  const edit = { file: "a.ts", find: "await sync(); done();", replace: "done($&);" };

  test("is made where its text is, whatever white space it has there", () => {
    expect(plantEdit("x;\n  await sync();\n  done();\ny;", edit)).toBe("x;\n  done($&);\ny;");
  });

  test("is refused where its text is gone, or is there twice", () => {
    expect(() => plantEdit("await sync();", edit)).toThrow("found 0 times");
    const once = "await sync(); done();";
    expect(() => plantEdit(once + once, edit)).toThrow("found 2 times");
    const file = "packages/store/src/file-writer.ts";
    expect(() => checkEdit({ file, find: "no such text", replace: "" })).toThrow("found 0 times");
  });
});
