import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Ledger } from "../src/ledger.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-event-sourcing-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function twoAccounts(): Promise<Ledger> {
  const ledger = await Ledger.open(directory);
  for (const account of ["ada", "bob"]) await ledger.execute({ type: "open", account });
  await ledger.execute({ type: "deposit", account: "ada", amount: 100 });
  return ledger;
}

const TRANSFER = { type: "transfer", from: "ada", to: "bob", amount: 15 } as const;

test("balances are those that the events lead to", async () => {
  const ledger = await twoAccounts();
  await ledger.execute(TRANSFER);
  await ledger.close();
  const again = await Ledger.open(directory);
  expect([again.balance("ada"), again.balance("bob")]).toEqual([85, 15]);
  expect(again.replayed).toBe(5);
  await again.close();
});

test("100 transfers at once overdraw nothing, and none of the money gets lost", async () => {
  const ledger = await twoAccounts();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, () => ledger.execute(TRANSFER)),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
  expect([ledger.balance("ada"), ledger.balance("bob"), ledger.total]).toEqual([10, 90, 100]);
  await ledger.close();
});

test("a refused command leaves no event", async () => {
  const ledger = await twoAccounts();
  const { nextOffset } = ledger;
  for (const command of [
    { type: "open", account: "ada" },
    { type: "deposit", account: "cy", amount: 1 },
    { type: "deposit", account: "ada", amount: -1 },
    { ...TRANSFER, amount: 101 },
  ] as const) {
    await expect(ledger.execute(command)).rejects.toThrow();
  }
  expect(ledger.nextOffset).toBe(nextOffset);
  await ledger.close();
});

test("a snapshot takes the place of the events before it; offsets go on", async () => {
  const ledger = await twoAccounts();
  for (let n = 0; n < 50; n++) {
    await ledger.execute({ ...TRANSFER, amount: 1 });
  }
  const { nextOffset } = ledger;
  await ledger.snapshot();
  await ledger.execute(TRANSFER);
  await ledger.close();
  const again = await Ledger.open(directory);
  expect([again.firstOffset, again.nextOffset]).toEqual([nextOffset, nextOffset + 2]);
  expect(again.replayed).toBe(2);
  expect([again.balance("ada"), again.balance("bob")]).toEqual([35, 65]);
  await again.close();
});

test("a crash between snapshot and truncation changes nothing", async () => {
  const ledger = await twoAccounts();
  await ledger.execute(TRANSFER);
  await ledger.close();
  const before = join(directory, "before");
  await cp(join(directory, "events"), before, { recursive: true });
  const second = await Ledger.open(directory);
  await second.snapshot();
  await second.close();
  // the snapshot is there, and the events that it stands for are, too
  await rm(join(directory, "events"), { recursive: true });
  await cp(before, join(directory, "events"), { recursive: true });
  const again = await Ledger.open(directory);
  expect([again.replayed, again.firstOffset]).toEqual([0, 0]);
  expect([again.balance("ada"), again.balance("bob")]).toEqual([85, 15]);
  await again.close();
});
