import { mkdtemp, rm } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { durableAppends } from "./durable-appends.mjs";
import { rawSyncs } from "./raw-syncs.mjs";

const USAGE = `Durable appends a second, against bare write + fdatasync in the same run.

  node append.mjs [--quick] [--dir DIRECTORY] [--record-bytes N]

  --quick           0.3 s for each measurement instead of 2 s
  --dir             where to write; the disk of this directory is what is measured
                    (default: the current one)
  --record-bytes    length of a record, from 1 (default 128)
`;

/** Loops that append at the same time, each again once its last append is acknowledged. */
const CALLERS = Object.freeze([1, 64, 1024]);
const ROUNDS = 3;

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  await main(options);
}

/** @param {{ dir: string, recordBytes: number, forMs: number }} options */
async function main({ dir, recordBytes, forMs }) {
  const directory = await mkdtemp(join(dir, "seglog-bench-"));
  const record = new Uint8Array(recordBytes).fill(97);
  try {
    console.log(`${recordBytes} B a record, ${forMs} ms a measurement, ${ROUNDS} rounds, medians.`);
    console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}, ${dir}\n`);
    console.log("callers   raw syncs/s   seglog acks/s     ratio   records/sync");
    for (const callers of CALLERS) {
      const raw = [];
      const log = [];
      // side by side, so that a slow spell of the disk meets both
      for (let round = 0; round < ROUNDS; round++) {
        const path = join(directory, `${callers}-${round}`);
        raw.push(await rawSyncs({ path: `${path}.raw`, record, forMs }));
        log.push(await durableAppends({ directory: path, record, callers, forMs }));
      }
      const syncs = median(raw);
      const acks = median(log.map(({ perSecond }) => perSecond));
      const group = median(log.map(({ perSync }) => perSync));
      console.log(
        `${column(callers, 7)}${column(syncs, 14)}${column(acks, 16)}` +
          `${(acks / syncs).toFixed(2).padStart(10)}${group.toFixed(1).padStart(15)}`,
      );
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} args */
function readOptions(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        dir: { type: "string", default: "." },
        "record-bytes": { type: "string", default: "128" },
      },
    });
    const recordBytes = Number(values["record-bytes"]);
    if (!Number.isSafeInteger(recordBytes) || recordBytes < 1) return undefined;
    return { dir: values.dir, recordBytes, forMs: values.quick ? 300 : 2000 };
  } catch {
    return undefined; // an argument that is not known: the usage says which are
  }
}

/** @param {readonly number[]} values  an odd number of them */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * @param {number} value
 * @param {number} width
 */
function column(value, width) {
  return Math.round(value).toLocaleString("en").padStart(width);
}
