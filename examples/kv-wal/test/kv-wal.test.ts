import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KeyValueStore } from "../src/key-value-store.mjs";
import { killAndRecover } from "../src/kill-and-recover.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-kv-wal-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("what was acknowledged is there after kill -9, twice in a row, and in between compactions", {
  timeout: 60_000,
}, async () => {
  for (let round = 0; round < 2; round++) {
    const { acknowledged, lost, keys } = await killAndRecover(directory, 1000);
    expect(acknowledged).toBeGreaterThanOrEqual(1000);
    expect(lost).toEqual([]);
    expect(keys).toBe(16 * 5);
  }
});

test("keys and deletions are there again after closing", async () => {
  const store = await KeyValueStore.open(directory);
  await Promise.all([store.set("a", "1"), store.set("b", "2"), store.set("c", "3")]);
  await store.set("a", "4");
  await store.delete("b");
  await store.close();
  const again = await KeyValueStore.open(directory);
  expect([...again.keys()].map((key) => [key, again.get(key)])).toEqual([
    ["a", "4"],
    ["c", "3"],
  ]);
  await again.close();
});

test("a compaction leaves a record for each key, and changes that come meanwhile", async () => {
  const store = await KeyValueStore.open(directory);
  for (let n = 0; n < 100; n++) await store.set(`key ${n % 3}`, `${n}`);
  const early = store.set("early", "1");
  const compacted = store.compact();
  const late = store.set("late", "2");
  await Promise.all([early, compacted, late]);
  expect(store.records).toBe(5);
  await store.close();
  const again = await KeyValueStore.open(directory);
  expect(["key 0", "key 1", "key 2", "early", "late"].map((key) => again.get(key))).toEqual([
    "99",
    "97",
    "98",
    "1",
    "2",
  ]);
  expect(again.records).toBe(5);
  await again.close();
});

test("an emptied store stays empty", async () => {
  const store = await KeyValueStore.open(directory);
  await store.set("a", "1");
  await store.delete("a");
  await store.compact();
  expect(store.records).toBe(0);
  await store.close();
  const again = await KeyValueStore.open(directory);
  expect(again.size).toBe(0);
  await again.close();
});
