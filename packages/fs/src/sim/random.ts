/**
 * Numbers that follow from a seed alone: mulberry32 by Tommy Ettinger, 2017, in the public domain.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer in `[0, 2^32)`. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  /** An integer in `[0, bound)`; `bound` from 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
}

/** A seed that follows from two numbers, so that states and samples do not share a sequence. */
export function mixSeeds(a: number, b: number): number {
  return new Random(new Random(a).next() ^ Math.imul(b | 0, 0x9e3779b1)).next();
}
