import type { Log, TailOptions } from "../contract.ts";
import { expectThat, textOf } from "./expect.ts";

/** A tail that is being read, and what it gave. */
export interface Follower {
  readonly found: [number, string][];
  readonly ended: Promise<void>;
  /** Resolves when `count` records were given; rejects when they do not come. */
  has(count: number): Promise<void>;
}

/** Turns of the event loop after which what was to come does not come any more. */
const TURNS_MAX = 10_000;

/**
 * Reads a tail from now on.
 *
 * @param waitMsMax  how long besides, for who looks at another's writing from time to time only
 */
export function follow(log: Log, options?: TailOptions, waitMsMax: number = 0): Follower {
  const found: [number, string][] = [];
  let isOver = false;
  const ended = (async () => {
    try {
      for await (const batch of log.tailBatches(options)) {
        for (const record of batch) found.push([record.offset, textOf(record)]);
      }
    } finally {
      isOver = true;
    }
  })();
  const has = async (count: number): Promise<void> => {
    const until = Date.now() + waitMsMax;
    for (let turns = 0; found.length < count; turns++) {
      const isDue = isOver || (turns >= TURNS_MAX && Date.now() >= until);
      expectThat(!isDue, `a tail gives ${count} records, found ${found.length}`);
      await turn();
    }
  };
  return { found, ended, has };
}

/** Lets everybody else run once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
