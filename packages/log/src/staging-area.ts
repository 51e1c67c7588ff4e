import { invariant } from "@seglog/errors";
import type { Offset } from "./contract.ts";
import { StagingQueue } from "./staging-queue.ts";

/** A `truncateAfter` that was called and is not carried out yet. */
interface Hold {
  /** What was appended since the call; it follows the cut. */
  readonly queue: StagingQueue;
  /** One past the last record that the cut keeps. */
  readonly cutTo: Offset;
  /** One past the last record appended before the call. */
  readonly placedEnd: Offset;
}

/**
 * Records that have an offset and no segment yet. They wait for a roll or, each behind the
 * `truncateAfter` that it was called after, for that to be carried out.
 */
export class StagingArea {
  /** What goes to the segments as soon as they have room. */
  #queue: StagingQueue;
  /** In the order of the calls. */
  readonly #holds: Hold[] = [];

  constructor(nextOffset: Offset) {
    this.#queue = new StagingQueue(nextOffset);
  }

  get queue(): StagingQueue {
    return this.#queue;
  }

  /** Whether an append may go past this area, straight into the active segment. */
  get isIdle(): boolean {
    return this.#holds.length === 0 && this.#queue.isEmpty;
  }

  get isHeld(): boolean {
    return this.#holds.length > 0;
  }

  /** The lowest end that a truncation under way gives the log; `Infinity` without one. */
  get ceiling(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { cutTo } of this.#holds) lowest = Math.min(lowest, cutTo);
    return lowest;
  }

  /** One past the last record that goes to the segments before a hold ends; `undefined` if none. */
  get placedEnd(): Offset | undefined {
    return this.#holds[0]?.placedEnd;
  }

  /** Bytes held, framing included. */
  get bytes(): number {
    let bytes = this.#queue.bytes;
    for (const { queue } of this.#holds) bytes += queue.bytes;
    return bytes;
  }

  /** Every queue, the newest first: where two have an offset, the first one is right. */
  get newestFirst(): readonly StagingQueue[] {
    return [...this.#holds.map(({ queue }) => queue).reverse(), this.#queue];
  }

  /** Appends a copy of `values`; `baseOffset` is the first one's offset. */
  push(values: readonly Uint8Array[], time: number, baseOffset: Offset): void {
    const newest = this.#holds.at(-1)?.queue ?? this.#queue;
    newest.push(values, time, baseOffset);
  }

  /** What is pushed from now on waits until the log was cut to `cutTo`. */
  hold(cutTo: Offset, placedEnd: Offset): void {
    this.#holds.push({ queue: new StagingQueue(cutTo), cutTo, placedEnd });
  }

  /** Drops what waits; the next one pushed has `nextOffset`. Nothing is held. */
  forget(nextOffset: Offset): void {
    invariant(!this.isHeld, "what is held follows a cut");
    this.#queue = new StagingQueue(nextOffset);
  }

  /** The oldest hold's cut was made: what waited for it may go to the segments. */
  release(): void {
    const hold = this.#holds.shift();
    invariant(hold !== undefined && this.#queue.isEmpty, "a release follows a hold");
    this.#queue = hold.queue;
  }
}
