import { describe, expect, test } from "vitest";
import {
  crashCampaign,
  faultCampaign,
  interleaveCampaign,
  rotCampaign,
} from "../src/campaigns.mjs";
import { countOperations, faultsOf, faultWorkload } from "../src/fault.mjs";
import { FAULT_SAMPLE, replay } from "../src/replay.mjs";
import type { Plant } from "../src/session.mjs";
import { type FailingFault, findAgain, shrinkFault } from "../src/shrink-fault.mjs";
import type { CampaignOptions, Tally } from "../src/tally.mjs";
import { kindOf, Violation } from "../src/violation.mjs";
import { makeWorkload } from "../src/workload.mjs";
import { flipsBytes, swallowsFailures, syncsByFlushing, syncsNothing } from "./plants.mjs";

const TIMEOUT_MS = 90_000;

interface Planted {
  readonly campaign: (options: CampaignOptions) => Promise<Tally>;
  readonly plant: Plant;
  readonly stepsMax: number;
}

/** Only in the log that is opened after the damage; the one that is damaged has a clock. */
const flipsBytesLater: Plant = (options, tools) =>
  options.clock === undefined ? flipsBytes(options, tools) : options;

describe("a planted bug shrinks to a few steps, and what is printed fails alike", {
  timeout: TIMEOUT_MS,
}, () => {
  const cases: Record<string, Planted> = {
    crash: { campaign: crashCampaign, plant: syncsNothing, stepsMax: 2 },
    "crash, acknowledged early": { campaign: crashCampaign, plant: syncsByFlushing, stepsMax: 6 },
    interleave: { campaign: interleaveCampaign, plant: flipsBytes, stepsMax: 3 },
    rot: {
      campaign: (options) => rotCampaign({ ...options, cases: 1000 }),
      plant: flipsBytesLater,
      stepsMax: 1,
    },
    "rot, before any damage": {
      campaign: (options) => rotCampaign({ ...options, cases: 1000 }),
      plant: flipsBytes,
      stepsMax: 2,
    },
  };
  test("fault", async () => {
    const plant = swallowsFailures;
    const { violation, ...small } = await shrinkFault(await firstFault(plant), {
      ...FAULT_SAMPLE,
      plant,
      msMax: 20_000,
    });
    expect(small.workload.steps.length).toBeLessThanOrEqual(3);
    const again = await replay({ campaign: "fault", ...small }, { plant });
    expect(again?.message).toBe(violation.message);
    expect(await replay({ campaign: "fault", ...small }, {})).toBeUndefined();
  });

  for (const [name, { campaign, plant, stepsMax }] of Object.entries(cases)) {
    test(name, async () => {
      const text = await firstViolation(campaign, plant);
      const printed = JSON.parse(text.split("\n").at(-1) ?? "");
      expect(printed.workload.steps.length).toBeLessThanOrEqual(stepsMax);
      const again = await replay(printed, { plant });
      expect(again && kindOf(again)).toBe(kindOf(new Violation(text)));
      expect(await replay(printed, {})).toBeUndefined();
    });
  }
});

describe("the same seed and count give the same numbers", { timeout: TIMEOUT_MS }, () => {
  const options = { seed: 7, budgetMs: TIMEOUT_MS };
  const campaigns = {
    crash: () => crashCampaign({ ...options, statesMax: 300 }),
    fault: () => faultCampaign({ ...options, faultsMax: 60 }),
    rot: () => rotCampaign({ ...options, cases: 150 }),
  };
  for (const [name, campaign] of Object.entries(campaigns)) {
    test(name, async () => {
      expect((await campaign()).outcome).toEqual((await campaign()).outcome);
    });
  }
});

test("two shares do what one process does alone", { timeout: TIMEOUT_MS }, async () => {
  const options = { seed: 3, budgetMs: TIMEOUT_MS, cases: 80 };
  const whole = await rotCampaign(options);
  const halves = await Promise.all(
    [0, 1].map((index) => rotCampaign({ ...options, share: { index, of: 2 } })),
  );
  for (const [unit, count] of Object.entries(whole.counts)) {
    expect(halves.map(({ counts }) => counts[unit] ?? 0).reduce((a, b) => a + b)).toBe(count);
  }
});

test("a failed call is found again by what it does, to which kind of file", () => {
  const calls = (text: string) =>
    text.split(" ").map((call, index) => {
      const [kind = "", path = ""] = call.split(":");
      return { index, kind: kind as "sync" | "write", path };
    });
  const store = "/log/00000000000000000042.store";
  const before = calls(`write:${store} sync:/log/seglog.state sync:${store} sync:${store}`);
  const after = calls(`sync:/log/seglog.state write:a sync:/log/00000000000000000000.store`);
  expect(findAgain(3, before, after)).toEqual([2]);
  expect(findAgain(1, before, after)).toEqual([0]);
  expect(findAgain(0, before, after)).toEqual([]);
});

async function firstViolation(
  campaign: (options: CampaignOptions) => Promise<Tally>,
  plant: Plant,
): Promise<string> {
  for (let seed = 1; seed < 20; seed++) {
    const { violations } = await campaign({ seed, budgetMs: 300, plant });
    if (violations[0] !== undefined) return violations[0];
  }
  throw new Error("nothing was found");
}

async function firstFault(plant: Plant): Promise<FailingFault> {
  const workload = makeWorkload(5);
  const operations = await countOperations(workload, plant);
  const syncs = operations.filter(
    ({ kind, path }) => ["sync", "writeDurably"].includes(kind) && path.endsWith(".store"),
  );
  for (const fault of syncs.flatMap(faultsOf)) {
    const { violation } = await faultWorkload(workload, fault, { ...FAULT_SAMPLE, plant });
    if (violation) return { workload, fault: { ...fault, at: Number(fault.at) }, violation };
  }
  throw new Error("nothing was found");
}
