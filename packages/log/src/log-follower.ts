import { hasCode, shortageOf } from "@seglog/errors";
import type { PublishedProgress, Segment, SegmentCatalog } from "@seglog/segment";
import type { LogRecovery, Offset } from "./contract.ts";
import { CutMarks } from "./cut-marks.ts";
import {
  closeAll,
  type FollowView,
  isSameLog,
  mayPass,
  openLast,
  openView,
} from "./follow-view.ts";
import type { LogFailure } from "./log-failure.ts";
import { lowestCutSince } from "./progress-publisher.ts";
import type { RwLock } from "./rw-lock.ts";
import { SegmentSet } from "./segment-set.ts";
import { WatchedSegment } from "./watched-segment.ts";

/** So often a segment may not look sealed yet before it is kept as it is. */
const SEALED_LOOKS_MAX = 16;

export interface LogFollowerParts {
  readonly catalog: SegmentCatalog;
  readonly view: FollowView;
  readonly lock: RwLock;
  readonly failure: LogFailure;
}

/**
 * Keeps open segments up with a log that somebody else writes: takes in what was committed, and
 * rolls; lets go of what was removed; and opens everything anew after a cut, or where a writer
 * came back that may have repaired something.
 */
export class LogFollower {
  readonly segments: SegmentSet;
  readonly cuts: CutMarks = new CutMarks();
  readonly recovery: LogRecovery;
  readonly #parts: LogFollowerParts;
  #first: Offset;
  #committed: Offset;
  /** What `segments` are by. */
  #seen: PublishedProgress | undefined;
  /** Of the log's cuts, how many `committedOffset` is lowered by. */
  #cutsNoted: number;
  /** Left by a roll, and read as they were walked: with an index in memory. */
  readonly #unsealed = new Map<Segment, number>();
  #advancing: Promise<unknown> = Promise.resolve();

  constructor(parts: LogFollowerParts) {
    const { segments, firstOffset, committedOffset, published, recovery } = parts.view;
    this.#parts = parts;
    this.recovery = recovery;
    this.segments = new SegmentSet(segments.map((segment) => this.#watched(segment)));
    this.#first = firstOffset;
    this.#committed = committedOffset;
    this.#seen = published;
    this.#cutsNoted = published?.cutCount ?? 0;
  }

  get firstOffset(): Offset {
    return this.#first;
  }

  get committedOffset(): Offset {
    return this.#committed;
  }

  /**
   * Takes in what was committed until now. Calls are carried out one after another.
   * @returns whether anything has changed
   */
  advance(): Promise<boolean> {
    const result = this.#advancing.then(() => this.#advance());
    this.#advancing = result.catch(() => {}); // whoever waits for `result` is told
    return result;
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#advancing;
  }

  async #advance(): Promise<boolean> {
    const { catalog, failure } = this.#parts;
    if (failure.isClosed) return false;
    let told = catalog.published();
    if (told === undefined) {
      await catalog.loadState(); // finds what was made since
      told = catalog.published();
    }
    if (told === undefined) return false;
    const before = { first: this.#first, committed: this.#committed };
    const isSame = isSameLog(this.#seen, told);
    if (isSame && told.committedOffset <= before.committed && told.firstOffset <= before.first) {
      return false;
    }
    if (!isSame || !(await this.#extend(told))) await this.#reopen();
    const hasMoved = before.first !== this.#first || before.committed !== this.#committed;
    return hasMoved || !isSame;
  }

  /** @returns false where what is there is not what it was */
  async #extend(told: PublishedProgress): Promise<boolean> {
    const { catalog } = this.#parts;
    const { segments } = this;
    try {
      while (segments.active.nextOffset < told.committedOffset) {
        const { active } = segments;
        // a file without records may have been one without a header
        if (active.nextOffset === active.baseOffset) return false;
        await active.refresh(told.committedOffset);
        if (active.nextOffset >= told.committedOffset) break;
        if (!(await this.#follow(active, told.committedOffset))) return false;
      }
    } catch (error) {
      if (!mayPass(error)) throw error;
      return false;
    }
    if (!isSameLog(told, catalog.published())) return false;
    this.#committed = Math.max(this.#committed, told.committedOffset);
    this.#first = Math.max(this.#first, told.firstOffset);
    await this.#letGo();
    await this.#reseal();
    return true;
  }

  /** The log rolled where `active` ends: its next segment is there, with records. */
  async #follow(active: Segment, committedOffset: Offset): Promise<boolean> {
    const { catalog, failure } = this.#parts;
    const baseOffset = active.nextOffset;
    const next = await openLast(catalog, { baseOffset, committedOffset, isClosed: false });
    if (next.nextOffset === baseOffset || failure.isClosed) {
      await closeAll([next]);
      return false;
    }
    this.segments.push(this.#watched(next));
    this.#unsealed.set(active, 0);
    return true;
  }

  /** Closes the segments all of whose records were dropped. */
  async #letGo(): Promise<void> {
    const dropped = this.segments.takeBefore(this.#first);
    for (const segment of dropped) this.#unsealed.delete(segment);
    if (dropped.length > 0) await this.#closeDropped();
  }

  /** Opens anew, by their files, the segments that the writer has sealed meanwhile. */
  async #reseal(): Promise<void> {
    const { catalog } = this.#parts;
    for (const [segment, looks] of this.#unsealed) {
      const { baseOffset, nextOffset } = segment;
      try {
        const sealed = await catalog.open(baseOffset, { mode: "sealed", nextOffset });
        this.segments.replace(segment, this.#watched(sealed));
        this.#unsealed.delete(segment);
      } catch (error) {
        if (!mayPass(error)) throw error;
        if (looks >= SEALED_LOOKS_MAX) this.#unsealed.delete(segment);
        else this.#unsealed.set(segment, looks + 1);
        break; // they are sealed in order, and not long after each other
      }
    }
    await this.#closeDropped();
  }

  async #reopen(): Promise<void> {
    const { catalog, failure, lock } = this.#parts;
    const view = await openView(catalog);
    await lock.withExclusive(async () => {
      if (failure.isClosed) {
        await closeAll(view.segments);
        return;
      }
      if (view.published !== undefined) this.#noteCuts(view.published);
      // a repair says nothing of what it could not keep
      if (view.committedOffset < this.#committed) this.cuts.cut(view.committedOffset);
      this.#unsealed.clear();
      this.segments.replaceAll(view.segments.map((segment) => this.#watched(segment)));
      this.#seen = view.published;
      this.#first = Math.max(this.#first, view.firstOffset);
      this.#committed = Math.max(this.#first, view.committedOffset);
      await this.segments.closeDropped();
    });
  }

  async #closeDropped(): Promise<void> {
    await this.#parts.lock.withExclusive(() => this.segments.closeDropped());
  }

  #watched(segment: Segment): Segment {
    return new WatchedSegment(segment, () => this.#endNow());
  }

  /** Looks whether the log was cut, or is about to be, and says what it ends at for readers. */
  #endNow(): Offset {
    const told = this.#parts.failure.isClosed ? undefined : this.#parts.catalog.published();
    if (told !== undefined) this.#noteCuts(told);
    return this.#committed;
  }

  #noteCuts(told: PublishedProgress): void {
    if (told.cutCount === this.#cutsNoted) return;
    const lowest = lowestCutSince(told, this.#cutsNoted);
    this.#cutsNoted = told.cutCount;
    if (lowest === Number.POSITIVE_INFINITY) return;
    this.#committed = Math.max(this.#first, Math.min(this.#committed, lowest));
    this.cuts.cut(lowest);
  }
}

/** Whether looking may succeed later: a lack of means is no failure of the log. */
export function isPassing(error: unknown): boolean {
  return shortageOf(error) !== undefined || hasCode(error, "ERR_SEGLOG_CLOSED");
}
