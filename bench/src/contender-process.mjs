import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { NotAvailable } from "./not-available.mjs";

/** @typedef {import("./contract.ts").Contender} Contender */
/** @typedef {import("./contract.ts").Runner} Runner */
/** @typedef {import("./workload-child.mjs").Answer} Answer */
/** @typedef {import("./workload-child.mjs").Call} Call */
/** @typedef {import("./workload-child.mjs").Order} Order */

/**
 * The same contender in a process of its own: what others hold in their heaps, how their records
 * are shaped and what they leave to the collector costs it nothing. (In one process with all peers
 * a scan by records was less than half as fast as alone: each collection went through 100 MB of
 * other people's objects.)
 *
 * @param {Contender} contender
 * @param {Order} order
 * @returns {Contender}
 */
export function inOwnProcess(contender, order) {
  return { ...contender, prepare: () => startRunner(order) };
}

/**
 * @param {Order} order
 * @returns {Promise<Runner>}
 */
async function startRunner(order) {
  const child = new ContenderProcess();
  try {
    await child.ask({ call: "prepare", order });
  } catch (error) {
    await child.end();
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
        await child.end();
      }
    },
  };
}

class ContenderProcess {
  #child = fork(join(import.meta.dirname, "workload-child.mjs"), [], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  #complaint = "";
  /** @type {string | undefined} */
  #ended;
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void } | undefined} */
  #asked;

  constructor() {
    this.#child.stderr?.on("data", (text) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-4000);
    });
    this.#child.on("message", (/** @type {Answer} */ answer) => {
      const { error } = answer;
      if (error === undefined) this.#asked?.resolve(answer);
      else this.#asked?.reject(new (error.isNotAvailable ? NotAvailable : Error)(error.text));
    });
    this.#child.once("close", (code, signal) => {
      this.#ended = `its process ended with ${signal ?? code}: ${this.#complaint}`;
      this.#asked?.reject(new Error(this.#ended));
    });
  }

  /**
   * @param {Call} call
   * @returns {Promise<Answer>}
   * @throws what the contender threw, or that its process ended
   */
  ask(call) {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
      this.#child.send(call);
    });
  }

  /** Whatever it still holds is let go by its end. */
  async end() {
    if (this.#ended !== undefined) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
