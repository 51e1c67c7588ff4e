import { simulatedDisk } from "@seglog/fs/sim";
import { describe, expect, test } from "vitest";
import { takeStep } from "../src/actions.mjs";
import { crashWorkload } from "../src/crash.mjs";
import { HEAVY_PLANS, heavyWorkload } from "../src/heavy-workload.mjs";
import { Model } from "../src/model.mjs";
import { DIRECTORY, Session } from "../src/session.mjs";

const TIMEOUT_MS = 60_000;

describe("power cuts under heavy workloads take nothing", { timeout: TIMEOUT_MS }, () => {
  for (const name of Object.keys(HEAVY_PLANS)) {
    test(name, async () => {
      const how = { cutsMax: 4, statesMax: 4 };
      const { states, violation } = await crashWorkload(heavyWorkload(name, 3), how);
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(4);
    });
  }
});

test("the timer of everyMs syncs when the workload's clock says so", async () => {
  const disk = simulatedDisk({ seed: 1 });
  const settings = { small: true, durability: { everyMs: 100 } };
  const session = new Session({ disk, settings, model: new Model(settings), seed: 1 });
  session.model.clockMax = session.now;
  await session.open("closed");
  await takeStep(session, { op: "append", sizes: [10], fill: "pattern", wait: true });
  let syncs = 0;
  disk.onOperation(({ kind, path }) => {
    if (kind === "sync" && path.startsWith(DIRECTORY)) syncs += 1;
  });
  await takeStep(session, { op: "clock", ms: 99 });
  await session.turns(20);
  expect(syncs).toBe(0);
  await takeStep(session, { op: "clock", ms: 1 });
  await session.turns(20);
  expect(syncs).toBe(1);
  await session.close();
});
