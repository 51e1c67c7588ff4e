import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { metrics } from "@opentelemetry/api";

/** @typedef {import("seglog").LogEvents} LogEvents */
/** @typedef {import("@opentelemetry/api").Counter} Counter */
/** @typedef {import("@opentelemetry/api").Histogram} Histogram */

/**
 * Metrics of every log of this process, from the events that they publish. Where no SDK is
 * registered, the API does nothing.
 *
 * @returns {() => void} ends it
 */
export function observeLogs() {
  const meter = metrics.getMeter("seglog");
  const records = meter.createCounter("seglog.records", { description: "committed" });
  const syncMs = meter.createHistogram("seglog.sync.duration", {
    unit: "ms",
    description: "from the begin of its write to the end of a sync",
  });
  const syncRecords = meter.createHistogram("seglog.sync.records", {
    description: "that became durable by one sync",
  });
  const rolls = meter.createCounter("seglog.rolls", { description: "segments begun" });
  const removed = meter.createCounter("seglog.segments.removed", { description: "by truncations" });
  const torn = meter.createCounter("seglog.recovery.torn", { unit: "By", description: "cut off" });
  const failures = meter.createCounter("seglog.failures", { description: "by state" });

  const ends = [
    on("seglog:append", ({ path, from, to }) => records.add(to - from, { path })),
    on("seglog:sync", ({ path, from, to, ms }) => {
      syncMs.record(ms, { path });
      syncRecords.record(to - from, { path });
    }),
    on("seglog:roll", ({ path }) => rolls.add(1, { path })),
    on("seglog:truncate", ({ path, what, segmentsRemoved }) => {
      removed.add(segmentsRemoved, { path, what });
    }),
    on("seglog:recovery", ({ path, tornBytes }) => torn.add(tornBytes, { path })),
    on("seglog:failure", ({ path, state }) => failures.add(1, { path, state })),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/**
 * @template {keyof LogEvents} Name
 * @param {Name} name
 * @param {(event: LogEvents[Name]) => void} work
 */
function on(name, work) {
  /** @param {unknown} message */
  const listener = (message) => work(/** @type {LogEvents[Name]} */ (message));
  subscribe(name, listener);
  return () => unsubscribe(name, listener);
}
