import type { SeglogError } from "@seglog/errors";
import type { Settlers } from "./wait-queue.ts";

/** What the smallest record counts, the empty one: `ready` never resolves for less room. */
const RECORD_BYTES_MIN = 16;

/**
 * What `stage` refused, and who waits for room. Remembering how much was refused keeps a loop of
 * `stage` and `ready` from spinning while there is room, but not for that record.
 */
export class Refusals {
  /** Room to wait for: the largest refused record since room was last announced. */
  bytes: number = RECORD_BYTES_MIN;
  #waiters: Settlers[] = [];
  #crowded: SeglogError | undefined;

  /**
   * The error of an append that may not even wait. One for all until there is room: a loop that
   * never lets go may ask for millions, and each has a stack.
   */
  crowded(make: () => SeglogError): SeglogError {
    this.#crowded ??= make();
    return this.#crowded;
  }

  get waiters(): number {
    return this.#waiters.length;
  }

  note(bytes: number): void {
    this.bytes = Math.max(this.bytes, bytes);
  }

  wait(settlers: Settlers): void {
    this.#waiters.push(settlers);
  }

  resolveAll(): void {
    this.#crowded = undefined;
    if (this.#waiters.length === 0) return;
    for (const { resolve } of this.#take()) resolve(undefined);
  }

  rejectAll(error: unknown): void {
    for (const { reject } of this.#take()) reject(error);
  }

  #take(): Settlers[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.bytes = RECORD_BYTES_MIN;
    return waiters;
  }
}
