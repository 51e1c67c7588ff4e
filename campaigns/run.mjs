import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  crashCampaign,
  faultCampaign,
  interleaveCampaign,
  killCampaign,
  rotCampaign,
} from "./src/campaigns.mjs";
import { runJobs } from "./src/jobs.mjs";
import { loadParts, pathOf } from "./src/load-parts.mjs";
import { runMutants } from "./src/mutants/run-mutants.mjs";
import { replay } from "./src/replay.mjs";

/** @typedef {import("./src/tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {import("./src/tally.mjs").Share} Share */
/** @typedef {{ seed: number, budget: number, strict?: boolean, parts?: string, jobs?: number,
 *   share?: Share, states?: number, faults?: number }} Shared */

const program = new Command("campaign").description("Runs the proofs of seglog's promises.");

withJobs(add("crash", "cuts the power under random workloads, on the simulated disk"))
  .option("--states <count>", "ends after so many crash states", integer)
  .action((options) =>
    run("crash", options, (shared) => crashCampaign({ ...shared, ...statesOf(options) })),
  );
withJobs(add("fault", "fails each call of the disk once, with each errno"))
  .option("--faults <count>", "ends after so many failed calls", integer)
  .action((options) =>
    run("fault", options, (shared) => faultCampaign({ ...shared, ...faultsOf(options) })),
  );
add("kill", "kills a process with 256 appenders on the real disk")
  .option("--rounds <count>", "how often", integer, 200)
  .action((options) =>
    run("kill", options, (shared) => killCampaign({ ...shared, rounds: options.rounds })),
  );
withJobs(add("rot", "damages finished logs"))
  .option("--cases <count>", "how many", integer, 20_000)
  .action((options) =>
    run("rot", options, (shared) => rotCampaign({ ...shared, cases: options.cases })),
  );
withJobs(add("interleave", "runs every operation against every other")).action((options) =>
  run("interleave", options, interleaveCampaign),
);
program
  .command("replay <file>")
  .description("runs what a campaign printed below a violation; - reads it from the input")
  .option("--parts <file>", "a module with parts of one's own")
  .action(runAgain);

program
  .command("mutants")
  .description("plants bugs in what is built; a slice of a campaign must find each")
  .option("--only <name>", "plants this one")
  .option("--jobs <count>", "so many at a time", integer, 2)
  .action(async (options) => {
    const onText = (/** @type {string} */ text) => console.log(text);
    const { missed, summary } = await runMutants({ ...options, onText });
    console.log(summary);
    if (missed.length > 0) process.exitCode = 1;
  });

await program.parseAsync();

/** @param {string} name @param {string} description */
function add(name, description) {
  return program
    .command(name)
    .description(description)
    .option("--seed <number>", "decides everything that happens", integer, 1)
    .option("--budget <seconds>", "begins nothing after so long", integer, 600)
    .option("--parts <file>", "a module with parts of one's own")
    .option("--strict", "counts known violations like others");
}

/** @param {Command} command */
function withJobs(command) {
  return command
    .option("--jobs <count>", "so many processes share the work", integer, 1)
    .addOption(new Option("--share <i/n>", "one of them").argParser(share).hideHelp());
}

/**
 * @param {string} name
 * @param {Shared} options
 * @param {(options: CampaignOptions) => Promise<import("./src/tally.mjs").Tally>} campaign
 */
async function run(name, options, campaign) {
  const { seed, budget, strict = false, jobs = 1, share } = options;
  if (jobs > 1 && share === undefined) {
    const args = process.argv.slice(2);
    const title = `${name}: seed ${seed}, ${jobs} jobs`;
    const { summary, violations } = await runJobs(fileURLToPath(import.meta.url), {
      args,
      jobs,
      title,
    });
    return end(summary, violations);
  }
  const parts = options.parts === undefined ? undefined : pathOf(options.parts);
  const plant = parts === undefined ? undefined : await loadParts(parts);
  const onText = (/** @type {string} */ text) => console.log(text);
  const budgetMs = budget * 1000;
  const tally = await campaign({ seed, budgetMs, onText, strict, plant, parts, share });
  if (share === undefined) end(tally.summary, tally.violations.length);
  else process.send?.(tally.outcome, () => process.disconnect());
}

/** @param {string} summary @param {number} violations */
function end(summary, violations) {
  console.log(summary);
  if (violations > 0) process.exitCode = 1;
}

/** @param {string} file @param {{ parts?: string }} options */
async function runAgain(file, { parts }) {
  Error.stackTraceLimit = 50;
  const text = readFileSync(file === "-" ? 0 : pathOf(file), "utf8");
  const printed = JSON.parse(text);
  const path = parts === undefined ? printed.parts : pathOf(parts);
  const plant = path === undefined ? undefined : await loadParts(path);
  const violation = await replay(printed, { plant, parts: path });
  if (violation !== undefined) console.log(inspect(violation, { depth: 8 }));
  end(
    `replay of ${printed.campaign}: ${violation === undefined ? 0 : 1} violations`,
    violation ? 1 : 0,
  );
}

/** @param {Shared} options */
function statesOf({ states, share }) {
  if (states === undefined) return {};
  return { statesMax: Math.ceil(states / (share?.of ?? 1)) };
}

/** @param {Shared} options */
function faultsOf({ faults, share }) {
  if (faults === undefined) return {};
  return { faultsMax: Math.ceil(faults / (share?.of ?? 1)) };
}

/** @param {string} text @returns {Share} */
function share(text) {
  const [index = 0, of = 1] = text.split("/").map(Number);
  return { index, of };
}

/** @param {string} text */
function integer(text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("a whole number from 0 is needed");
}
