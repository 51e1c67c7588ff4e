/**
 * How many records a contender gets in a round: all of them if it is fast, else what it does in
 * about `forMs`, as its warm-up rounds showed. So a slow peer does not take the whole time.
 *
 * The first round, of few records and of code that was never run, says too little of a fast one:
 * the number is set anew until a round took half of `forMs`.
 */
export class PacedCount {
  #full;
  #least;
  #forMs;
  #count;
  #settled = false;

  /**
   * @param {number} full
   * @param {number} forMs
   * @param {number} [least]  of the first round, and of any other
   */
  constructor(full, forMs, least = Math.ceil(full / 50)) {
    this.#full = full;
    this.#forMs = forMs;
    this.#least = Math.max(1, Math.min(full, least));
    this.#count = this.#least;
  }

  /** Of this round. */
  get count() {
    return this.#count;
  }

  /** Whether the number stays as it is from now on. */
  get isSettled() {
    return this.#settled;
  }

  /** @param {number} elapsedMs  of the round that is over */
  done(elapsedMs) {
    if (this.#settled) return;
    this.#settled = elapsedMs >= this.#forMs / 2 || this.#count === this.#full;
    const possible = Math.round((this.#count / Math.max(elapsedMs, 0.01)) * this.#forMs);
    this.#count = Math.min(this.#full, Math.max(this.#least, possible));
  }
}
