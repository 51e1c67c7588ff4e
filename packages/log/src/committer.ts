import { hasCode } from "@seglog/errors";
import type { Offset } from "./contract.ts";
import { logChannels, publish } from "./log-channels.ts";
import type { LogFailure } from "./log-failure.ts";
import type { SegmentSet } from "./segment-set.ts";
import { Turnstile } from "./turnstile.ts";

/** What a committer needs of the log it belongs to. */
export interface CommitterParts {
  readonly path: string;
  readonly segments: SegmentSet;
  readonly failure: LogFailure;
  readonly commitOn: "sync" | "flush";
  readonly onCommitted: () => void;
}

/**
 * Flushes and syncs the active segment, one call after another, and knows how far the log is
 * durable and committed.
 */
export class Committer {
  /** Syncs of segments that were begun. */
  syncs = 0;
  readonly #parts: CommitterParts;
  #durable: Offset;
  #committed: Offset;
  /** Nothing from here on is committed: a truncation drops it. */
  #ceiling: number = Number.POSITIVE_INFINITY;
  /** Of the calls into the active segment that must not overlap. */
  readonly #io = new Turnstile();

  /** @param nextOffset  everything before it is durable */
  constructor(parts: CommitterParts, nextOffset: Offset) {
    this.#parts = parts;
    this.#durable = nextOffset;
    this.#committed = nextOffset;
  }

  get durableOffset(): Offset {
    return this.#durable;
  }

  get committedOffset(): Offset {
    return this.#committed;
  }

  /**
   * Flushes or syncs what the active segment holds when its turn comes.
   *
   * @returns one past the last record covered
   */
  async commit(how: "sync" | "flush"): Promise<Offset> {
    const { failure } = this.#parts;
    const turn = this.#io.enter();
    if (turn !== undefined) await turn;
    let covered = 0;
    try {
      failure.checkWritable();
      covered = await this.#commitActive(how);
    } catch (error) {
      failure.checkWritable();
      throw error;
    } finally {
      this.#io.leave();
    }
    return covered;
  }

  /** A failure of the active segment is the log's. */
  async #commitActive(how: "sync" | "flush"): Promise<Offset> {
    const { segments, failure } = this.#parts;
    const segment = segments.active;
    const covered = segment.nextOffset;
    try {
      if (how === "flush") await segment.flush();
      else if (this.#durable < covered) {
        this.syncs++;
        const from = this.#durable;
        const begun = logChannels["seglog:sync"].hasSubscribers ? performance.now() : undefined;
        await segment.sync();
        if (begun !== undefined) this.#tellSynced(from, covered, begun);
      }
      this.#advance(covered, how === "sync");
    } catch (error) {
      // what failed here may have been a sync: only a store that says so can be cut and go on
      if (hasCode(error, "ERR_SEGLOG_NOT_WRITTEN")) failure.fail(error);
      else failure.poison(error);
      throw error;
    }
    return covered;
  }

  /** Notes that a truncation under way is to end the log at `cutTo`. */
  lower(cutTo: Offset): void {
    this.#ceiling = Math.min(this.#ceiling, cutTo);
    this.#committed = Math.min(this.#committed, cutTo);
  }

  /** The log was cut to `nextOffset`; `ceiling` is the lowest end that other cuts will give it. */
  restart(nextOffset: Offset, ceiling: number): void {
    this.#ceiling = ceiling;
    this.#durable = nextOffset;
    this.#committed = Math.min(nextOffset, ceiling);
    this.#parts.onCommitted();
  }

  /** Resolves when no call into a segment is under way, whatever came of it. */
  async settle(): Promise<void> {
    await this.#io.enter();
    this.#io.leave();
  }

  #advance(covered: Offset, durable: boolean): void {
    if (durable && covered > this.#durable) this.#durable = covered;
    const commits = durable || this.#parts.commitOn === "flush";
    const bound = Math.min(covered, this.#ceiling);
    if (commits && bound > this.#committed) {
      const from = this.#committed;
      this.#committed = bound;
      if (logChannels["seglog:append"].hasSubscribers) this.#tellCommitted(from, bound);
      this.#parts.onCommitted();
    }
  }

  #tellSynced(from: Offset, to: Offset, begun: number): void {
    const { path } = this.#parts;
    publish("seglog:sync", () => ({ path, from, to, ms: performance.now() - begun }));
  }

  #tellCommitted(from: Offset, to: Offset): void {
    const { path } = this.#parts;
    publish("seglog:append", () => ({ path, from, to }));
  }
}
