import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { BenchResult } from "../src/contract.ts";

const BENCH = join(import.meta.dirname, "../bench.mjs");
const TIMEOUT_MS = 240_000;

test("a run measures ours, the raw disk and each peer, and its result has every field", {
  timeout: TIMEOUT_MS,
}, () => {
  const directory = scratch();
  const out = join(directory, "result.json");
  const args = ["--only", "durable,read", "--size", "smallest", "--dir", directory];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BENCH, ...args, "--no-build-peers", "--out", out],
    { encoding: "utf8", timeout: TIMEOUT_MS },
  );
  expect(stderr + stdout).not.toMatch(/\bError\b/);
  expect(status).toBe(0);
  expect(stdout).toContain("durable append, 1 caller: 0.8 x raw");
  expect(readdirSync(directory)).toEqual(["result.json"]);

  const result: BenchResult = JSON.parse(readFileSync(out, "utf8"));
  expect(result).toEqual({
    format: 1,
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    commit: expect.any(String),
    dirty: expect.any(Boolean),
    machine: {
      cpu: expect.any(String),
      cores: expect.any(Number),
      memoryBytes: expect.any(Number),
      kernel: expect.any(String),
      platform: expect.any(String),
    },
    node: process.versions.node,
    directory: { fileSystem: expect.any(String), device: expect.any(String) },
    versions: expect.objectContaining({ seglog: expect.any(String), lmdb: expect.any(String) }),
    options: {
      sizes: expect.objectContaining({ name: "smallest" }),
      only: ["durable", "read"],
    },
    workloads: [
      expect.objectContaining({ id: "durable" }),
      expect.objectContaining({ id: "read" }),
    ],
    goals: expect.any(Array),
  });
  for (const { cases } of result.workloads) for (const each of cases) checkCase(each);
});

test("an unknown workload is refused, and those that there are are named", () => {
  const { status, stderr } = spawnSync(process.execPath, [BENCH, "--only", "nonsense"], {
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("no such workload: nonsense");
  expect(stderr).toContain("durable");
});

test("a result compared with itself shows nothing slower", () => {
  const published = join(import.meta.dirname, "../results/bench.json");
  const output = execFileSync(process.execPath, [BENCH, "--compare", published, published], {
    encoding: "utf8",
  });
  expect(output).toMatch(/^0 slower, 0 faster, [1-9]\d* within the spread\n$/);
});

function checkCase({ contenders, ratios, metrics }: BenchResult["workloads"][0]["cases"][0]): void {
  const [metric = ""] = Object.keys(metrics);
  for (const contender of contenders) {
    if (contender.status === "not available") {
      expect(contender.reason).toMatch(/./);
      continue;
    }
    expect(contender.rounds).toHaveLength(2);
    expect(contender.summary[metric]?.median).toBeGreaterThan(0);
    expect(contender.settings).toMatch(/./);
  }
  const measured = contenders.filter(({ status }) => status === "measured");
  expect(measured.map(({ role }) => role)).toContain("ours");
  expect(measured.map(({ role }) => role)).toContain("baseline");
  expect(measured.map(({ role }) => role)).toContain("peer");
  expect(ratios.map(({ of }) => of)).toContain("seglog");
  for (const { median } of ratios) expect(median).toBeGreaterThan(0);
}

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "seglog-bench-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
