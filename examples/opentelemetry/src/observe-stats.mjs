import { metrics } from "@opentelemetry/api";

/**
 * What stands still between two events, asked for when metrics are collected: sizes and queues of
 * one log, from `stats()`.
 *
 * @param {import("seglog").Seglog<never, unknown>} log
 * @returns {() => void} ends it, to be called before the log is closed
 */
export function observeStats(log) {
  const meter = metrics.getMeter("seglog");
  const gauges = {
    segments: meter.createObservableGauge("seglog.segments"),
    bytes: meter.createObservableGauge("seglog.bytes", { unit: "By" }),
    pending: meter.createObservableGauge("seglog.pending", { description: "not durable yet" }),
    waiting: meter.createObservableGauge("seglog.waiting", { description: "for room" }),
  };
  const all = Object.values(gauges);
  /** @param {import("@opentelemetry/api").BatchObservableResult} result */
  const observe = (result) => {
    const { segments, storeBytes, indexBytes, groupCommit } = log.stats();
    const labels = { path: log.path };
    result.observe(gauges.segments, segments, labels);
    result.observe(gauges.bytes, storeBytes + indexBytes, labels);
    result.observe(gauges.pending, groupCommit.pending, labels);
    result.observe(gauges.waiting, groupCommit.waiting, labels);
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}
