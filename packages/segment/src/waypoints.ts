import { hasCode } from "@seglog/errors";
import type { Store } from "@seglog/store";

/** One waypoint is kept for every so many bytes: 256 KiB of them in a store of 64 MiB. */
const BYTES_BETWEEN = 4096;

/**
 * Where records lie, found by walking a store from its start: what reads fall back on where the
 * index is wrong and may not be written. Walks no further than it is asked to, and no part twice.
 */
export class Waypoints {
  readonly #store: Store;
  readonly #baseOffset: number;
  /** Both rising: record `#offsets[i]` begins at `#positions[i]`. */
  readonly #offsets: number[];
  readonly #positions: number[] = [0];
  /** How far the store was walked. */
  #offset: number;
  #position = 0;

  constructor(store: Store, baseOffset: number) {
    this.#store = store;
    this.#baseOffset = baseOffset;
    this.#offsets = [baseOffset];
    this.#offset = baseOffset;
  }

  /**
   * Position of the record with `offset`, or of the store's end, right as far as the lengths of
   * all frames before it are.
   *
   * @returns `undefined` where the store ends, or is damaged, before it
   */
  positionOf(offset: number): number | undefined {
    if (offset < this.#baseOffset) return undefined;
    try {
      while (this.#offset < offset) this.#walkOn();
      const n = this.#countUpTo(offset) - 1;
      let position = this.#positions[n] as number;
      for (let at = this.#offsets[n] as number; at < offset; at++) {
        position = this.#store.next(position);
      }
      return position;
    } catch (error) {
      if (isAstray(error)) return undefined;
      throw error;
    }
  }

  #walkOn(): void {
    this.#position = this.#store.next(this.#position);
    this.#offset++;
    if (this.#position < (this.#positions.at(-1) as number) + BYTES_BETWEEN) return;
    this.#offsets.push(this.#offset);
    this.#positions.push(this.#position);
  }

  /** How many waypoints are at or before `offset`: 1 or more. */
  #countUpTo(offset: number): number {
    let low = 1;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#offsets[middle - 1] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Whether `error` tells that no record is where one was looked for. */
export function isAstray(error: unknown): boolean {
  return hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE");
}
