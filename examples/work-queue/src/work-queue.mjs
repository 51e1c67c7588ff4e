import { json, openLog } from "seglog";

/** @typedef {{ id: number, job: unknown }} Task  `id` is the same each time that a task comes */

/** @type {import("seglog").Codec<unknown>} */
const JOBS = json();

/** Jobs in the order of their adding; each kind of worker does all of them, at its own pace. */
export class WorkQueue {
  /** @type {import("seglog").Seglog<unknown, unknown>} */
  #log;

  /** @param {import("seglog").Seglog<unknown, unknown>} log */
  constructor(log) {
    this.#log = log;
  }

  /**
   * Workers are named here, because what is kept for a worker is kept from the making of its cursor
   * on: one that came later could find jobs gone.
   *
   * @param {string} directory
   * @param {readonly string[]} workers
   * @returns {Promise<WorkQueue>}
   */
  static async open(directory, workers) {
    const log = await openLog(directory, {
      codec: JOBS,
      segmentBytesMax: 4096,
      // done jobs go, a segment at a time; what some worker has not done stays
      retention: { segmentsMax: 1, keepUncommitted: true },
    });
    for (const worker of workers) await log.cursor(worker);
    return new WorkQueue(log);
  }

  /** How many jobs were ever added. */
  get added() {
    return this.#log.nextOffset;
  }

  /** Jobs that are still in the directory, done ones among them. */
  get kept() {
    return this.#log.nextOffset - this.#log.firstOffset;
  }

  /**
   * Resolves with the job's id once no crash can take it back.
   *
   * @param {unknown} job
   */
  add(job) {
    return this.#log.append(job);
  }

  /**
   * Does every job, those of the past and each new one, one after another, until the signal aborts.
   * At least once: a job whose work was done when a crash came, and not yet committed, comes again,
   * with the same `id`. A job whose work throws is not done: the error is this call's.
   *
   * @param {string} worker  whose place is kept under this name
   * @param {(task: Task) => Promise<void>} work
   * @param {AbortSignal} [signal]
   */
  async work(worker, work, signal) {
    const cursor = await this.#log.cursor(worker);
    for await (const { offset, value } of cursor.tail({ signal })) {
      await work({ id: offset, job: value });
      await cursor.commit(offset + 1);
      if (signal?.aborted) return; // the tail has perhaps read on
    }
  }

  async close() {
    await this.#log.close();
  }
}
