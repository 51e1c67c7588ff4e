/** Random numbers that follow from a seed: mulberry32. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** An integer in `[0, 2^32)`. */
  u32() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** @param {number} bound */
  below(bound) {
    return Math.floor((this.u32() / 2 ** 32) * bound);
  }

  /** An integer in `[from, to]`. @param {number} from @param {number} to */
  between(from, to) {
    return from + this.below(to - from + 1);
  }

  /** @param {number} probability */
  chance(probability) {
    return this.u32() < probability * 2 ** 32;
  }

  /** @template T @param {readonly T[]} values @returns {T} */
  pick(values) {
    return /** @type {T} */ (values[this.below(values.length)]);
  }

  /** Up to `count` of `values`, in their order. @template T @param {readonly T[]} values @param {number} count */
  sample(values, count) {
    if (count >= values.length) return values;
    let wanted = count;
    return values.filter((_, i) => {
      const isTaken = this.below(values.length - i) < wanted;
      if (isTaken) wanted -= 1;
      return isTaken;
    });
  }

  /** @param {number} length */
  bytes(length) {
    const words = Uint32Array.from({ length: (length + 3) >> 2 }, () => this.u32());
    return new Uint8Array(words.buffer, 0, length);
  }
}

/** A seed that depends on all of `parts`. @param {...number} parts */
export function mixSeeds(...parts) {
  let seed = 0x811c9dc5;
  for (const part of parts) {
    seed = Math.imul(seed ^ part, 0x01000193);
    seed = Math.imul(seed ^ (seed >>> 15), 0x85ebca6b);
  }
  return seed >>> 0;
}
