/**
 * How many records a contender gets in a round: all of them if it is fast, else what it does in
 * about `forMs`, as its warm-up round showed. So a slow peer does not take the whole time.
 */
export class PacedCount {
  #full;
  #least;
  #forMs;
  /** @type {number | undefined} */
  #paced;

  /**
   * @param {number} full
   * @param {number} forMs
   * @param {number} [least]  of the first round, and of any other
   */
  constructor(full, forMs, least = Math.ceil(full / 50)) {
    this.#full = full;
    this.#least = Math.max(1, Math.min(full, least));
    this.#forMs = forMs;
  }

  /** Of this round. */
  get count() {
    return this.#paced ?? this.#least;
  }

  /** @param {number} elapsedMs  of the round that is over */
  done(elapsedMs) {
    if (this.#paced !== undefined) return;
    const possible = Math.round((this.#least / Math.max(elapsedMs, 0.01)) * this.#forMs);
    this.#paced = Math.min(this.#full, Math.max(this.#least, possible));
  }
}
