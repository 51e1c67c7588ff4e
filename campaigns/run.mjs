import { Command, InvalidArgumentError } from "commander";
import {
  crashCampaign,
  faultCampaign,
  interleaveCampaign,
  killCampaign,
  rotCampaign,
} from "./src/campaigns.mjs";

/** @typedef {import("./src/tally.mjs").CampaignOptions} CampaignOptions */
/** @typedef {{ seed: number, budget: number, strict?: boolean }} Shared */

const program = new Command("campaign").description("Runs the proofs of seglog's promises.");

add("crash", "cuts the power under random workloads, on the simulated disk")
  .option("--states <count>", "ends after so many crash states", integer)
  .action((options) =>
    run(options, (shared) =>
      crashCampaign({ ...shared, ...(options.states && { statesMax: options.states }) }),
    ),
  );
add("fault", "fails each call of the disk once, with each errno").action((options) =>
  run(options, faultCampaign),
);
add("kill", "kills a process with 256 appenders on the real disk")
  .option("--rounds <count>", "how often", integer, 200)
  .action((options) => run(options, (shared) => killCampaign({ ...shared, ...options })));
add("rot", "damages finished logs")
  .option("--cases <count>", "how many", integer, 20_000)
  .action((options) => run(options, (shared) => rotCampaign({ ...shared, ...options })));
add("interleave", "runs every operation against every other").action((options) =>
  run(options, interleaveCampaign),
);

await program.parseAsync();

/** @param {string} name @param {string} description */
function add(name, description) {
  return program
    .command(name)
    .description(description)
    .option("--seed <number>", "decides everything that happens", integer, 1)
    .option("--budget <seconds>", "begins nothing after so long", integer, 600)
    .option("--strict", "counts known violations like others");
}

/**
 * @param {Shared} options
 * @param {(options: CampaignOptions) => Promise<import("./src/tally.mjs").Tally>} campaign
 */
async function run({ seed, budget, strict = false }, campaign) {
  const onText = (/** @type {string} */ text) => console.log(text);
  const tally = await campaign({ seed, budgetMs: budget * 1000, onText, strict });
  console.log(tally.summary);
  if (tally.violations.length > 0) process.exitCode = 1;
}

/** @param {string} text */
function integer(text) {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("a whole number from 0 is needed");
}
