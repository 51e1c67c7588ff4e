import { fork } from "node:child_process";
import { join } from "node:path";
import { ratiosOf } from "./summary.mjs";

/** @typedef {import("./contract.ts").CaseResult} CaseResult */
/** @typedef {import("./contract.ts").Workload} Workload */
/** @typedef {import("./contract.ts").WorkloadResult} WorkloadResult */
/** @typedef {import("./contract.ts").Sizes} Sizes */
/** @typedef {import("./contract.ts").Role} Role */
/** @typedef {{ case: string, contender: string, role: Role, round: number }} Turn */
/**
 * @typedef {{ type: "ready" } | { type: "case", result: CaseResult } |
 *   ({ type: "turn" } & Turn) | { type: "failed", reason: string }} Message
 */

/** A peer may end the process in every case; more often than this is our own fault. */
const RESTARTS_MAX = 5;

/**
 * Runs a workload in a process of its own; an isolated one in a process for each contender.
 *
 * @param {Workload} workload
 * @param {{ directory: string, sizes: Sizes, onTurn: (turn: Turn) => void }} options
 * @returns {Promise<WorkloadResult>}
 * @throws when ours fails, or its process ends early
 */
export async function runWorkload(workload, { directory, sizes, onTurn }) {
  const from = performance.now();
  const order = { workload: workload.id, directory, sizes };
  const cases = workload.isolated
    ? await runIsolated(workload, order, onTurn)
    : await runUntilDone(order, onTurn);
  const seconds = Math.round((performance.now() - from) / 100) / 10;
  return { id: workload.id, title: workload.title, about: workload.about, seconds, cases };
}

/**
 * @param {Workload} workload
 * @param {{ workload: string, directory: string, sizes: Sizes }} order
 * @param {(turn: Turn) => void} onTurn
 */
async function runIsolated(workload, order, onTurn) {
  /** @type {CaseResult[]} */
  const merged = [];
  const cases = workload.cases(order);
  const ids = new Set(cases.flatMap(({ contenders }) => contenders.map(({ id }) => id)));
  for (const onlyContender of ids) {
    for (const result of await runUntilDone({ ...order, onlyContender }, onTurn)) {
      const before = merged.findIndex(({ id }) => id === result.id);
      if (before === -1) {
        merged.push(result);
      } else {
        const contenders = [...(merged[before]?.contenders ?? []), ...result.contenders];
        merged[before] = { ...result, contenders, ratios: ratiosOf(result.metrics, contenders) };
      }
    }
  }
  return merged;
}

/**
 * A peer that takes the process with it is left out of the next attempt.
 *
 * @param {object} order
 * @param {(turn: Turn) => void} onTurn
 * @returns {Promise<CaseResult[]>}
 */
async function runUntilDone(order, onTurn) {
  /** @type {string[]} */
  const without = [];
  for (;;) {
    const { results, failure, last } = await runOnce({ ...order, without }, onTurn);
    if (failure === undefined) return results;
    const guilty = last?.contender ?? "";
    const again = without.includes(guilty) || without.length === RESTARTS_MAX;
    if (last?.role !== "peer" || again) {
      throw new Error(`${failure} (at ${last?.case ?? "the beginning"}, ${guilty})`);
    }
    without.push(guilty);
  }
}

/**
 * @param {object} order
 * @param {(turn: Turn) => void} onTurn
 * @returns {Promise<{ results: CaseResult[], failure: string | undefined,
 *   last: Turn | undefined }>}
 */
function runOnce(order, onTurn) {
  const child = fork(join(import.meta.dirname, "workload-child.mjs"), [], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  /** @type {CaseResult[]} */
  const results = [];
  /** @type {Turn | undefined} */
  let last;
  /** @type {string | undefined} */
  let failure;
  let complaint = "";
  child.stderr?.on("data", (text) => {
    complaint = `${complaint}${text}`.slice(-4000);
  });
  child.on("message", (/** @type {Message} */ message) => {
    if (message.type === "ready") {
      child.send(order);
    } else if (message.type === "turn") {
      last = message;
      onTurn(message);
    } else if (message.type === "case") {
      results.push(message.result);
    } else {
      failure = message.reason;
    }
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      const ended = code === 0 ? undefined : `ended with ${signal ?? code}: ${complaint}`;
      resolve({ results, failure: failure ?? ended, last });
    });
  });
}
