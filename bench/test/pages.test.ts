import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BenchResult, DurabilityCheck } from "../src/contract.ts";
import { peers } from "../src/peers/peers.mjs";
import { fillBlocks, renderPages } from "../src/report/write-pages.mjs";
import { workloads } from "../src/workloads/workloads.mjs";

const ROOT = join(import.meta.dirname, "../..");

test("pages and charts are what `pnpm bench report` makes of the committed result", () => {
  for (const [path, text] of renderPages()) {
    expect(existsSync(join(ROOT, path)), path).toBe(true);
    // not toBe(text): a difference of charts is megabytes of output
    expect(readFileSync(join(ROOT, path), "utf8") === text, `${path}: run pnpm bench report`).toBe(
      true,
    );
  }
});

test("no chart is left over, and every one that a page shows is there", () => {
  const made = [...renderPages().keys()].filter((path) => path.endsWith(".svg"));
  expect(readdirSync(join(ROOT, "bench/charts")).map((name) => `bench/charts/${name}`)).toEqual(
    made.sort(),
  );
  const shown = ["README.md", "bench/README.md"].flatMap((page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    const prefix = page.startsWith("bench/") ? "bench/" : "";
    return [...text.matchAll(/!\[[^\]]*\]\(([^)]*\.svg)\)/g)].map(([, path]) => prefix + path);
  });
  expect([...new Set(shown)].sort()).toEqual(made);
});

test("the page of the bench has a table for every workload", () => {
  const text = readFileSync(join(ROOT, "bench/README.md"), "utf8");
  const shown = [...text.matchAll(/^<!-- bench: workload (\w+) -->$/gm)].map(([, id]) => id);
  expect(shown).toEqual(workloads.map(({ id }) => id));
});

test("who is called durable was found durable under strace, and nobody else", () => {
  const check: DurabilityCheck = read("bench/results/durability.json");
  const found = new Map(check.results.map(({ id, verdict }) => [id, verdict]));
  expect(found.get("seglog")).toBe("durable");
  const claimed = peers.filter(({ settings }) => settings.durable !== undefined);
  expect(claimed.length).toBeGreaterThan(5);
  for (const { id, durable } of claimed) {
    expect([id, found.get(id)]).toEqual([id, durable ? "durable" : "not durable"]);
  }
});

test("the committed result has every workload, and what ours is measured at", () => {
  const result: BenchResult = read("bench/results/bench.json");
  expect(result.workloads.map(({ id }) => id)).toEqual(workloads.map(({ id }) => id));
  for (const { cases } of result.workloads) {
    for (const { id, contenders } of cases) {
      const measured = contenders.filter(({ status }) => status === "measured");
      expect([id, measured.some(({ role }) => role === "ours")]).toEqual([id, true]);
    }
  }
});

test("text outside of the markers stays as it is", () => {
  const page = (x: string, y: string) =>
    `a\n<!-- bench: x -->\n${x}<!-- /bench -->\nb\n<!-- bench: y -->\n${y}<!-- /bench -->\n`;
  const filled = fillBlocks(page("old\nlines\n", ""), (name) => `$& of ${name}`);
  expect(filled).toBe(page("$& of x\n", "$& of y\n"));
});

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}
