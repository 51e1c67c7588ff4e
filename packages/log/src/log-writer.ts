import { hasCode, invariant, shortageOf } from "@seglog/errors";
import type { Segment, SegmentCatalog } from "@seglog/segment";
import { AppendBudget } from "./append-budget.ts";
import type { Committer } from "./committer.ts";
import type { Offset } from "./contract.ts";
import { overloaded, tooLarge } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import { bytesOf, isCrowded, placeGroup } from "./place-group.ts";
import { RecordClock } from "./record-clock.ts";
import { firstTimeOf } from "./segment-info.ts";
import { SegmentSeals } from "./segment-seals.ts";
import type { SegmentSet } from "./segment-set.ts";
import { StagingArea } from "./staging-area.ts";
import { FRAME_OVERHEAD_BYTES, framedBytes, type StagedGroup } from "./staging-queue.ts";

/** What a writer needs of the log it belongs to. */
export interface LogWriterParts {
  readonly catalog: SegmentCatalog;
  readonly segments: SegmentSet;
  readonly failure: LogFailure;
  readonly committer: Committer;
  readonly clock: () => number;
  readonly nextOffset: Offset;
  readonly lastTime: number;
  readonly segmentAgeMsMax: number;
  readonly recordBytesMax: number;
  readonly stagedBytesMax: number;
  readonly onRolled: () => void;
}

/**
 * Appends and rolls. Synchronous appends go straight into the active segment; while a roll or a
 * truncation is under way they wait in the staging area, with their offsets given.
 */
export class LogWriter {
  appends = 0;
  rolls = 0;
  readonly #parts: LogWriterParts;
  readonly #clock: RecordClock;
  readonly #staging: StagingArea;
  #next: Offset;
  readonly #budget = new AppendBudget();
  /** What `segments.active` says; asking that for each record takes 10 of 80 ns. */
  #active: Segment;
  /** Time of the active segment's first record; `undefined` while it is empty. */
  #activeSince: number | undefined;
  #rolling: Promise<void> | undefined;
  #mustRoll = false;
  readonly #seals: SegmentSeals;

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    this.#next = parts.nextOffset;
    this.#seals = new SegmentSeals(parts.catalog, parts.failure);
    this.#staging = new StagingArea(parts.nextOffset);
    this.#clock = new RecordClock(parts.clock, parts.lastTime);
    this.#active = parts.segments.active;
    this.#activeSince = firstTimeOf(this.#active);
  }

  get nextOffset(): Offset {
    return this.#next;
  }

  get lastTime(): number {
    return this.#clock.last;
  }

  /** Bytes that are not yet given to the OS. */
  get stagedBytes(): number {
    return this.#parts.segments.active.stagedBytes + this.#staging.bytes;
  }

  /** Records without a segment yet. */
  get staging(): StagingArea {
    return this.#staging;
  }

  append(value: Uint8Array): Offset {
    const { failure, recordBytesMax } = this.#parts;
    failure.checkUsable();
    const bytes = value.length;
    if (bytes > recordBytesMax) throw tooLarge("a record", bytes, recordBytesMax);
    const time = this.#clock.now();
    const offset = this.#next;
    if (this.#budget.take(bytes + FRAME_OVERHEAD_BYTES, time)) this.#write(value, time, offset);
    else this.#appendChecked(value, time, offset);
    this.#next = offset + 1;
    this.appends++;
    return offset;
  }

  /** @param values  at least one */
  appendBatch(values: readonly Uint8Array[]): Offset {
    const { segments, failure, recordBytesMax, stagedBytesMax } = this.#parts;
    failure.checkUsable();
    const valueBytes = bytesOf(values, recordBytesMax);
    const group = { values, valueBytes, time: this.#clock.now() };
    const framed = framedBytes(group);
    if (values.length > 1 && framed > stagedBytesMax) {
      throw tooLarge("a batch, framed,", framed, stagedBytesMax);
    }
    const offset = this.#next;
    const active = segments.active;
    if (this.#mayAppendTo(active, group.time) && active.hasRoom(valueBytes, values.length)) {
      // refused as a whole or staged as a whole: the bound is looked at before the first record
      this.#checkStaged(active.stagedBytes, framed);
      this.#place(active, group);
    } else {
      this.#enqueue(group);
    }
    this.#next = offset + values.length;
    this.appends += values.length;
    return offset;
  }

  /** Resolves when everything before `upTo` is with the OS, or durable. */
  async commit(how: "sync" | "flush", upTo: Offset): Promise<void> {
    const { failure, committer } = this.#parts;
    let covered: Offset;
    do {
      while (this.#rolling !== undefined) await this.#rolling;
      failure.checkWritable();
      covered = await committer.commit(how);
    } while (covered < upTo);
  }

  /** Resolves when everything is durable that was appended before a hold, if one is on. */
  commitPlaced(): Promise<void> {
    return this.commit("sync", this.#staging.placedEnd ?? this.#next);
  }

  /**
   * From now on the log ends at `nextOffset`: what is appended waits for {@link LogWriter.resume}.
   * Holds follow one another in the order of the calls.
   */
  beginHold(nextOffset: Offset): void {
    this.#budget.revoke();
    this.#staging.hold(nextOffset, this.#next);
    this.#next = nextOffset;
    this.#parts.committer.lower(nextOffset);
  }

  /** The oldest hold ends: the active segment now ends where it said, and what waited goes on. */
  resume(): void {
    const { segments, committer } = this.#parts;
    this.#budget.revoke();
    this.#staging.release();
    this.#mustRoll = false;
    this.#seals.isActiveSealed = false;
    this.#activeSince = firstTimeOf(segments.active);
    committer.restart(segments.active.nextOffset, this.#staging.ceiling);
    this.#startRoll();
  }

  /** Whether the active segment is sealed: it has to be opened anew before it can be cut. */
  get isActiveSealed(): boolean {
    return this.#seals.isActiveSealed;
  }

  /**
   * Starts a new segment if the active one holds records, and none from `offset` on.
   * @returns whether there is one; not, where the disk has no room for it: it is made later
   */
  async rollBehind(offset: Offset): Promise<boolean> {
    while (this.#rolling !== undefined) await this.#rolling;
    this.#parts.failure.checkWritable();
    const { active } = this.#parts.segments;
    if (active.nextOffset > offset || active.nextOffset === active.baseOffset) return true;
    this.#mustRoll = true;
    this.#startRoll();
    while (this.#rolling !== undefined) await this.#rolling;
    this.#parts.failure.checkWritable();
    return !this.#mustRoll;
  }

  /** After a shortage: forgets what has no segment, and what had one, from `nextOffset` on. */
  takeBack(nextOffset: Offset): void {
    this.#budget.revoke();
    this.#staging.forget(nextOffset);
    this.#next = nextOffset;
    this.#activeSince = firstTimeOf(this.#parts.segments.active);
  }

  /** Resolves when no segment is being sealed. */
  async settleSeals(): Promise<void> {
    await this.#seals.settle();
    this.#parts.failure.checkWritable();
  }

  /** Resolves when nothing of this writer is under way, whatever came of it. */
  async settle(): Promise<void> {
    while (this.#rolling !== undefined) await this.#rolling;
    await this.#parts.committer.settle();
    await this.#seals.settle();
  }

  #appendChecked(value: Uint8Array, time: number, offset: Offset): void {
    const { segments, segmentAgeMsMax, stagedBytesMax } = this.#parts;
    const { active } = segments;
    const bytes = value.length;
    if (!this.#mayAppendTo(active, time) || !active.hasRoom(bytes, 1)) {
      this.#enqueue({ values: [value], valueBytes: bytes, time });
      return;
    }
    this.#checkStaged(active.stagedBytes, bytes + FRAME_OVERHEAD_BYTES);
    this.#active = active;
    this.#write(value, time, offset);
    this.#activeSince ??= time;
    this.#budget.grant(active, this.#activeSince + segmentAgeMsMax, stagedBytesMax);
  }

  #write(value: Uint8Array, time: number, offset: Offset): void {
    const given = this.#active.append(value, time, false);
    invariant(given === offset, "the active segment ends where the log does");
  }

  #mayAppendTo(active: Segment, time: number): boolean {
    if (!this.#staging.isIdle || this.#rolling !== undefined || this.#mustRoll) return false;
    const since = this.#activeSince;
    if (since === undefined || time - since < this.#parts.segmentAgeMsMax) return true;
    this.#mustRoll = active.nextOffset > active.baseOffset;
    return !this.#mustRoll;
  }

  #enqueue(group: StagedGroup): void {
    this.#checkStaged(this.stagedBytes, framedBytes(group));
    this.#staging.push(group.values, group.time, this.#next);
    this.#startRoll();
  }

  #checkStaged(staged: number, framed: number): void {
    const { stagedBytesMax } = this.#parts;
    if (staged > 0 && staged + framed > stagedBytesMax) throw overloaded(staged, stagedBytesMax);
  }

  #startRoll(): void {
    if (this.#rolling !== undefined || (this.#staging.queue.isEmpty && !this.#mustRoll)) return;
    this.#budget.revoke();
    this.#rolling = this.#drain().then(
      () => {
        this.#rolling = undefined;
        this.#startRoll(); // what was appended between the end of the drain and here
      },
      (error: unknown) => {
        this.#rolling = undefined;
        // once closed nothing is written any more; that is no failure of the disk
        if (hasCode(error, "ERR_SEGLOG_CLOSED")) return;
        // a roll for whose segment there is no room takes nothing from anybody, if nothing waits
        const isHarmless = this.#staging.queue.isEmpty && shortageOf(error) !== undefined;
        if (!isHarmless) this.#parts.failure.fail(error);
      },
    );
  }

  /** Moves the queue into segments, making new ones as needed. */
  async #drain(): Promise<void> {
    const { segments, committer, stagedBytesMax } = this.#parts;
    for (;;) {
      const { queue } = this.#staging;
      const group = queue.peek();
      const { active } = segments;
      if (this.#mustRoll || (group && !active.hasRoom(group.valueBytes, group.values.length))) {
        await this.#beginSegment();
      } else if (group === undefined) {
        return;
      } else if (isCrowded(active.stagedBytes, framedBytes(group), stagedBytesMax)) {
        await committer.commit("flush");
      } else {
        this.#place(active, group);
        queue.shift();
      }
    }
  }

  /**
   * Makes a new active segment. The old one is durable before anything can be written into the
   * new one, so that a crash leaves a prefix.
   */
  async #beginSegment(): Promise<void> {
    const { segments, committer } = this.#parts;
    const { active: old } = segments;
    // until it is done: a segment that was sealed to make room takes no append
    this.#mustRoll = old.nextOffset > old.baseOffset;
    if (!this.#mustRoll) return;
    await committer.commit("sync");
    segments.push(await this.#seals.replace(old));
    this.#mustRoll = false;
    this.#activeSince = undefined;
    this.rolls++;
    this.#parts.onRolled();
  }

  #place(segment: Segment, group: StagedGroup): void {
    this.#budget.revoke(); // it counts single records only
    placeGroup(segment, group, this.#parts.failure);
    this.#activeSince ??= group.time;
  }
}
