import { describe, expect, test } from "vitest";
import { SLICE_SEED, SLICES } from "../src/slices.mjs";

/** The slices are counted; the time is a lid on what a busy machine spends. */
const OPTIONS = { seed: SLICE_SEED, budgetMs: 60_000 };
const TIMEOUT_MS = 120_000;

describe("a slice of each campaign finds nothing", { timeout: TIMEOUT_MS }, () => {
  test("crash: what was acknowledged survives every power cut", async () => {
    const { violations, counts } = await SLICES.crash(OPTIONS);
    expect(violations).toEqual([]);
    expect(counts["states"]).toBeGreaterThan(10);
  });

  test("fault: a failed call of the disk is told, and loses nothing", async () => {
    const { violations, counts } = await SLICES.fault(OPTIONS);
    expect(violations).toEqual([]);
    expect(counts["faults"]).toBeGreaterThan(10);
  });

  test("kill: what was acknowledged survives SIGKILL", async () => {
    const { violations, counts } = await SLICES.kill(OPTIONS);
    expect(violations).toEqual([]);
    expect(counts["rounds"]).toBeGreaterThan(0);
    expect(counts["acknowledgements"]).toBeGreaterThan(0);
  });

  test("rot: damage gives right bytes or an error", async () => {
    const { violations, counts } = await SLICES.rot(OPTIONS);
    expect(violations).toEqual([]);
    expect(counts["cases"]).toBeGreaterThan(50);
    expect(counts["refused"]).toBeGreaterThan(0);
  });

  test("interleave: nothing hangs, and nothing removed is read", async () => {
    const { violations, counts } = await SLICES.interleave(OPTIONS);
    expect(violations).toEqual([]);
    expect(counts["calls"]).toBeGreaterThan(1000);
  });
});
