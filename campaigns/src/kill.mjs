import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeFileSystem } from "@seglog/fs";
import { openLog } from "seglog";
import { DEFAULT_PARTS } from "./default-parts.mjs";
import { Random } from "./random.mjs";
import { Violation } from "./violation.mjs";

/** @typedef {import("seglog").Seglog} Seglog */
/** @typedef {import("./session.mjs").Plant} Plant */

/**
 * Kills a process with 256 appenders on the real disk, again and again, on one log.
 *
 * @param {{ seed: number, rounds: number, endAt: number, plant?: Plant | undefined,
 *   parts?: string | undefined, onRound?: (acknowledged: number) => void }} options
 * @returns {Promise<{ rounds: number, acknowledged: number, violation?: Violation | undefined }>}
 */
export async function killRounds({ seed, rounds, endAt, plant, parts, onRound }) {
  const random = new Random(seed);
  const root = await mkdtemp(join(tmpdir(), "seglog-kill-"));
  const directory = join(root, "log");
  let acknowledged = 0;
  let done = 0;
  /** Where the round that runs may begin. */
  let known = 0;
  /** What is known of the round that runs, for whoever looks for a bug. */
  let about = "";
  try {
    for (; done < rounds && performance.now() < endAt; done++) {
      const acks = join(root, `acks-${done}`);
      const delayMs = random.below(120);
      about = `round ${done}, killed after ${delayMs} ms, log from ${known} on`;
      await runAndKill({ directory, acks, round: done, delayMs, parts });
      const log = await openLog(directory, openOptions(plant, random));
      about += `, reopened as [${log.firstOffset}, ${log.nextOffset}), ${JSON.stringify(log.recovery)}`;
      acknowledged += checkRound(log, { acks, round: done, known });
      onRound?.(acknowledged);
      known = log.nextOffset;
      if (random.chance(0.3) && log.nextOffset > 0) await log.truncateBefore(known);
      await log.close();
    }
    await rm(root, { recursive: true, force: true });
    return { rounds: done, acknowledged };
  } catch (error) {
    const text = error instanceof Violation ? error.message : `unexpected ${error}`;
    const message = `${text}\n  ${about}\n  log and acknowledgements are left in ${root}`;
    return { rounds: done, acknowledged, violation: new Violation(message, error) };
  }
}

/** @param {Plant | undefined} plant @param {Random} random @returns {import("./session.mjs").OpenLogOptions} */
function openOptions(plant, random) {
  if (plant === undefined) return { segmentBytesMax: 200_000 };
  const options = { segmentBytesMax: 200_000, fs: nodeFileSystem(), ...DEFAULT_PARTS };
  return plant(options, { random: () => random.u32() });
}

/**
 * @param {{ directory: string, acks: string, round: number, delayMs: number,
 *   parts: string | undefined }} how
 */
async function runAndKill({ directory, acks, round, delayMs, parts }) {
  const script = new URL("./kill-child.mjs", import.meta.url).pathname;
  const args = [script, directory, acks, String(round), ...(parts === undefined ? [] : [parts])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const exit = once(child, "exit");
  while (!existsSync(acks) || statSync(acks).size < 1) {
    if (child.exitCode !== null) throw new Violation(`the appending process ended: ${text}`);
    await sleep(2);
  }
  await sleep(delayMs);
  child.kill("SIGKILL");
  await exit;
  if (text !== "") throw new Violation(`the appending process complained: ${text}`);
}

/**
 * Holds the log against the acknowledgements of one round.
 *
 * @param {Seglog} log
 * @param {{ acks: string, round: number, known: number }} what
 * @returns {number} how many acknowledgements there were
 */
function checkRound(log, { acks, round, known }) {
  const [opening, ...lines] = readFileSync(acks, "utf8").split("\n").slice(0, -1);
  if (opening !== undefined && !opening.endsWith(` ${known}`)) {
    throw new Violation(`the process found "${opening}", and the log ended at ${known}`);
  }
  const seen = new Set();
  for (const line of lines) {
    const [offset = -1, caller = -1, count = -1] = line.split(" ").map(Number);
    if (offset >= log.committedOffset) throw new Violation(`record ${offset} is gone`);
    const text = Buffer.from(log.read(offset).value).toString();
    if (!text.startsWith(`${round} ${caller} ${count} `)) {
      throw new Violation(`record ${offset} of ${caller} ${count} is ${text.slice(0, 30)}`);
    }
  }
  /** @type {Map<number, number>} */
  const next = new Map();
  for (let offset = known; offset < log.committedOffset; offset++) {
    const text = Buffer.from(log.read(offset).value).toString();
    const [of, caller = -1, count = -1] = text.split(" ").map(Number);
    const filler = text.split(" ")[3] ?? "";
    const isWhole = filler === "x".repeat((caller * 37 + count) % 300);
    if (of !== round || !isWhole || seen.has(text) || count !== (next.get(caller) ?? 0)) {
      throw new Violation(`record ${offset} was never appended so: ${text.slice(0, 30)}`);
    }
    next.set(caller, count + 1);
    seen.add(text);
  }
  return lines.length;
}
