import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import Table from "cli-table3";
import { describeMachine, packageVersions } from "../machine.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { countCovered, readTrace } from "./read-trace.mjs";

/** @typedef {import("../contract.ts").DurabilityCheck} DurabilityCheck */
/** @typedef {import("../contract.ts").DurabilityResult} DurabilityResult */
/** @typedef {import("../contract.ts").Peer} Peer */

const execute = promisify(execFile);
const APPENDS = 50;
const CALLERS = 16;
const TIMEOUT_MS = 120_000;
const CALLS = "fsync,fdatasync,msync,openat,open,write,pwrite64,writev,pwritev,pwritev2,access";

/**
 * Runs everything that is in the durable tables under strace, and counts the appends within which
 * a sync both began and ended: one by one, and by callers at once.
 *
 * @param {string} parent
 * @returns {Promise<DurabilityCheck | undefined>} `undefined` where there is no strace
 */
export async function checkDurability(parent) {
  if (!hasStrace()) return undefined;
  /** @type {DurabilityResult[]} */
  const results = [];
  for (const peer of [seglog, ...peersFor("durable")]) {
    console.error(`${peer.id} …`);
    results.push(await checkPeer(peer, parent));
  }
  const { kernel } = describeMachine();
  return {
    format: 1,
    date: new Date().toISOString(),
    node: process.versions.node,
    kernel,
    versions: packageVersions(),
    appends: APPENDS,
    callers: CALLERS,
    results,
  };
}

/** @returns {boolean} */
export function hasStrace() {
  try {
    execFileSync("strace", ["-e", "trace=none", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // not installed, or not allowed to trace here
  }
}

/**
 * @param {Peer} peer
 * @param {string} parent
 * @returns {Promise<DurabilityResult>}
 */
export async function checkPeer(peer, parent) {
  const { id, name, settings } = peer;
  const own = mkdtempSync(join(parent, "seglog-durability-"));
  const about = { id, name, settings: settings.durable ?? "" };
  try {
    await mkdir(join(own, "data"));
    const trace = join(own, "trace");
    const child = join(import.meta.dirname, "durability-child.mjs");
    const counts = [String(APPENDS), String(CALLERS)];
    await execute(
      "strace",
      [
        ...["-ff", "-ttt", "-T", "-y", "-s", "128", "-o", trace, "-e", `trace=${CALLS}`],
        ...[process.execPath, child, id, join(own, "data"), ...counts],
      ],
      { timeout: TIMEOUT_MS },
    );
    return { ...about, ...judge(own) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = text.split("\n").find((line) => /Error:/.test(line)) ?? text.split("\n", 1)[0];
    return { ...about, verdict: "not available", reason: reason ?? text, calls: {} };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/**
 * @param {string} directory
 * @returns {Pick<DurabilityResult, "alone" | "together" | "calls" | "verdict">}
 */
function judge(directory) {
  const names = readdirSync(directory).filter((name) => name.startsWith("trace."));
  const { syncs, appends } = readTrace(
    names.map((name) => readFileSync(join(directory, name), "utf8")),
  );
  const one = appends.get("one") ?? [];
  const many = appends.get("many") ?? [];
  if (one.length !== APPENDS || many.length !== APPENDS * CALLERS) {
    throw new Error(`${one.length} and ${many.length} appends in the trace`);
  }
  const alone = countCovered(one, syncs);
  const together = countCovered(many, syncs);
  const first = Math.min(...one.map(({ call }) => call));
  const last = Math.max(...one.map(({ ack }) => ack));
  /** @type {Record<string, number>} */
  const calls = {};
  for (const { call, from, to } of syncs) {
    if (from >= first && to <= last) calls[call] = (calls[call] ?? 0) + 1;
  }
  const all = alone === one.length && together === many.length;
  return { alone, together, calls, verdict: all ? "durable" : "not durable" };
}

/**
 * @param {DurabilityCheck} check
 * @returns {string}
 */
export function durabilityTable({ appends, callers, results }) {
  const table = new Table({
    head: ["", `of ${appends}, alone`, `of ${appends * callers}, ${callers} at once`, "calls", ""],
    ...(process.stdout.isTTY ? {} : { style: { head: [], border: [] } }),
  });
  for (const { name, alone = "", together = "", calls, verdict, reason } of results) {
    const text = Object.entries(calls).map(([call, count]) => `${count} ${call}`);
    table.push([name, alone, together, text.join(", "), reason ?? verdict]);
  }
  return `Appends within which a sync began and ended\n${table}`;
}
