import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TimeTravelStore } from "../src/time-travel-store.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-time-travel-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

type Action = { readonly add: number };
const open = (): Promise<TimeTravelStore<number, Action>> =>
  TimeTravelStore.open(directory, {
    reduce: (sum: number, { add }: Action) => sum + add,
    initial: 0,
  });

/** The state after `n` actions that add 1, 2, 3, ... */
const sumTo = (n: number): number => (n * (n + 1)) / 2;

async function filled(actions: number): Promise<TimeTravelStore<number, Action>> {
  const store = await open();
  await Promise.all(Array.from({ length: actions }, (_, i) => store.dispatch({ add: i + 1 })));
  return store;
}

test("the state after every action can be looked at, in any order, also after a restart", async () => {
  const store = await filled(350);
  await store.close();
  const again = await open();
  for (let n = 0, at = 13; n <= 350; n++, at = (at + 137) % 351) {
    again.scrub(at);
    expect([again.position, again.getState()]).toEqual([at, sumTo(at)]);
  }
  again.resume();
  expect(again.getState()).toBe(sumTo(350));
  await again.close();
});

test("a jump reads less than 100 actions, wherever it goes", async () => {
  const store = await filled(1000);
  for (const at of [0, 1, 99, 100, 101, 555, 999, 1000]) {
    store.reads = 0;
    expect(store.stateAt(at)).toBe(sumTo(at));
    expect(store.reads).toBe(at === 1000 ? 0 : at % 100);
  }
  await store.close();
});

test("what is dispatched in the past counts, and is shown after resuming", async () => {
  const store = await filled(3);
  const listener = vi.fn();
  const end = store.subscribe(listener);
  store.scrub(1);
  await store.dispatch({ add: 100 });
  expect([store.getState(), store.position, store.length]).toEqual([1, 1, 4]);
  expect(listener).toHaveBeenCalledTimes(1);
  store.resume();
  expect(store.getState()).toBe(106);
  end();
  await store.dispatch({ add: 1 });
  expect(listener).toHaveBeenCalledTimes(2);
  await store.close();
});

test("a new state is there before its action is durable", async () => {
  const store = await open();
  const durable = store.dispatch({ add: 5 });
  expect(store.getState()).toBe(5);
  await durable;
  await store.close();
});

test("by time: everything up to it, nothing after", async () => {
  const store = await filled(3);
  const now = Date.now();
  store.scrubToTime(now + 1000);
  expect(store.getState()).toBe(6);
  store.scrubToTime(now - 60_000);
  expect(store.getState()).toBe(0);
  store.scrub(-5);
  expect(store.position).toBe(0);
  await store.close();
});
