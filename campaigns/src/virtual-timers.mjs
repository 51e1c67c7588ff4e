/** @typedef {{ readonly run: () => void, readonly everyMs: number, dueAt: number }} VirtualTimer */

const setRealInterval = globalThis.setInterval;

/**
 * Intervals that go by a clock of one's own: what a log does by the clock then follows from the
 * seed, and ends with a process that is killed.
 */
export class VirtualTimers {
  /** @type {VirtualTimer[]} */
  #timers = [];
  #now = 0;

  /**
   * Runs `open`; the intervals that it begins are this object's.
   *
   * @template T
   * @param {() => Promise<T>} open
   * @param {number} now  ms
   */
  async during(open, now) {
    this.#now = now;
    const setInterval = (/** @type {() => void} */ run, /** @type {number} */ everyMs) => {
      this.#timers.push({ run, everyMs, dueAt: this.#now + everyMs });
      return { unref() {} };
    };
    Object.assign(globalThis, { setInterval });
    try {
      return await open();
    } finally {
      Object.assign(globalThis, { setInterval: setRealInterval });
    }
  }

  /** Lets the time become `now`: what is due runs, once. @param {number} now */
  advance(now) {
    this.#now = now;
    for (const timer of this.#timers) {
      if (timer.dueAt > now) continue;
      timer.dueAt = now + timer.everyMs;
      timer.run();
    }
  }

  /** Ends all intervals: the log closes, or its process is gone. */
  stop() {
    this.#timers = [];
  }
}
