import { checkInteger } from "@seglog/errors";
import type { CatalogState, Segment, SegmentCatalog } from "@seglog/segment";
import type { Offset } from "./contract.ts";
import type { CutHistory } from "./cut-history.ts";
import { outOfRange } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import type { LogWriter } from "./log-writer.ts";
import type { RwLock } from "./rw-lock.ts";
import type { SegmentSet } from "./segment-set.ts";

export interface TruncatorParts {
  readonly catalog: SegmentCatalog;
  readonly segments: SegmentSet;
  readonly writer: LogWriter;
  readonly lock: RwLock;
  readonly failure: LogFailure;
  readonly cuts: CutHistory;
  readonly firstOffset: Offset;
}

/**
 * Drops records at either end. What is to be dropped is written down before anything is: whoever
 * opens the log after a crash finishes it, and so it happens whole or not at all.
 */
export class Truncator {
  readonly #parts: TruncatorParts;
  #first: Offset;
  #removed = 0;

  constructor(parts: TruncatorParts) {
    this.#parts = parts;
    this.#first = parts.firstOffset;
  }

  get firstOffset(): Offset {
    return this.#first;
  }

  /** Segments removed since opening. */
  get segmentsRemoved(): number {
    return this.#removed;
  }

  async truncateBefore(offset: Offset): Promise<void> {
    const { failure, lock, writer } = this.#parts;
    failure.checkUsable();
    checkInteger("offset", offset, { min: 0 });
    this.#checkKept(offset, writer.nextOffset);
    await lock.withExclusive(async () => {
      failure.checkUsable();
      if (offset <= this.#first) return; // another truncation has been there
      this.#checkKept(offset, writer.nextOffset);
      await this.#poisoning(() => this.#dropBefore(offset));
    });
  }

  async truncateAfter(offset: Offset): Promise<void> {
    const { failure, lock, writer } = this.#parts;
    failure.checkUsable();
    checkInteger("offset", offset, { min: -1 });
    // what is appended from this call on follows `offset`, unless another truncation comes first
    const isNext = !lock.hasExclusive;
    if (isNext) this.#beginCut(offset);
    await lock.withExclusive(async () => {
      failure.checkUsable();
      if (!isNext) this.#beginCut(offset);
      await this.#poisoning(() => this.#dropFrom(offset + 1));
    });
  }

  #beginCut(offset: Offset): void {
    const { cuts, writer } = this.#parts;
    this.#checkDroppable(offset, writer.nextOffset);
    cuts.add(offset + 1);
    writer.beginHold(offset + 1);
  }

  async #dropBefore(offset: Offset): Promise<void> {
    const { catalog, segments, writer } = this.#parts;
    if (offset > writer.durableOffset) await writer.sync();
    await catalog.saveState(this.#state({ firstOffset: offset }));
    this.#first = offset;
    if (segments.active.nextOffset <= offset) await writer.roll();
    await writer.settleSeals();
    const dropped = segments.takeBefore(offset);
    await this.#remove(dropped);
  }

  async #dropFrom(nextOffset: Offset): Promise<void> {
    const { catalog, segments, writer } = this.#parts;
    await writer.commitHeld();
    await catalog.saveState(this.#state({ truncatingTo: nextOffset }));
    const dropped = segments.takeAfter(nextOffset);
    if (dropped.length > 0) {
      const { active } = segments;
      const reopened = await catalog.open(active.baseOffset, {
        mode: "closed",
        nextOffset: active.nextOffset,
      });
      await segments.closeDropped([segments.replaceActive(reopened)]);
    }
    await segments.active.truncate(nextOffset);
    await this.#remove(dropped);
    await catalog.saveState(this.#state({}));
    writer.resume(nextOffset);
  }

  async #remove(dropped: readonly Segment[]): Promise<void> {
    const { catalog, segments } = this.#parts;
    if (dropped.length === 0) return;
    await segments.closeDropped(dropped);
    await catalog.remove(dropped.map((segment) => segment.baseOffset));
    this.#removed += dropped.length;
  }

  #state(changes: Partial<CatalogState>): CatalogState {
    return {
      firstOffset: this.#first,
      closedAt: undefined,
      truncatingTo: undefined,
      lastTime: this.#parts.writer.lastTime,
      ...changes,
    };
  }

  #checkKept(offset: Offset, nextOffset: Offset): void {
    if (offset >= this.#first && offset <= nextOffset) return;
    throw outOfRange("offset", offset, { from: this.#first, to: nextOffset + 1 });
  }

  #checkDroppable(offset: Offset, nextOffset: Offset): void {
    if (offset >= this.#first - 1 && offset < nextOffset) return;
    throw outOfRange("offset", offset, { from: this.#first - 1, to: nextOffset });
  }

  async #poisoning(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.failure.poison(error);
      throw error;
    }
  }
}
