import { describe, expect, test } from "vitest";
import { crashWorkload } from "../src/crash.mjs";
import { countOperations, faultsOf, faultWorkload } from "../src/fault.mjs";
import { makeCrashWorkload } from "../src/heavy-workload.mjs";
import { interleaveWorkload } from "../src/interleave.mjs";
import { finishedLog, finishedLogOf, rotCase } from "../src/rot.mjs";
import type { Plant } from "../src/session.mjs";
import { makeRestlessWorkload, makeWorkload } from "../src/workload.mjs";
import {
  dropsBatchFlags,
  flipsBytes,
  forgetsNames,
  hangs,
  swallowsFailures,
  syncsByFlushing,
  syncsNothing,
  takesAnyLog,
  trustsEveryEnd,
} from "./plants.mjs";

const TIMEOUT_MS = 60_000;

describe("the crash campaign finds a log", { timeout: TIMEOUT_MS }, () => {
  const plants: Record<string, Plant> = {
    "whose disk syncs no file": syncsNothing,
    "whose disk syncs no directory": forgetsNames,
    "whose store acknowledges before its sync": syncsByFlushing,
    "whose batches are not held together": dropsBatchFlags,
    "whose recovery checks no frame": trustsEveryEnd,
  };
  for (const [name, plant] of Object.entries(plants)) {
    test(name, async () => expect(await crashFinds(plant)).toBe(true));
  }
});

test("the fault campaign finds a log that acknowledges after a failed sync", {
  timeout: TIMEOUT_MS,
}, async () => {
  const workload = makeWorkload(5);
  const operations = await countOperations(workload, swallowsFailures);
  const syncs = operations.filter(
    ({ kind, path }) => ["sync", "writeDurably"].includes(kind) && path.endsWith(".store"),
  );
  const options = { statesMax: 4, plant: swallowsFailures };
  let found = false;
  for (const fault of syncs.flatMap(faultsOf)) {
    found ||= (await faultWorkload(workload, fault, options)).violation !== undefined;
  }
  expect(found).toBe(true);
});

test("the interleave campaign finds a log that hangs", { timeout: TIMEOUT_MS }, async () => {
  const violations = await interleaveFinds(hangs, "not settled");
  expect(violations.some((text) => text.includes("not settled"))).toBe(true);
});

test("the interleave campaign finds a log that reads wrong bytes", {
  timeout: TIMEOUT_MS,
}, async () => {
  expect(await interleaveFinds(flipsBytes)).not.toEqual([]);
});

test("the rot campaign finds a log that gives flipped bytes as good", {
  timeout: TIMEOUT_MS,
}, async () => {
  const log = await finishedLog(1);
  const plant = flipsBytes;
  let found = false;
  for (let seed = 0; seed < 20; seed++) {
    found ||= "violation" in (await rotCase(log, { other: log, seed, plant }));
  }
  expect(found).toBe(true);
});

test("the rot campaign finds a log that takes the files of another for its own", {
  timeout: TIMEOUT_MS,
}, async () => {
  // records of the same lengths, and other bytes
  const { steps, ...drawn } = makeWorkload(1);
  const fill = "random" as const;
  const workload = { ...drawn, steps: steps.map((s) => ("fill" in s ? { ...s, fill } : s)) };
  const log = await finishedLogOf(workload);
  const other = await finishedLogOf({ ...workload, seed: 4 });
  const violations = async (plant?: Plant): Promise<number> => {
    let count = 0;
    for (let seed = 160; seed < 220; seed++) {
      count += "violation" in (await rotCase(log, { other, seed, plant })) ? 1 : 0;
    }
    return count;
  };
  expect(await violations()).toBe(0);
  expect(await violations(takesAnyLog)).toBeGreaterThan(0);
});

async function crashFinds(plant: Plant): Promise<boolean> {
  // from a seed on that soon finds the rarest, a batch in part
  for (let seed = 14; seed < 50; seed++) {
    const options = { cutsMax: 20, statesMax: 12, plant };
    const { violation } = await crashWorkload(makeCrashWorkload(seed), options);
    if (violation !== undefined) return true;
  }
  return false;
}

async function interleaveFinds(plant: Plant, wanted = ""): Promise<string[]> {
  const texts: string[] = [];
  for (let seed = 1; seed < 6; seed++) {
    const { violation } = await interleaveWorkload(makeRestlessWorkload(seed), { plant });
    if (violation !== undefined) texts.push(violation.message);
    if (violation?.message.includes(wanted)) break;
  }
  return texts;
}
