import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { openLog } from "seglog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { observeLogs } from "../src/observe-logs.mjs";
import { observeStats } from "../src/observe-stats.mjs";

let directory: string;
let provider: MeterProvider;
let exporter: InMemoryMetricExporter;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-opentelemetry-"));
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(provider);
});
afterEach(async () => {
  metrics.disable();
  await provider.shutdown();
  await rm(directory, { recursive: true, force: true });
});

/** The values collected now, by metric and labels other than the log's path. */
async function collected(): Promise<Record<string, unknown>> {
  exporter.reset();
  await provider.forceFlush();
  const values: Record<string, unknown> = {};
  for (const { scopeMetrics } of exporter.getMetrics()) {
    for (const { descriptor, dataPoints } of scopeMetrics.flatMap((scope) => scope.metrics)) {
      for (const { attributes, value } of dataPoints) {
        const { path, ...others } = attributes;
        expect(path).toBe(directory);
        values[[descriptor.name, ...Object.values(others)].join(" ")] = value;
      }
    }
  }
  return values;
}

test("counts what the log did, and shows how it stands", async () => {
  const endLogs = observeLogs();
  const log = await openLog(directory, { indexEntriesMax: 100 });
  const endStats = observeStats(log);
  await Promise.all(Array.from({ length: 250 }, (_, n) => log.append(`record ${n}`)));
  await log.truncateBefore(120);
  const { storeBytes, indexBytes } = log.stats();
  const values = await collected();
  expect(values).toMatchObject({
    "seglog.records": 250,
    "seglog.rolls": 2,
    "seglog.segments.removed before": 1,
    "seglog.recovery.torn": 0,
    "seglog.segments": 2,
    "seglog.bytes": storeBytes + indexBytes,
    "seglog.pending": 0,
    "seglog.waiting": 0,
  });
  const syncs = values["seglog.sync.records"] as Histogram;
  expect(syncs.sum).toBe(250);
  expect(syncs.count).toBe(log.stats().syncs);
  expect((values["seglog.sync.duration"] as Histogram).count).toBe(syncs.count);
  endStats();
  await log.close();
  endLogs();
});

test("has no more to say once it was ended", async () => {
  const endLogs = observeLogs();
  const log = await openLog(directory);
  const endStats = observeStats(log);
  await log.append("counted");
  endStats();
  endLogs();
  await log.append("not counted");
  await log.close();
  const values = await collected(); // and asks no log that is closed
  expect(values["seglog.records"]).toBe(1);
  expect(values["seglog.segments"]).toBeUndefined();
});
