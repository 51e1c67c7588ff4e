import { checkInteger, checkOptions } from "@seglog/errors";
import type { DiskScheduler } from "./contract.ts";
import { Random } from "./random.ts";

/** A scheduler that lets nothing go on by itself. */
export interface TurnScheduler extends DiskScheduler {
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Lets one of the waiting calls go on, whichever the seed says. @returns whether one waited */
  step(): boolean;
}

/**
 * A scheduler for campaigns that interleave calls over more than one turn of the event loop: calls
 * wait, however long, until {@link TurnScheduler.step} picks one of them.
 */
export function turnScheduler(options: { readonly seed: number }): TurnScheduler {
  checkOptions("options", options, ["seed"]);
  checkInteger("seed", options.seed, { min: 0, max: 2 ** 32 - 1 });
  const random = new Random(options.seed);
  const runs: (() => void)[] = [];
  return {
    get waiting() {
      return runs.length;
    },
    defer(run) {
      runs.push(run);
    },
    step() {
      const [run] = runs.splice(random.below(Math.max(1, runs.length)), 1);
      run?.();
      return run !== undefined;
    },
  };
}
