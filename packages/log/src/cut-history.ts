import type { Offset } from "./contract.ts";

/**
 * The ends that `truncateAfter` gave the log, so that a reader which started earlier learns how
 * far what it reads was cut since. Holds only cuts that a later, deeper one has not outdone.
 */
export class CutHistory {
  readonly #cuts: { readonly epoch: number; readonly nextOffset: Offset }[] = [];
  #epoch = 0;

  /** A mark in time, for {@link CutHistory.lowestSince}. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Notes that the log was cut to end at `nextOffset`. */
  add(nextOffset: Offset): void {
    while ((this.#cuts.at(-1)?.nextOffset ?? -1) >= nextOffset) this.#cuts.pop();
    this.#cuts.push({ epoch: this.#epoch, nextOffset });
    this.#epoch++;
  }

  /** The lowest end the log was cut to since `epoch`; `Infinity` when it was not cut. */
  lowestSince(epoch: number): number {
    // the cuts rise, and so the first of those that are late enough is the lowest
    return this.#cuts.find((cut) => cut.epoch >= epoch)?.nextOffset ?? Number.POSITIVE_INFINITY;
  }
}
