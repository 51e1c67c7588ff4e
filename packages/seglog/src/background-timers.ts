import type { Log, Retention } from "@seglog/log";
import type { Durability } from "./contract.ts";

/** Retention by age is looked at ten times per age, and at least once a minute. */
const RETENTION_MS_MAX = 60_000;
const RETENTION_MS_MIN = 1000;

/**
 * What a log does by the clock: syncs with `{ everyMs }`, retention by age. Keeps no process up.
 */
export class BackgroundTimers {
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(log: Log, durability: Durability, retention: Retention | undefined) {
    if (log.readOnly) return;
    if (typeof durability === "object") this.#every(durability.everyMs, () => log.sync());
    if (retention?.ageMsMax !== undefined) {
      const ms = Math.ceil(retention.ageMsMax / 10);
      const every = Math.min(Math.max(ms, RETENTION_MS_MIN), RETENTION_MS_MAX);
      this.#every(every, () => log.enforceRetention());
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #every(ms: number, work: () => Promise<void>): void {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      void work()
        .catch(() => {}) // the log is poisoned or stalled by it, and tells whoever appends
        .then(() => {
          isRunning = false;
        });
    }, ms);
    timer.unref();
    this.#timers.push(timer);
  }
}
