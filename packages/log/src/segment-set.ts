import { invariant } from "@seglog/errors";
import type { Segment } from "@seglog/segment";
import type { Offset } from "./contract.ts";

/** Segments that a snapshot still reads, and which therefore must not be closed. */
export interface SegmentPin {
  readonly segments: Segment[];
}

/** The open segments of a log: neighbours without a gap, by base offset; the last is active. */
export class SegmentSet {
  readonly #segments: Segment[];
  /**
   * Base offsets of `#segments`, side by side: a search that looked at segments would miss the
   * cache in every step. `undefined` after a change.
   */
  #bases: Offset[] | undefined;
  readonly #pins = new Set<SegmentPin>();
  /** Taken out, and not closed yet: pinned, or who took them did not get so far. */
  readonly #dropped = new Set<Segment>();

  /** @param segments  at least one, oldest first */
  constructor(segments: Segment[]) {
    invariant(segments.length > 0, "a log has an active segment");
    this.#segments = segments;
  }

  get active(): Segment {
    return this.#segments[this.#segments.length - 1] as Segment;
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  /** The segment that holds `offset`, or that would: the last whose base is at or below it. */
  find(offset: Offset): Segment {
    this.#bases ??= this.#segments.map(({ baseOffset }) => baseOffset);
    return this.#segments[lastBaseAtOrBelow(this.#bases, offset)] as Segment;
  }

  /** Makes `segment` the active one. */
  push(segment: Segment): void {
    invariant(segment.baseOffset === this.active.nextOffset, "segments leave no gap");
    this.#segments.push(segment);
    this.#bases = undefined;
  }

  /** Puts `segment` in the place of the active one, also where that is pinned. Returns that. */
  replaceActive(segment: Segment): Segment {
    const old = this.active;
    this.#put(segment, old);
    return old;
  }

  /** The same for any; the old one is closed as what {@link SegmentSet.takeBefore} takes out. */
  replace(old: Segment, segment: Segment): void {
    this.#put(segment, old);
    this.#drop([old]);
  }

  /** Puts `segments` in the place of all; closed as said there. Pins keep what they have. */
  replaceAll(segments: readonly Segment[]): void {
    invariant(segments.length > 0, "a log has an active segment");
    this.#drop(this.#segments.splice(0, this.#segments.length, ...segments));
  }

  /**
   * Takes out the sealed segments that end at or before `offset`. They stay open until
   * {@link SegmentSet.closeDropped} or {@link SegmentSet.close}.
   */
  takeBefore(offset: Offset): Segment[] {
    let count = 0;
    while (
      count < this.#segments.length - 1 &&
      (this.#segments[count] as Segment).nextOffset <= offset
    ) {
      count++;
    }
    return this.#drop(this.#segments.splice(0, count));
  }

  /** The same for those that begin after `offset`, all but the first of the log. */
  takeAfter(offset: Offset): Segment[] {
    return this.#drop(this.#segments.splice(lastAtOrBelow(this.#segments, offset) + 1));
  }

  /** Keeps `segments` open until {@link SegmentSet.unpin}. */
  pin(segments: readonly Segment[]): SegmentPin {
    const pin = { segments: [...segments] };
    this.#pins.add(pin);
    return pin;
  }

  /** Ends a pin; closes the segments that were taken out and have no other. Idempotent. */
  async unpin(pin: SegmentPin): Promise<void> {
    if (!this.#pins.delete(pin)) return;
    await this.#closeAll(pin.segments.filter((segment) => this.#isFree(segment)));
  }

  /** Closes what was taken out, but for what is pinned; the first failure is thrown at the end. */
  async closeDropped(): Promise<void> {
    await this.#closeAll([...this.#dropped].filter((segment) => this.#isFree(segment)));
  }

  /** Closes everything, pinned or not; the first failure is thrown after all were closed. */
  async close(): Promise<void> {
    await this.#closeAll([...this.#dropped, ...this.#segments]);
  }

  async #closeAll(segments: readonly Segment[]): Promise<void> {
    const failures: unknown[] = [];
    for (const segment of segments) {
      await segment.close().catch((error: unknown) => failures.push(error));
      this.#dropped.delete(segment);
    }
    if (failures.length > 0) throw failures[0];
  }

  #put(segment: Segment, old: Segment): void {
    invariant(segment.baseOffset === old.baseOffset, "a segment is replaced by itself");
    this.#segments[this.#segments.indexOf(old)] = segment;
    for (const { segments } of this.#pins) {
      const at = segments.indexOf(old);
      if (at >= 0) segments[at] = segment;
    }
  }

  #drop(segments: Segment[]): Segment[] {
    this.#bases = undefined;
    for (const segment of segments) this.#dropped.add(segment);
    return segments;
  }

  #isFree(segment: Segment): boolean {
    return this.#dropped.has(segment) && !this.#isPinned(segment);
  }

  #isPinned(segment: Segment): boolean {
    for (const pin of this.#pins) if (pin.segments.includes(segment)) return true;
    return false;
  }
}

/** Index of the last segment whose base is at or below `offset`; 0 when there is none. */
export function lastAtOrBelow(segments: readonly Segment[], offset: Offset): number {
  return lastBaseAtOrBelow(
    segments.map(({ baseOffset }) => baseOffset),
    offset,
  );
}

/**
 * Looks first where it would be if all were as long as another, and on both sides of that: most
 * are, where a binary search of a thousand takes ten steps and guesses every other one wrong.
 */
function lastBaseAtOrBelow(bases: readonly Offset[], offset: Offset): number {
  let high = bases.length - 1;
  const first = bases[0] as Offset;
  const last = bases[high] as Offset;
  if (offset >= last) return high;
  if (offset <= first) return 0;
  let low = Math.floor(((offset - first) / (last - first)) * high);
  if ((bases[low] as Offset) <= offset) {
    if ((bases[low + 1] as Offset) > offset) return low;
    low++;
  } else {
    high = low - 1;
    if ((bases[high] as Offset) <= offset) return high;
    low = 0;
  }
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((bases[middle] as Offset) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
