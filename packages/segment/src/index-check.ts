import type { IndexInspection } from "@seglog/index";
import type { Offset } from "./contract.ts";

/** Compares an index with the store that it is of, and is asked where the store cannot tell. */
export class IndexCheck {
  readonly #index: IndexInspection | undefined;
  readonly #baseOffset: Offset;
  readonly #count: number;
  #isWrong = false;
  /** The first record that the index has no entry for, once that was met. */
  #endsAt: Offset | undefined;

  constructor(index: IndexInspection | undefined, baseOffset: Offset) {
    this.#index = index;
    this.#baseOffset = baseOffset;
    this.#count = index?.entryCount ?? 0;
  }

  /** The record with `offset` is at `position`. */
  compare(offset: Offset, position: number): void {
    const index = this.#index;
    if (this.#isWrong || index === undefined) return;
    const n = offset - this.#baseOffset;
    if (n >= this.#count) {
      this.#endsAt ??= offset;
      return;
    }
    const entryOffset = index.offsetAt(n);
    const entryPosition = index.positionAt(n);
    if (entryOffset === offset && entryPosition === position) {
      // entries behind zeros were not made ahead
      if (this.#endsAt !== undefined) this.#isWrong = true;
    } else if (entryOffset === 0 && entryPosition === 0) {
      this.#endsAt ??= offset;
    } else {
      this.#isWrong = true;
    }
  }

  /** Whether the index has the record with `offset` at `position`. */
  isAt(offset: Offset, position: number): boolean {
    return this.#entry(offset) === position;
  }

  /** Where the index has the record with `offset`. */
  positionOf(offset: Offset): number | undefined {
    return this.#entry(offset);
  }

  /** Where the first record behind `offset` lies that the index leads to, and that is there. */
  goesOn(
    offset: Offset,
    {
      position,
      isThere,
    }: {
      readonly position: number;
      readonly isThere: (offset: Offset, position: number) => boolean;
    },
  ): number | undefined {
    for (let next = offset + 1; next - this.#baseOffset < this.#count; next++) {
      const at = this.#entry(next);
      if (at !== undefined && at > position && isThere(next, at)) return at;
    }
    return undefined;
  }

  verdict(nextOffset: Offset): "right" | "wrong" | "short" | "missing" {
    if (this.#index === undefined) return "missing";
    if (this.#isWrong) return "wrong";
    return this.#endsAt !== undefined && this.#endsAt < nextOffset ? "short" : "right";
  }

  /**
   * Whether it was written for the records before `nextOffset` and no others, but for those in
   * damaged bytes that begin at `tailFrom`. Of one record every index says the same.
   */
  isOf(nextOffset: Offset, tailFrom: number | undefined): boolean {
    const next = this.#entry(nextOffset);
    const isMore = next !== undefined && next !== tailFrom;
    return this.verdict(nextOffset) === "right" && nextOffset > this.#baseOffset + 1 && !isMore;
  }

  #entry(offset: Offset): number | undefined {
    const n = offset - this.#baseOffset;
    if (this.#index === undefined || n < 0 || n >= this.#count) return undefined;
    return this.#index.offsetAt(n) === offset ? this.#index.positionAt(n) : undefined;
  }
}
