import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../temporary.ts";
import { startSeglog } from "./run-seglog.ts";

const LINE = Buffer.from(`${"a line of 256 bytes ".padEnd(255, ".")}\n`);
const LINES_OF_CHUNK = 256;
const CHUNK = Buffer.concat(Array.from({ length: LINES_OF_CHUNK }, () => LINE));
/** What is mapped counts as memory: of one segment, in both runs. */
const SEGMENTS = ["--segment-bytes-max", "8MiB"];
/** Garbage that is not collected yet: it comes and goes. */
const SLACK_KIB = 128 * 1024;

/** Most memory that a process ever had, in KiB, as far as `/proc` still tells. */
function peakKib(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]);
}

/** Appends so many chunks of lines, as fast as the command takes them. @returns its peak */
async function appendChunks(directory: string, count: number): Promise<number> {
  const child = startSeglog(["append", directory, "-v", ...SEGMENTS]);
  const closed = once(child, "close");
  const acknowledged = (async () => {
    let last = "";
    for await (const chunk of child.stdout) last = (last + chunk).slice(-20);
    return last;
  })();
  for (let n = 0; n < count; n++) {
    if (!child.stdin.write(CHUNK)) await once(child.stdin, "drain");
  }
  const peak = peakKib(child.pid);
  child.stdin.end();
  expect((await acknowledged).trimEnd().endsWith(`\n${count * LINES_OF_CHUNK - 1}`)).toBe(true);
  expect((await closed)[0]).toBe(0);
  return peak;
}

/** Reads all of a log, as fast as the command gives it. @returns its peak, near the end */
async function catAll(directory: string, count: number): Promise<number> {
  const child = startSeglog(["cat", directory]);
  child.stdin.end();
  const closed = once(child, "close");
  let bytes = 0;
  let peak = 0;
  const total = count * CHUNK.length;
  for await (const chunk of child.stdout) {
    bytes += chunk.length;
    if (peak === 0 && bytes > total * 0.9) peak = peakKib(child.pid);
  }
  expect(bytes).toBe(total);
  expect((await closed)[0]).toBe(0);
  return peak;
}

test.runIf(process.platform === "linux")(
  "four times as many lines through append and cat take no more memory",
  { timeout: 180_000 },
  async () => {
    const [few, many] = [1280, 5120];
    const directories = [few, many].map((count) => join(temporaryDirectory(), String(count)));
    const [small, large] = directories as [string, string];
    const appended = [await appendChunks(small, few), await appendChunks(large, many)];
    const printed = [await catAll(small, few), await catAll(large, many)];
    // 240 MiB of lines more: what was kept of them would show
    for (const [before, after] of [appended, printed] as [number, number][]) {
      expect(before).toBeGreaterThan(0);
      expect(after - before, `${before} KiB, then ${after} KiB`).toBeLessThan(SLACK_KIB);
    }
  },
);
