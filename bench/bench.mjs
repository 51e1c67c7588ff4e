import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { buildPeers } from "./src/build-peers.mjs";
import { compareResults, comparisonTable } from "./src/compare.mjs";
import { checkDurability, durabilityTable } from "./src/durability/check-durability.mjs";
import { writePages } from "./src/report/write-pages.mjs";
import { DURABILITY_FILE, RESULT_FILE } from "./src/result-files.mjs";
import { runBench } from "./src/run-bench.mjs";
import { sizesByName } from "./src/sizes.mjs";
import { goalsTable, workloadTable } from "./src/terminal-table.mjs";
import { workloads } from "./src/workloads/workloads.mjs";

/** @typedef {import("./src/contract.ts").BenchResult} BenchResult */
/** @typedef {import("./src/contract.ts").Sizes} Sizes */
/**
 * @typedef {object} Options
 * @property {string[]} only
 * @property {boolean} quick
 * @property {keyof typeof sizesByName} size
 * @property {number} [rounds]
 * @property {number} [roundMs]
 * @property {number} [growthRecordsMax]
 * @property {string} dir
 * @property {string} [out]
 * @property {boolean} [buildPeers]
 * @property {string[]} [compare]
 * @property {boolean} checkDurability
 */

const ids = workloads.map(({ id }) => id);
const program = new Command("bench")
  .description("Measures seglog beside the raw disk and beside its peers.")
  .option("--only <workloads>", `some of ${ids.join(", ")}; by commas`, workloadIds, [])
  .option("--quick", "small sizes: shows that all works, in minutes", false)
  .addOption(new Option("--size <name>").choices(Object.keys(sizesByName)).default("full"))
  .option("--rounds <count>", "counted rounds", positive)
  .option("--round-ms <ms>", "length of a measurement by time", positive)
  .option("--growth-records-max <count>", "the largest log of `growth`", positive)
  .option("--dir <directory>", "the disk of it is measured", tmpdir())
  .option("--out <file>", "where the result goes")
  .option("--build-peers", "compile better-sqlite3 if it is not (full runs do)")
  .option("--no-build-peers", "measure without it where it is not compiled")
  .option("--compare <results...>", "old result, and a new one or the published one")
  .option("--check-durability", "count the syncs of each peer, with strace", false)
  .action(main);
program
  .command("report [result]")
  .description("writes charts, and the tables of the pages, from a result")
  .action((/** @type {string | undefined} */ path) => writePages(path ?? RESULT_FILE));

await program.parseAsync();

/** @param {Options} options */
async function main(options) {
  if (options.compare) return compare(options.compare);
  const sizes = sizesOf(options);
  if (options.buildPeers ?? sizes.name === "full") {
    const problem = buildPeers();
    if (problem !== undefined) console.error(`better-sqlite3 is left out: ${problem}`);
  }
  if (options.checkDurability) return durability(options);
  const result = await runBench({
    parent: options.dir,
    sizes,
    only: options.only,
    onWorkload: (workload) => console.log(workloadTable(workload)),
  });
  console.log(goalsTable(result.goals));
  const complete = sizes.name === "full" && options.only.length === 0;
  const path = options.out ?? (complete ? RESULT_FILE : join(dirname(RESULT_FILE), "last.json"));
  save(path, result);
}

/** @param {Options} options */
function sizesOf({ quick, size, rounds, roundMs, growthRecordsMax }) {
  const given = { rounds, roundMs, growthRecordsMax };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return /** @type {Sizes} */ ({
    ...sizesByName[quick && size === "full" ? "quick" : size],
    ...Object.fromEntries(set),
  });
}

/** @param {readonly string[]} paths */
function compare([before = "", after = RESULT_FILE]) {
  const read = (/** @type {string} */ path) =>
    /** @type {BenchResult} */ (JSON.parse(readFileSync(path, "utf8")));
  console.log(comparisonTable(compareResults(read(before), read(after))));
}

/** @param {Options} options */
async function durability({ dir, out = DURABILITY_FILE }) {
  const result = await checkDurability(dir);
  if (result === undefined) {
    console.log("skipped: strace is not there");
    return;
  }
  console.log(durabilityTable(result));
  save(out, result);
}

/**
 * @param {string} path
 * @param {unknown} result
 */
function save(path, result) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result)}\n`);
  console.log(`written to ${path}`);
}

/** @param {string} text */
function workloadIds(text) {
  const wanted = text.split(",").map((id) => id.trim());
  const unknown = wanted.filter((id) => !ids.includes(id));
  if (unknown.length === 0) return wanted;
  throw new InvalidArgumentError(`no such workload: ${unknown.join(", ")}; of ${ids.join(", ")}`);
}

/** @param {string} text */
function positive(text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("a whole number from 1 is needed");
}
