import { getEventListeners } from "node:events";
import type { Log, LogRecord, TailOptions } from "@seglog/log";
import { describe, expect, it } from "vitest";
import { memoryPlace } from "./support/place.ts";
import { appendRange, brief, rangeOf } from "./support/records.ts";

const LIMITS = { indexEntriesMax: 4 };

/** Follows a tail in the background. */
function follow(log: Log, options?: TailOptions) {
  const records: LogRecord[] = [];
  let watch: { readonly count: number; readonly wake: () => void } | undefined;
  const done = (async () => {
    for await (const batch of log.tailBatches(options)) {
      records.push(...batch);
      if (watch !== undefined && records.length >= watch.count) watch.wake();
    }
  })();
  return {
    records,
    done,
    /** Resolves when `count` records were delivered. */
    async has(count: number): Promise<void> {
      if (records.length >= count) return;
      await new Promise<void>((wake) => {
        watch = { count, wake };
      });
    },
  };
}

describe("tailBatches", () => {
  it("from the start, an offset, or the end: sees each record once, in order, over rolls", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    const tails = [
      follow(log, { from: "start", recordsMax: 3 }),
      follow(log, { from: 7 }),
      follow(log),
    ];
    for (let n = 10; n < 60; n += 5) {
      appendRange(log, n, n + 5);
      await log.sync();
    }
    for (const [i, first] of [0, 7, 10].entries()) await tails[i]?.has(60 - first);
    await log.close();
    for (const [i, first] of [0, 7, 10].entries()) {
      await tails[i]?.done;
      expect(brief(tails[i]?.records ?? [])).toEqual(rangeOf(first, 60));
    }
  });

  it("begins at its call: records that replace others before it is iterated are delivered", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    const tails = [log.tailBatches(), log.tailBatches({ from: 7 }), log.tailBatches({ from: 2 })];
    await log.truncateAfter(4);
    appendRange(log, 5, 8);
    await log.sync();
    for (const [i, from] of [5, 5, 2].entries()) {
      const records: LogRecord[] = [];
      for await (const batch of tails[i] ?? []) {
        records.push(...batch);
        if (batch.at(-1)?.offset === 7) break;
      }
      expect(brief(records)).toEqual(rangeOf(from, 8));
    }
    await log.close();
  });

  it("delivers nothing before it is committed", async () => {
    const log = await memoryPlace(LIMITS).open();
    const tail = follow(log);
    appendRange(log, 0, 3);
    await log.flush();
    expect(tail.records).toEqual([]);
    await log.sync();
    await tail.has(3);
    await log.close();
    await tail.done;
  });

  it("ends, without an error, when the signal aborts, waiting or not, and when it has", async () => {
    const log = await memoryPlace(LIMITS).open();
    const controller = new AbortController();
    const waiting = follow(log, { signal: controller.signal });
    const reading = log.tailBatches({ from: "start", signal: controller.signal, recordsMax: 1 });
    appendRange(log, 0, 3);
    await log.sync();
    await waiting.has(3);
    expect((await reading.next()).done).toBe(false);
    controller.abort();
    await waiting.done;
    expect((await reading.next()).done).toBe(true);
    const late = log.tailBatches({ from: "start", signal: AbortSignal.abort() });
    expect((await late.next()).done).toBe(true);
    await log.close();
  });

  it("leaves no listener and no waiter behind", async () => {
    const log = await memoryPlace(LIMITS).open();
    const { signal } = new AbortController();
    const tail = log.tailBatches({ signal });
    for (let n = 0; n < 50; n++) {
      const next = tail.next();
      appendRange(log, n, n + 1);
      await log.sync();
      expect((await next).value).toHaveLength(1);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    }
    const last = tail.next();
    await log.close();
    expect((await last).done).toBe(true);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("100 at once with one signal each see everything, and one abort ends all", async () => {
    const log = await memoryPlace(LIMITS).open();
    const controller = new AbortController();
    const { signal } = controller;
    const tails = Array.from({ length: 100 }, () => follow(log, { from: "start", signal }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(signal, "abort")).toHaveLength(1); // Node warns from 11 on
    appendRange(log, 0, 30);
    await log.sync();
    await Promise.all(tails.map((tail) => tail.has(30)));
    controller.abort();
    await Promise.all(tails.map((tail) => tail.done));
    for (const { records } of tails) expect(brief(records)).toEqual(rangeOf(0, 30));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    await log.close();
  });

  it("goes on behind what truncateBefore removed", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 20);
    await log.sync();
    const tail = log.tailBatches({ from: "start", recordsMax: 2 });
    const seen = brief((await tail.next()).value ?? []);
    await log.truncateBefore(17);
    seen.push(...brief((await tail.next()).value ?? []), ...brief((await tail.next()).value ?? []));
    expect(seen).toEqual([...rangeOf(0, 2), ...rangeOf(17, 20)]);
    const next = tail.next();
    await log.truncateBefore(20);
    appendRange(log, 20, 21);
    await log.sync();
    expect(brief((await next).value ?? [])).toEqual(rangeOf(20, 21));
    await log.close();
  });

  it("waits, and does not spin, where everything it had not delivered was removed", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    const tail = log.tailBatches({ from: "start", recordsMax: 2 });
    await tail.next();
    await log.truncateBefore(10);
    const next = tail.next();
    await new Promise((wake) => setImmediate(wake)); // comes only if the tail waits
    appendRange(log, 10, 11);
    await log.sync();
    expect(brief((await next).value ?? [])).toEqual(rangeOf(10, 11));
    await log.close();
  });

  it("after truncateAfter, goes on with what comes in the place of what it delivered", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    const tail = follow(log, { from: "start" });
    await tail.has(10);
    const cut = log.truncateAfter(5);
    log.append(new TextEncoder().encode("new 6"));
    await cut;
    await log.sync();
    await tail.has(11);
    await log.truncateAfter(-1);
    log.append(new TextEncoder().encode("new 0"));
    await log.sync();
    await tail.has(12);
    await log.close();
    await tail.done;
    expect(brief(tail.records)).toEqual([...rangeOf(0, 10), [6, "new 6"], [0, "new 0"]]);
  });

  it("a truncateAfter above what it delivered changes nothing for it", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 10);
    await log.sync();
    const tail = log.tailBatches({ from: "start", recordsMax: 2 });
    const seen = brief((await tail.next()).value ?? []);
    await log.truncateAfter(6);
    log.append(new TextEncoder().encode("new 7"));
    await log.sync();
    while (seen.length < 8) seen.push(...brief((await tail.next()).value ?? []));
    expect(seen).toEqual([...rangeOf(0, 7), [7, "new 7"]]);
    await log.close();
  });

  it("return() ends it, and what waits is released by the next commit", async () => {
    const log = await memoryPlace(LIMITS).open();
    appendRange(log, 0, 1);
    await log.sync();
    for await (const _ of log.tailBatches({ from: "start" })) break;
    await log.close();
  });
});
