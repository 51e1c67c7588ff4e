import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { NotAvailable } from "./not-available.mjs";

/** @typedef {import("./contract.ts").Contender} Contender */
/** @typedef {import("./contract.ts").Runner} Runner */
/** @typedef {import("./workload-child.mjs").Answer} Answer */
/** @typedef {import("./workload-child.mjs").Call} Call */
/** @typedef {import("./workload-child.mjs").Order} Order */

/** A peer that answers no more has taken part. */
const PEER_TIMEOUT_MS = 120_000;

/**
 * The same contender in a process of its own: what others hold in their heaps, how their records
 * are shaped and what they leave to the collector costs it nothing. (In one process with all peers
 * a scan by records was less than half as fast as alone: each collection went through 100 MB of
 * other people's objects.)
 *
 * Whatever fails, its process has ended and its directory is removed when `prepare` rejects, or
 * `close` settles.
 *
 * @param {Contender} contender
 * @param {Order} order  whose directory the contender gets one of its own in
 * @param {number} [timeoutMs]  how long a peer may take for each call
 * @returns {Contender}
 */
export function inOwnProcess(contender, order, timeoutMs = PEER_TIMEOUT_MS) {
  const limitMs = contender.role === "peer" ? timeoutMs : Number.POSITIVE_INFINITY;
  return { ...contender, prepare: () => startRunner(order, limitMs) };
}

/**
 * @param {Order} order
 * @param {number} limitMs
 * @returns {Promise<Runner>}
 */
async function startRunner(order, limitMs) {
  const directory = await mkdtemp(join(order.directory, `${order.workload}-`));
  const child = new ContenderProcess(limitMs);
  const end = async () => {
    await child.end();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await child.ask({ call: "prepare", order: { ...order, directory } });
  } catch (error) {
    await end();
    throw error;
  }
  let isWarm = true;
  return {
    round: async () => {
      const answer = await child.ask({ call: "round" });
      isWarm = answer.isWarm ?? true;
      return answer.sample ?? {};
    },
    isWarm: () => isWarm,
    close: async () => {
      try {
        await child.ask({ call: "close" });
      } finally {
        await end();
      }
    },
  };
}

/** One call at a time; after a failure of the process itself every call fails with it. */
class ContenderProcess {
  #limitMs;
  #child = fork(join(import.meta.dirname, "workload-child.mjs"), [], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  #closed = once(this.#child, "close");
  #complaint = "";
  /** @type {Error | undefined} */
  #failure;
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void } | undefined} */
  #asked;

  /** @param {number} limitMs  how long it may take for each call */
  constructor(limitMs) {
    this.#limitMs = limitMs;
    this.#child.stderr?.on("data", (text) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-4000);
    });
    this.#child.on("message", (/** @type {Answer} */ answer) => {
      if (answer.error === undefined) this.#asked?.resolve(answer);
      else this.#asked?.reject(thrown(answer.error));
    });
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#closed.then(
      ([code, signal]) => this.#fail(`its process ended with ${signal ?? code}`),
      () => {}, // an error of the process, told above
    );
  }

  /**
   * @param {Call} call
   * @returns {Promise<Answer>}
   * @throws what the contender threw, that it took too long, or that its process ended
   */
  async ask(call) {
    if (this.#failure !== undefined) throw this.#failure;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        this.#asked = { resolve, reject };
        if (Number.isFinite(this.#limitMs)) timer = setTimeout(() => this.#giveUp(), this.#limitMs);
        this.#child.send(call, (error) => error && this.#fail(error.message));
      });
    } finally {
      clearTimeout(timer);
      this.#asked = undefined;
    }
  }

  /** Whatever it still holds is let go by its end. */
  async end() {
    this.#child.kill("SIGKILL");
    await this.#closed.catch(() => {});
  }

  /** What it may still answer would be taken for the answer to a later call. */
  #giveUp() {
    this.#fail(`no answer in ${this.#limitMs / 1000} s`);
    this.#child.kill("SIGKILL");
  }

  /** @param {string} reason */
  #fail(reason) {
    const complaint = this.#complaint === "" ? "" : `: ${this.#complaint}`;
    this.#failure ??= new Error(`${reason}${complaint}`);
    this.#asked?.reject(this.#failure);
  }
}

/** @param {NonNullable<Answer["error"]>} told */
function thrown({ text, stack, isNotAvailable }) {
  const error = new (isNotAvailable ? NotAvailable : Error)(text);
  if (stack !== undefined) error.stack = stack;
  return error;
}
