import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { Latencies } from "./latencies.mjs";

/** So many callers look at the clock: for all of 4096 that would cost a fifth of the rate. */
const TIMED_CALLERS = 64;

/**
 * Callers of one log, each of which appends again once its last append is acknowledged.
 *
 * @param {(record: Uint8Array) => Promise<unknown>} append
 * @param {{ records: readonly Uint8Array[], callers: number, forMs: number }} what
 * @returns {Promise<{ count: number, elapsedMs: number, latencies: Latencies,
 *   loopDelayP99Ms: number, loopDelayMaxMs: number }>}
 */
export async function appendCallers(append, { records, callers, forMs }) {
  const latencies = new Latencies();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const step = Math.max(1, Math.floor(callers / TIMED_CALLERS));
  let count = 0;
  let stopped = false;
  const from = performance.now();
  const timed = async (/** @type {Uint8Array} */ record) => {
    let last = from;
    while (!stopped) {
      await append(record);
      count++;
      const now = performance.now();
      latencies.add(now - last);
      last = now;
      if (now - from >= forMs) stopped = true;
    }
  };
  const untimed = async (/** @type {Uint8Array} */ record) => {
    while (!stopped) {
      await append(record);
      count++;
    }
  };
  delay.enable();
  await Promise.all(
    Array.from({ length: callers }, (_, caller) => {
      const record = /** @type {Uint8Array} */ (records[caller % records.length]);
      return caller % step === 0 ? timed(record) : untimed(record);
    }),
  );
  const elapsedMs = performance.now() - from;
  await setTimeout(2); // of a log that let no timer through until now, the delay is all of it
  delay.disable();
  return {
    count,
    elapsedMs,
    latencies,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    loopDelayMaxMs: delay.max / 1e6,
  };
}
