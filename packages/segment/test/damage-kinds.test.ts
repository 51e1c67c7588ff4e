import { readFile } from "node:fs/promises";
import { DAMAGE_KINDS } from "@seglog/segment";
import { expect, it } from "vitest";

it("docs/repair.md has the kinds of damage as the code has them", async () => {
  const text = await readFile(new URL("../../../docs/repair.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([a-z ]+)` \| (yes|no) \| (.+) \| (.+) \|$/gm)];
  const documented = rows.map(([, kind, harmless, meaning, repair]) => [
    kind,
    { harmless: harmless === "yes", meaning, repair },
  ]);
  expect(documented).toEqual(Object.entries(DAMAGE_KINDS));
});
