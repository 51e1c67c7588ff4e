import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inOwnProcess } from "../src/contender-process.mjs";
import type { Contender } from "../src/contract.ts";
import { sizesByName } from "../src/sizes.mjs";

test("a contender is measured in a process of its own, which ends with it", async () => {
  const { directory, contender } = ordered("raw-overwrite");
  const runner = await contender.prepare();
  expect(children()).toHaveLength(1);
  for (let round = 0; round < 2; round++) {
    expect((await runner.round())["acksPerSecond"]).toBeGreaterThan(0);
  }
  expect(runner.isWarm?.()).toBe(true);
  await runner.close();
  expect(children()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

test("what it throws is thrown here, and its process ends", async () => {
  const { contender } = ordered("nobody");
  await expect(contender.prepare()).rejects.toThrow("no nobody in 1 of durable");
  expect(children()).toEqual([]);
});

test("a process that ends by itself rejects what is asked of it, then and later", async () => {
  const { contender } = ordered("raw-overwrite");
  const runner = await contender.prepare();
  const [pid = 0] = children();
  const round = runner.round();
  process.kill(pid, "SIGKILL");
  await expect(round).rejects.toThrow("its process ended with SIGKILL");
  await expect(runner.round()).rejects.toThrow("its process ended with SIGKILL");
  await expect(runner.close()).rejects.toThrow("its process ended with SIGKILL");
});

function ordered(id: string): { directory: string; contender: Contender } {
  const directory = mkdtempSync(join(tmpdir(), "seglog-bench-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const unused = {
    id,
    name: id,
    role: "baseline" as const,
    settings: "",
    durable: true,
    prepare: () => Promise.reject(new Error("in the wrong process")),
  };
  const order = { workload: "durable", case: "1", contender: id, directory };
  return { directory, contender: inOwnProcess(unused, { ...order, sizes: sizesByName.smallest }) };
}

/** Processes that this one has started and that run. */
function children(): number[] {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return pids.split(" ").map(Number).filter(Boolean);
}
