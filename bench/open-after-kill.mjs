import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openLog } from "seglog";

const USAGE = `How long a log takes to open whose process was killed, against reading the
bytes of its active segment in the same run.

  node open-after-kill.mjs [--quick] [--dir DIRECTORY]

  --quick   128 MiB in segments of 8 MiB instead of 1 GiB in segments of 64 MiB
  --dir     where to write (default: the current directory)
`;

const RECORD_BYTES = Object.freeze([1024, 128]);
const ROUNDS = 5;
/** Of the store's frame and the segment's record head. */
const FRAMING_BYTES = 16;
const SCRIPT = fileURLToPath(import.meta.url);

await (process.argv[2] === "--child" ? child(process.argv.slice(3)) : main());

async function main() {
  const settings = readSettings();
  if (settings === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const { dir, logBytes, segmentBytesMax } = settings;
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}, ${dir}`);
  for (const recordBytes of RECORD_BYTES) {
    const place = await mkdtemp(join(dir, "seglog-bench-"));
    try {
      const directory = join(place, "log");
      // the last segment is left nearly full: it is what opening reads
      const count = Math.floor((logBytes * 0.99) / (recordBytes + FRAMING_BYTES));
      await killed("fill", directory, `${segmentBytesMax}`, `${recordBytes}`, `${count}`);
      const opened = [];
      const raw = [];
      for (let round = 0; round < ROUNDS; round++) {
        raw.push(await readActive(directory));
        opened.push(JSON.parse(await killed("open", directory, `${segmentBytesMax}`)));
      }
      if (opened.some(({ nextOffset }) => nextOffset !== count))
        throw new Error("records are lost");
      const openMs = median(opened.map(({ ms }) => ms));
      const rawMs = median(raw.map(({ ms }) => ms));
      const activeBytes = raw[0]?.bytes ?? 0;
      const { segments } = opened[0];
      console.log(
        JSON.stringify({ recordBytes, records: count, segments, activeBytes, openMs, rawMs }),
      );
      const mebibytes = (activeBytes / 2 ** 20).toFixed(0);
      console.log(
        `${count} records of ${recordBytes} B in ${segments} segments: ` +
          `open in ${openMs.toFixed(0)} ms; ` +
          `the ${mebibytes} MiB of the active one are read in ${rawMs.toFixed(0)} ms`,
      );
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }
}

function readSettings() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        dir: { type: "string", default: "." },
      },
    });
    const scale = values.quick ? 8 : 1;
    return { dir: values.dir, logBytes: 2 ** 30 / scale, segmentBytesMax: 2 ** 26 / scale };
  } catch {
    return undefined; // an argument that is not known: the usage says which are
  }
}

/**
 * Runs this script as a child, and kills it when it has said its first line.
 *
 * @param {...string} args
 * @returns {Promise<string>} that line
 */
async function killed(...args) {
  const started = spawn(process.execPath, [SCRIPT, "--child", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => started.once("close", resolve));
  for await (const line of createInterface({ input: started.stdout })) {
    started.kill("SIGKILL");
    await ended;
    return line;
  }
  throw new Error(`${args[0]} ended without a word`);
}

/** @param {readonly string[]} args */
async function child([what = "", directory = "", segmentBytesMax, recordBytes, count]) {
  const from = performance.now();
  const log = await openLog(directory, { segmentBytesMax: Number(segmentBytesMax) });
  const ms = performance.now() - from;
  if (what === "fill") {
    const record = new Uint8Array(Number(recordBytes)).fill(97);
    for (let left = Number(count); left > 0; ) {
      await log.ready();
      // in steps that need no more than half of what may be staged
      const step = Math.min(left, Math.floor(2 ** 25 / (record.length + FRAMING_BYTES)));
      for (let i = 0; i < step; i++) log.write(record);
      await log.sync();
      left -= step;
    }
  }
  console.log(JSON.stringify({ ms, nextOffset: log.nextOffset, segments: log.segments().length }));
  setInterval(() => {}, 2 ** 30);
}

/** @param {string} directory */
async function readActive(directory) {
  const name =
    readdirSync(directory)
      .filter((entry) => entry.endsWith(".store"))
      .at(-1) ?? "";
  const file = await open(join(directory, name));
  try {
    const buffer = new Uint8Array(2 ** 20);
    const from = performance.now();
    let bytes = 0;
    for (let read = -1; read !== 0; bytes += read) {
      read = (await file.read(buffer, 0, buffer.length, bytes)).bytesRead;
    }
    return { bytes, ms: performance.now() - from };
  } finally {
    await file.close();
  }
}

/** @param {readonly number[]} values  an odd number of them */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return /** @type {number} */ (sorted[(sorted.length - 1) / 2]);
}
