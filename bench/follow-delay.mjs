// How long it takes until a record that was acknowledged here is in the hands of a tail in another
// process: `node bench/follow-delay.mjs [records]`. The pause between two appends is drawn, so that
// the tail is met at rest and at work. Times are of one clock: both processes are of one machine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openLog } from "seglog";

const now = () => performance.timeOrigin + performance.now();

/** @param {string} directory @param {number} records */
async function follow(directory, records) {
  const log = await openLog(directory, { readOnly: true, codec: undefined });
  console.log("open");
  const before = process.cpuUsage();
  const begun = now();
  /** @type {[number, number][]} */
  const seen = [];
  for await (const { offset } of log.tail()) {
    seen.push([offset, now()]);
    if (seen.length === records) break;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ seen, cpu: (user + system) / 1000 / (now() - begun) }));
  await log.close();
}

/** @param {string} name @param {number[]} delays */
function describe(name, delays) {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ part) =>
    (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(2);
  console.log(`${name}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}

/** @param {number} records @param {number} pauseMs */
async function measure(records, pauseMs) {
  const directory = mkdtempSync(join(tmpdir(), "seglog-follow-"));
  try {
    const log = await openLog(directory);
    const self = fileURLToPath(import.meta.url);
    const child = spawn(process.execPath, [self, "--tail", directory, `${records}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    /** @type {number[]} */
    const acknowledged = [];
    for (let n = 0; n < records; n++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs));
      const offset = await log.append("x".repeat(128));
      acknowledged[offset] = now();
    }
    const { seen, cpu } = JSON.parse((await lines.next()).value);
    await once(child, "exit");
    /** @type {[number, number][]} */
    const pairs = seen;
    const delays = pairs.map(([offset, time]) => time - (acknowledged[offset] ?? time));
    describe(`${records} records, pauses up to ${pauseMs} ms`, delays);
    console.log(`  the tail took ${(cpu * 100).toFixed(1)} % of a core`);
    await log.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const [first, directory = "", count] = process.argv.slice(2);
if (first === "--tail") {
  await follow(directory, Number(count));
} else {
  const records = Number(first ?? 300);
  for (const pauseMs of [2, 20, 200])
    await measure(Math.ceil(records / Math.log2(pauseMs)), pauseMs);
}
