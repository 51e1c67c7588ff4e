import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metrics } from "@opentelemetry/api";
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { openLog } from "seglog";
import { observeLogs } from "./src/observe-logs.mjs";
import { observeStats } from "./src/observe-stats.mjs";

// in a program of yours: the exporter of your choice (OTLP, Prometheus) in place of the console's
const reader = new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() });
const provider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(provider);

const directory = await mkdtemp(join(tmpdir(), "seglog-opentelemetry-"));
try {
  const endLogs = observeLogs();
  const log = await openLog(join(directory, "orders"), { segmentBytesMax: 4096 });
  const endStats = observeStats(log);
  await Promise.all(Array.from({ length: 500 }, (_, n) => log.append(`order ${n}`)));
  await provider.shutdown(); // collects once more, which asks the log: it is closed after that
  endStats();
  await log.close();
  endLogs();
} finally {
  await rm(directory, { recursive: true, force: true });
}
