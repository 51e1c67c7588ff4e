import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inOwnProcess } from "../src/contender-process.mjs";
import type { Contender } from "../src/contract.ts";
import { sizesByName } from "../src/sizes.mjs";

// who runs is looked up in /proc
const onLinux = test.skipIf(process.platform !== "linux");

onLinux("a contender is measured in a process of its own, which ends with it", async () => {
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

onLinux("what it throws is thrown here; its process ends, its directory goes", async () => {
  const { directory, contender } = ordered("nobody");
  await expect(contender.prepare()).rejects.toThrow("no nobody in 1 of durable");
  expect(children()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

onLinux.each(["under way", "just before it"] as const)(
  "a process that ends by itself fails the call %s, and all later ones",
  async (when) => {
    const { directory, contender } = ordered("raw-overwrite");
    const runner = await contender.prepare();
    const [pid = 0] = children();
    const before = when === "under way" ? runner.round() : undefined;
    process.kill(pid, "SIGKILL");
    await expect(before ?? runner.round()).rejects.toThrow(/ended with SIGKILL|EPIPE|closed/);
    await expect(runner.round()).rejects.toThrow(/ended with SIGKILL|EPIPE|closed/);
    await expect(runner.close()).rejects.toThrow(/ended with SIGKILL|EPIPE|closed/);
    expect(readdirSync(directory)).toEqual([]);
  },
);

onLinux("a peer that does not answer is out in time, and leaves nothing", async () => {
  const { directory, contender } = ordered("plain-fs", { role: "peer", timeoutMs: 1500 });
  const runner = await contender.prepare();
  const [pid = 0] = children();
  process.kill(pid, "SIGSTOP");
  await expect(runner.round()).rejects.toThrow("no answer in 1.5 s");
  await expect(runner.close()).rejects.toThrow("no answer in 1.5 s");
  expect(children()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

interface Kind {
  readonly role: Contender["role"];
  readonly timeoutMs?: number;
}

function ordered(id: string, { role, timeoutMs }: Kind = { role: "baseline" }) {
  const directory = mkdtempSync(join(tmpdir(), "seglog-bench-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const unused = {
    id,
    name: id,
    role,
    settings: "",
    durable: true,
    prepare: () => Promise.reject(new Error("in the wrong process")),
  };
  const order = { workload: "durable", case: "1", contender: id, directory };
  const sizes = sizesByName.smallest;
  return { directory, contender: inOwnProcess(unused, { ...order, sizes }, timeoutMs) };
}

/** Processes that this one has started and that run. */
function children(): number[] {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8");
  return pids.split(" ").map(Number).filter(Boolean);
}
