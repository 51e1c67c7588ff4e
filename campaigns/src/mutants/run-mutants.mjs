import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SLICE_SEED } from "../slices.mjs";
import { findMutant, MUTANTS } from "./mutants.mjs";
import { builtModule, plantEdit } from "./plant-edits.mjs";

/** @typedef {import("../slices.mjs").CampaignName} CampaignName */
/** @typedef {import("./mutants.mjs").Mutant} Mutant */
/** @typedef {import("./try-slice.mjs").SliceOutcome} SliceOutcome */
/** @typedef {{ campaign: CampaignName, mutant?: Mutant }} Trial */

/**
 * Plants each mutant in a process of its own, and runs there the slice of the campaign that must
 * find it; and each of these slices without any mutant, in which nothing may be found.
 *
 * `every: n` plants the first of each n mutants of a campaign, and runs no slice without: for who
 * has run those already.
 *
 * @param {{ only?: string | undefined, every?: number, jobs: number,
 *   onText: (text: string) => void }} options
 * @returns {Promise<{ missed: string[], summary: string }>}  `missed`: mutants, and controls that
 *   found something
 */
export async function runMutants({ only, every, jobs, onText }) {
  const begun = performance.now();
  const mutants = only === undefined ? someOfEach(every ?? 1) : [findMutant(only)];
  for (const { edits } of mutants) edits.forEach(checkEdit);
  const campaigns = new Set(mutants.map(({ campaign }) => campaign));
  /** @type {Trial[]} the controls first, which take longest */
  const trials = [
    ...(every === undefined ? [...campaigns].map((campaign) => ({ campaign })) : []),
    ...mutants.map((mutant) => ({ campaign: mutant.campaign, mutant })),
  ];
  /** @type {string[]} */
  const missed = [];
  const worker = async () => {
    for (let trial = trials.shift(); trial !== undefined; trial = trials.shift()) {
      const { name, wrong, text } = judge(trial, await runTrial(trial));
      if (wrong) missed.push(name);
      onText(text);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  const lost = mutants.filter(({ name }) => missed.includes(name)).length;
  const controls = missed.length - lost;
  const summary = [
    `mutants: ${mutants.length} planted`,
    `${mutants.length - lost} caught`,
    `${lost} missed`,
    ...(controls === 0 ? [] : [`${controls} controls failed`]),
    `${((performance.now() - begun) / 1000).toFixed(0)} s`,
  ].join(", ");
  return { missed, summary };
}

/** @param {number} every */
function someOfEach(every) {
  /** @type {Map<CampaignName, number>} */
  const seen = new Map();
  return MUTANTS.filter(({ campaign }) => {
    const before = seen.get(campaign) ?? 0;
    seen.set(campaign, before + 1);
    return before % every === 0;
  });
}

/** Throws where an edit does not fit what is built. @param {import("./plant-edits.mjs").Edit} edit */
export function checkEdit(edit) {
  plantEdit(readFileSync(new URL(builtModule(edit.file)), "utf8"), edit);
}

/**
 * @param {Trial} trial
 * @returns {Promise<{ outcome?: SliceOutcome, complaint: string }>}
 */
async function runTrial({ campaign, mutant }) {
  const script = new URL("try-slice.mjs", import.meta.url).pathname;
  const args = [script, campaign, String(mutant?.seed ?? SLICE_SEED), String(BUDGET_MS)];
  // a kill campaign leaves the log in which it found something: here nobody will look at it
  const scratch = await mkdtemp(join(tmpdir(), "seglog-mutant-"));
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, TMPDIR: scratch };
  if (mutant !== undefined) {
    env["SEGLOG_MUTANT"] = mutant.name;
    const plant = new URL("plant.mjs", import.meta.url).href;
    env["NODE_OPTIONS"] = `${env["NODE_OPTIONS"] ?? ""} --import=${plant}`.trim();
  }
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaint += chunk;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), BUDGET_MS * 2);
  await once(child, "close");
  clearTimeout(timer);
  await rm(scratch, { recursive: true, force: true });
  const line = output.split("\n").findLast((text) => text.startsWith("{"));
  return { complaint, ...(line === undefined ? {} : { outcome: JSON.parse(line) }) };
}

/**
 * @param {Trial} trial
 * @param {{ outcome?: SliceOutcome, complaint: string }} result
 * @returns {{ name: string, wrong: boolean, text: string }}
 */
function judge({ campaign, mutant }, { outcome, complaint }) {
  const name = mutant?.name ?? `control ${campaign}`;
  const say = (/** @type {boolean} */ wrong, /** @type {string} */ text) => ({
    name,
    wrong,
    text: `${wrong ? "FAILED" : "ok"} ${name}: ${text}`,
  });
  if (outcome === undefined) return say(true, `the process ended early: ${complaint}`);
  const { violation, counts, seconds, planted } = outcome;
  const [[unit, count] = ["", 0]] = Object.entries(counts).filter(([key]) => UNITS.has(key));
  const spent = `${count} ${unit}, ${seconds.toFixed(1)} s`;
  const first = violation?.split("\n")[0] ?? "";
  if (mutant === undefined) {
    return say(violation !== undefined, `${campaign} found nothing in ${spent} ${first}`.trim());
  }
  const missing = mutant.edits.map(({ file }) => builtModule(file));
  if (missing.some((url) => !planted.includes(url))) return say(true, "was never loaded");
  if (violation === undefined) return say(true, `${campaign} missed it in ${spent}`);
  if (ENGINE_ERROR.test(first)) return say(true, `only crashed: ${first}`);
  return say(false, `caught by ${campaign} after ${spent}: ${first}`);
}

/** What a slice counts. */
const UNITS = new Set(["states", "faults", "rounds", "cases", "calls"]);
/** A campaign that stumbles over a mutant has not checked anything. */
const ENGINE_ERROR = /\b(?:SyntaxError|TypeError|ReferenceError|RangeError)\b/;
/** Only against what would never end; slices are counted. */
const BUDGET_MS = 240_000;
