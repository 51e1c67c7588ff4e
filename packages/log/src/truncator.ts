import { checkInteger, hasCode } from "@seglog/errors";
import type { CatalogState, Segment, SegmentCatalog } from "@seglog/segment";
import type { Committer } from "./committer.ts";
import type { Offset } from "./contract.ts";
import { copySegment } from "./copied-segment.ts";
import type { CutMarks } from "./cut-marks.ts";
import type { TruncateEvent } from "./events-contract.ts";
import { publish } from "./log-channels.ts";
import type { LogCursors } from "./log-cursors.ts";
import { outOfRange } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import type { LogWriter } from "./log-writer.ts";
import type { ProgressPublisher } from "./progress-publisher.ts";
import type { RwLock } from "./rw-lock.ts";
import { timeOf } from "./segment-info.ts";
import type { SegmentSet } from "./segment-set.ts";

export interface TruncatorParts {
  readonly catalog: SegmentCatalog;
  readonly segments: SegmentSet;
  readonly writer: LogWriter;
  readonly committer: Committer;
  readonly lock: RwLock;
  readonly failure: LogFailure;
  readonly cuts: CutMarks;
  readonly cursors: LogCursors;
  readonly progress: ProgressPublisher;
  readonly firstOffset: Offset;
}

/**
 * Drops records at either end. What is to be dropped is written down before anything is: whoever
 * opens the log after a crash finishes it, and so it happens whole or not at all.
 *
 * Truncations are carried out in the order of their calls, and each call is judged by what the
 * calls before it will have left.
 */
export class Truncator {
  readonly #parts: TruncatorParts;
  #first: Offset;
  /** What `#first` will be once every `truncateBefore` that was called has ended. */
  #firstToBe: Offset;
  #removed = 0;

  constructor(parts: TruncatorParts) {
    this.#parts = parts;
    this.#first = parts.firstOffset;
    this.#firstToBe = parts.firstOffset;
  }

  get firstOffset(): Offset {
    return this.#first;
  }

  /** Segments removed since opening. */
  get segmentsRemoved(): number {
    return this.#removed;
  }

  async truncateBefore(offset: Offset): Promise<void> {
    const { nextOffset } = this.#parts.writer;
    checkInteger("offset", offset, { min: 0 });
    if (offset < this.#first || offset > nextOffset) {
      throw outOfRange("offset", offset, { from: this.#first, to: nextOffset + 1 });
    }
    this.#firstToBe = Math.max(this.#firstToBe, offset);
    await this.#alone(() => this.#dropBefore(offset, "before"));
  }

  /**
   * As `truncateBefore` of what `choose` says at the time when nothing else is under way. What
   * `choose` throws is thrown, and poisons nothing.
   */
  async retain(choose: () => Offset): Promise<void> {
    const { failure, lock, writer } = this.#parts;
    await lock.withExclusive(async () => {
      failure.checkWritable();
      // a truncation that was called drops segments which `choose` would count: its turn is later
      if (writer.staging.ceiling < Number.POSITIVE_INFINITY) return;
      const offset = choose();
      this.#firstToBe = Math.max(this.#firstToBe, offset);
      await this.#guarded(() => this.#dropBefore(offset, "retention"));
    });
  }

  async truncateAfter(offset: Offset): Promise<void> {
    const { cuts, writer } = this.#parts;
    checkInteger("offset", offset, { min: -1 });
    const from = this.#firstToBe - 1;
    if (offset < from || offset >= writer.nextOffset) {
      throw outOfRange("offset", offset, { from, to: writer.nextOffset });
    }
    this.#checkBoundary(offset + 1);
    // whoever follows must know before a record gets an offset that another one had
    this.#parts.progress.cut(offset + 1);
    // what is appended from this call on follows `offset`
    cuts.cut(offset + 1);
    writer.beginHold(offset + 1);
    await this.#alone(() => this.#dropFrom(offset + 1));
  }

  async #dropBefore(offset: Offset, what: "before" | "retention"): Promise<void> {
    const { writer, committer } = this.#parts;
    if (offset <= this.#first) return; // another truncation has been there
    const removed = this.#removed;
    if (offset > committer.durableOffset) await writer.commitPlaced();
    await this.#saveTwice({ firstOffset: offset });
    this.#first = offset;
    this.#parts.progress.first(offset);
    await this.#removeBefore(offset);
    // for want of room there may be no new segment: what the last one holds is out of sight all the
    // same, and what could be removed was
    if (await writer.rollBehind(offset)) await this.#removeBefore(offset);
    this.#tell(what, this.#parts.segments.active.nextOffset, removed);
  }

  async #removeBefore(offset: Offset): Promise<void> {
    await this.#parts.writer.settleSeals();
    await this.#remove(this.#parts.segments.takeBefore(offset));
  }

  async #dropFrom(nextOffset: Offset): Promise<void> {
    const { catalog, cursors, segments, writer } = this.#parts;
    await writer.commitPlaced();
    await writer.settleSeals();
    await cursors.takeBack(nextOffset);
    await catalog.saveState(this.#state({ truncatingTo: nextOffset }));
    const dropped = segments.takeAfter(nextOffset);
    try {
      if (dropped.length > 0 || writer.isActiveSealed) await this.#reopenActive(nextOffset);
      await segments.active.truncate(nextOffset);
    } catch (error) {
      // nothing was dropped, and whoever opens the log next would fail as this call does
      if (hasCode(error, "ERR_SEGLOG_CORRUPT")) await this.#forgetCut();
      throw error;
    }
    const removed = this.#removed;
    await this.#remove(dropped);
    await this.#forgetCut();
    writer.resume();
    this.#tell("after", nextOffset, removed);
  }

  /**
   * Where the record with `nextOffset` begins must be told by itself or by the one before: found
   * out before what is appended next gets offsets that only the cut makes right.
   */
  #checkBoundary(nextOffset: Offset): void {
    const { segments, writer } = this.#parts;
    if (nextOffset > writer.staging.ceiling) return; // what is there has no segment yet
    const segment = segments.find(nextOffset);
    const isInside = segment.baseOffset < nextOffset && nextOffset < segment.nextOffset;
    if (isInside && timeOf(segment, nextOffset) === undefined) segment.timeOf(nextOffset - 1);
  }

  /** The active segment was sealed; from now on it takes appends again. */
  async #reopenActive(keptTo: Offset): Promise<void> {
    const { catalog, segments } = this.#parts;
    const { baseOffset, nextOffset } = segments.active;
    const sealed = segments.replaceActive(await copySegment(segments.active, keptTo));
    await sealed.close();
    segments.replaceActive(await catalog.open(baseOffset, { mode: "closed", nextOffset }));
  }

  async #remove(dropped: readonly Segment[]): Promise<void> {
    const { catalog, segments } = this.#parts;
    if (dropped.length === 0) return;
    await segments.closeDropped();
    await catalog.remove(dropped.map((segment) => segment.baseOffset));
    this.#removed += dropped.length;
  }

  /** @param removed  how many segments had been removed when it began */
  #tell(what: TruncateEvent["what"], nextOffset: Offset, removed: number): void {
    publish("seglog:truncate", () => ({
      path: this.#parts.catalog.path,
      what,
      firstOffset: this.#first,
      nextOffset,
      segmentsRemoved: this.#removed - removed,
    }));
  }

  #forgetCut(): Promise<void> {
    return this.#saveTwice({});
  }

  /**
   * Saved over both states that a catalog keeps: if only the newest knew of a truncation, or that
   * one is over, and were damaged later, the one before would bring back what was dropped, or the
   * cut upon records appended since.
   */
  async #saveTwice(changes: Partial<CatalogState>): Promise<void> {
    const { catalog } = this.#parts;
    await catalog.saveState(this.#state(changes));
    await catalog.saveState(this.#state(changes));
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

  /**
   * After a shortage: drops what was not committed, so that what waited for it was told the truth,
   * and lets appends go on.
   */
  async resume(): Promise<void> {
    const { committer, cuts, failure, lock, segments, writer } = this.#parts;
    await lock.withExclusive(async () => {
      await writer.settle();
      if (!failure.isStalled) {
        failure.checkWritable();
        return;
      }
      try {
        // a truncation that was under way has given offsets which only its cut makes right
        if (writer.staging.isHeld) failure.checkWritable();
        const { committedOffset } = committer;
        cuts.cut(committedOffset);
        if (segments.active.nextOffset > committedOffset) {
          await segments.active.truncate(committedOffset);
          committer.restart(committedOffset, Number.POSITIVE_INFINITY);
        }
        writer.takeBack(committedOffset);
        failure.endStall();
      } catch (error) {
        failure.poison(error);
        throw failure.poisonError();
      }
    });
  }

  /** Runs `work` while nobody reads or commits; a failure of it poisons. */
  #alone(work: () => Promise<void>): Promise<void> {
    const { failure, lock } = this.#parts;
    return lock.withExclusive(async () => {
      failure.checkWritable();
      await this.#guarded(work);
    });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // what fails for a stall says so; anything else is a failure of its own, beside one too
      const { failure } = this.#parts;
      const isForStall = failure.isStalled && hasCode(error, "ERR_SEGLOG_NOT_WRITTEN");
      if (!isForStall) failure.poison(error);
      throw error;
    }
  }
}
