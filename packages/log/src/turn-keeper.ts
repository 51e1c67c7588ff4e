/**
 * Gives the event loop its turn while batches follow each other: an iteration of what is in memory
 * would else go on in microtasks from its first record to its last, and let nothing else happen.
 */
export class TurnKeeper {
  #batches = 0;
  #began = performance.now();

  /** Counts a batch. @returns whether a turn is due */
  isOver(): boolean {
    this.#batches++;
    return this.#batches >= BATCHES_MAX || performance.now() - this.#began >= TURN_MS;
  }

  /** Resolves in the next turn. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#batches = 0;
    this.#began = performance.now();
  }
}

/** Of up to 256 KiB, in 0.1 ms each: what whoever takes them does counts by the clock. */
const BATCHES_MAX = 8;
const TURN_MS = 1;
