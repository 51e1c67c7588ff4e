const BINS_PER_DOUBLING = 16;
const NS_PER_MS = 1e6;

/** Counts of times in bins that are 4% wide: adding one costs 10 ns, and no memory. */
export class Latencies {
  #bins = new Uint32Array(40 * BINS_PER_DOUBLING);
  #count = 0;

  get count() {
    return this.#count;
  }

  /** @param {number} ms */
  add(ms) {
    const bin = Math.log2(Math.max(1, ms * NS_PER_MS)) * BINS_PER_DOUBLING;
    const index = Math.min(this.#bins.length - 1, Math.floor(bin));
    this.#bins[index] = (this.#bins[index] ?? 0) + 1;
    this.#count++;
  }

  /**
   * @param {number} part  from 0 to 1
   * @returns {number} in ms, not a number when nothing was added
   */
  quantile(part) {
    if (this.#count === 0) return Number.NaN;
    let left = Math.ceil(this.#count * part);
    for (let index = 0; index < this.#bins.length; index++) {
      left -= this.#bins[index] ?? 0;
      if (left <= 0) return 2 ** ((index + 0.5) / BINS_PER_DOUBLING) / NS_PER_MS;
    }
    return Number.NaN;
  }
}
