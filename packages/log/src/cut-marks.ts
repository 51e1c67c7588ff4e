import type { Offset } from "./contract.ts";

/** Learns how far what a reader reads was cut since it began. */
export class CutMark {
  /** The lowest end that the log was cut to since then; `Infinity` when it was not cut. */
  lowest: number = Number.POSITIVE_INFINITY;
  readonly ref: WeakRef<CutMark> = new WeakRef(this);

  /** What `lowest` is, which begins anew. */
  take(): number {
    const { lowest } = this;
    this.lowest = Number.POSITIVE_INFINITY;
    return lowest;
  }
}

/**
 * The marks of those who read, each of which is told of every cut that `truncateAfter` makes.
 * Holds one weak reference for a reader, and nothing for a cut: a log may be cut for ever.
 */
export class CutMarks {
  readonly #refs = new Set<WeakRef<CutMark>>();
  /** For readers that nobody ends: iterations that were never begun, or left in the middle. */
  readonly #abandoned = new FinalizationRegistry<WeakRef<CutMark>>((ref) => this.#refs.delete(ref));

  /** How many marks are told. */
  get size(): number {
    return this.#refs.size;
  }

  /** A mark from now on, until {@link CutMarks.end} or until nobody holds it. */
  begin(): CutMark {
    const mark = new CutMark();
    this.#refs.add(mark.ref);
    this.#abandoned.register(mark, mark.ref);
    return mark;
  }

  end(mark: CutMark): void {
    this.#refs.delete(mark.ref);
  }

  /** Notes that the log was cut to end at `nextOffset`. */
  cut(nextOffset: Offset): void {
    for (const ref of this.#refs) {
      const mark = ref.deref();
      if (mark !== undefined) mark.lowest = Math.min(mark.lowest, nextOffset);
    }
  }
}
