import type { Retention } from "./contract.ts";
import type { LogCursors } from "./log-cursors.ts";
import { retainedFrom } from "./retention.ts";
import { segmentInfos } from "./segment-info.ts";
import type { SegmentSet } from "./segment-set.ts";
import type { Truncator } from "./truncator.ts";

export interface RetentionRunnerParts {
  readonly segments: SegmentSet;
  readonly truncator: Truncator;
  readonly cursors: Pick<LogCursors, "lowest">;
  readonly retention: Retention;
  readonly clock: () => number;
}

/** Applies a retention policy: on demand, and in the background. */
export class RetentionRunner {
  readonly #parts: RetentionRunnerParts;
  readonly #isUnlimited: boolean;
  #isWanted = false;
  #running: Promise<void> | undefined;

  constructor(parts: RetentionRunnerParts) {
    this.#parts = parts;
    const { bytesMax, ageMsMax, segmentsMax } = parts.retention;
    this.#isUnlimited = [bytesMax, ageMsMax, segmentsMax].every((limit) => limit === undefined);
  }

  async enforce(): Promise<void> {
    const { segments, truncator, cursors, retention, clock } = this.#parts;
    if (this.#isUnlimited) return;
    await truncator.retain(() => {
      const from = retainedFrom(segmentInfos(segments), retention, clock());
      return retention.keepUncommitted === true ? Math.min(from, cursors.lowest) : from;
    });
  }

  /** Begins to apply the policy, again if it is being applied: what it sees may have grown. */
  start(): void {
    if (this.#isUnlimited) return;
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing runs in the background. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      try {
        await this.enforce();
      } catch {
        // nobody waits for this: a failed disk has poisoned the log, which tells who appends, and
        // a clock that throws tells them itself; the policy is applied again after the next roll
      }
    }
  }
}
