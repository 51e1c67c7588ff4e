import { describe, expect, test } from "vitest";
import {
  crashCampaign,
  faultCampaign,
  interleaveCampaign,
  killCampaign,
  rotCampaign,
} from "../src/campaigns.mjs";

/** A short slice of each campaign: the same seeds, always. */
const SLICE = { seed: 2026, budgetMs: 4000 };
const TIMEOUT_MS = 60_000;

describe("a slice of each campaign finds nothing", { timeout: TIMEOUT_MS }, () => {
  test("crash: what was acknowledged survives every power cut", async () => {
    const { violations, counts } = await crashCampaign({ ...SLICE, statesMax: 3000 });
    expect(violations).toEqual([]);
    expect(counts["states"]).toBeGreaterThan(10);
  });

  test("fault: a failed call of the disk is told, and loses nothing", async () => {
    const { violations, counts } = await faultCampaign(SLICE);
    expect(violations).toEqual([]);
    expect(counts["faults"]).toBeGreaterThan(10);
  });

  test("kill: what was acknowledged survives SIGKILL", async () => {
    const { violations, counts } = await killCampaign({ ...SLICE, rounds: 3 });
    expect(violations).toEqual([]);
    expect(counts["rounds"]).toBeGreaterThan(0);
    expect(counts["acknowledgements"]).toBeGreaterThan(0);
  });

  test("rot: damage gives right bytes or an error", async () => {
    const { violations, counts } = await rotCampaign({ ...SLICE, cases: 400 });
    expect(violations).toEqual([]);
    expect(counts["cases"]).toBeGreaterThan(50);
    expect(counts["refused"]).toBeGreaterThan(0);
  });

  test("interleave: nothing hangs, and nothing removed is read", async () => {
    const { violations, counts } = await interleaveCampaign(SLICE);
    expect(violations).toEqual([]);
    expect(counts["calls"]).toBeGreaterThan(1000);
  });
});
