import { invariant } from "@seglog/errors";
import type { Segment, SegmentCatalog } from "@seglog/segment";
import type { Offset } from "./contract.ts";
import { overloaded, tooLarge } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import { RecordClock } from "./record-clock.ts";
import type { SegmentSet } from "./segment-set.ts";
import { FRAME_OVERHEAD_BYTES, type StagedGroup, StagingQueue } from "./staging-queue.ts";

/** What a writer needs of the log it belongs to. */
export interface LogWriterParts {
  readonly catalog: SegmentCatalog;
  readonly segments: SegmentSet;
  readonly failure: LogFailure;
  readonly clock: () => number;
  readonly lastTime: number;
  readonly segmentAgeMsMax: number;
  readonly recordBytesMax: number;
  readonly stagedBytesMax: number;
  readonly commitOn: "sync" | "flush";
  readonly onCommitted: () => void;
  readonly onRolled: () => void;
}

/**
 * Appends, rolls and commits. Synchronous appends go straight into the active segment; while a
 * roll or a truncation is under way they wait in a queue, with their offsets given.
 */
export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #clock: RecordClock;
  #next: Offset;
  #durable: Offset;
  #committed: Offset;
  /** Time of the active segment's first record; `undefined` while it is empty. */
  #activeSince: number | undefined;
  #queue: StagingQueue;
  /** Set while a truncation is under way: what is appended waits here. */
  #held: StagingQueue | undefined;
  /** While held: one past the last record that still goes to the segments as they are. */
  #placedEnd: Offset = 0;
  #rolling: Promise<void> | undefined;
  #mustRoll = false;
  /** Ends with the last call into the active segment that must not overlap with another. */
  #io: Promise<void> = Promise.resolve();
  readonly #sealing = new Set<Promise<void>>();
  readonly counts: { appends: number; rolls: number; syncs: number } = {
    appends: 0,
    rolls: 0,
    syncs: 0,
  };

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    const { active } = parts.segments;
    this.#next = active.nextOffset;
    this.#durable = active.nextOffset;
    this.#committed = active.nextOffset;
    this.#queue = new StagingQueue(active.nextOffset);
    this.#clock = new RecordClock(parts.clock, parts.lastTime);
    this.#activeSince = firstTimeOf(active);
  }

  get nextOffset(): Offset {
    return this.#next;
  }

  get committedOffset(): Offset {
    return this.#committed;
  }

  get durableOffset(): Offset {
    return this.#durable;
  }

  get lastTime(): number {
    return this.#clock.last;
  }

  get stagedBytes(): number {
    const queued = this.#queue.bytes + (this.#held?.bytes ?? 0);
    return this.#parts.segments.active.stagedBytes + queued;
  }

  /** Records without a segment yet, newest queue first. */
  get waiting(): readonly StagingQueue[] {
    return this.#held === undefined ? [this.#queue] : [this.#held, this.#queue];
  }

  append(value: Uint8Array): Offset {
    const { segments, failure, recordBytesMax } = this.#parts;
    failure.checkUsable();
    const bytes = value.length;
    if (bytes > recordBytesMax) throw tooLarge("a record", bytes, recordBytesMax);
    const time = this.#clock.now();
    const offset = this.#next;
    const active = segments.active;
    if (this.#mayAppendTo(active, time) && active.hasRoom(bytes, 1)) {
      const given = active.append(value, time, false);
      invariant(given === offset, "the active segment ends where the log does");
      this.#activeSince ??= time;
    } else {
      this.#enqueue({ values: [value], valueBytes: bytes, time });
    }
    this.#next = offset + 1;
    this.counts.appends++;
    return offset;
  }

  /** @param values  at least one */
  appendBatch(values: readonly Uint8Array[]): Offset {
    const { segments, failure, recordBytesMax, stagedBytesMax } = this.#parts;
    failure.checkUsable();
    let valueBytes = 0;
    for (const value of values) {
      if (value.length > recordBytesMax) throw tooLarge("a record", value.length, recordBytesMax);
      valueBytes += value.length;
    }
    const framed = valueBytes + values.length * FRAME_OVERHEAD_BYTES;
    if (values.length > 1 && framed > stagedBytesMax) {
      throw tooLarge("a batch, framed,", framed, stagedBytesMax);
    }
    const group = { values, valueBytes, time: this.#clock.now() };
    const offset = this.#next;
    const active = segments.active;
    if (this.#mayAppendTo(active, group.time) && active.hasRoom(valueBytes, values.length)) {
      // refused as a whole or staged as a whole: the bound is looked at before the first record
      this.#checkStaged(framed);
      this.#place(active, group);
    } else {
      this.#enqueue(group);
    }
    this.#next = offset + values.length;
    this.counts.appends += values.length;
    return offset;
  }

  flush(): Promise<void> {
    return this.#commit("flush", this.#next);
  }

  sync(): Promise<void> {
    return this.#commit("sync", this.#next);
  }

  /**
   * From now on the log ends at `nextOffset`: what is appended waits until {@link LogWriter.resume}.
   */
  beginHold(nextOffset: Offset): void {
    this.#placedEnd = this.#next;
    this.#held = new StagingQueue(nextOffset);
    this.#next = nextOffset;
    this.#committed = Math.min(this.#committed, nextOffset);
  }

  /** Resolves when what was appended before the hold is durable, and nothing is being sealed. */
  async commitHeld(): Promise<void> {
    await this.#commit("sync", this.#placedEnd);
    await this.settleSeals();
  }

  /** The active segment now ends at `nextOffset`; what waited goes on from there. */
  resume(nextOffset: Offset): void {
    const held = this.#held;
    invariant(held !== undefined && this.#queue.isEmpty, "resume follows hold");
    this.#held = undefined;
    this.#queue = held;
    this.#durable = nextOffset;
    this.#committed = nextOffset;
    this.#activeSince = firstTimeOf(this.#parts.segments.active);
    this.#parts.onCommitted();
    this.#startRoll();
  }

  /** Seals the active segment, unless it is empty, and starts a new one. */
  async roll(): Promise<void> {
    while (this.#rolling !== undefined) await this.#rolling;
    this.#parts.failure.checkUsable();
    const { active } = this.#parts.segments;
    if (active.nextOffset === active.baseOffset) return;
    this.#mustRoll = true;
    this.#startRoll();
    await this.#rolling;
    this.#parts.failure.checkUsable();
  }

  /** Resolves when no segment is being sealed. */
  async settleSeals(): Promise<void> {
    await Promise.all(this.#sealing);
  }

  /** Resolves when nothing of this writer is under way, whatever came of it. */
  async settle(): Promise<void> {
    while (this.#rolling !== undefined) await this.#rolling;
    await this.#io;
    await this.settleSeals();
  }

  #mayAppendTo(active: Segment, time: number): boolean {
    if (!this.#queue.isEmpty || this.#held !== undefined || this.#rolling !== undefined) {
      return false;
    }
    const since = this.#activeSince;
    if (since === undefined || time - since < this.#parts.segmentAgeMsMax) return true;
    this.#mustRoll = active.nextOffset > active.baseOffset;
    return !this.#mustRoll;
  }

  #enqueue(group: StagedGroup): void {
    this.#checkStaged(group.valueBytes + group.values.length * FRAME_OVERHEAD_BYTES);
    (this.#held ?? this.#queue).push(group.values, group.time, this.#next);
    this.#startRoll();
  }

  #checkStaged(framed: number): void {
    const { stagedBytesMax } = this.#parts;
    const staged = this.stagedBytes;
    if (staged > 0 && staged + framed > stagedBytesMax) throw overloaded(staged, stagedBytesMax);
  }

  #startRoll(): void {
    if (this.#rolling !== undefined || (this.#queue.isEmpty && !this.#mustRoll)) return;
    this.#rolling = this.#drain().then(
      () => {
        this.#rolling = undefined;
        this.#startRoll(); // what was appended between the end of the drain and here
      },
      (error: unknown) => {
        this.#rolling = undefined;
        this.#parts.failure.poison(error);
      },
    );
  }

  /** Moves the queue into segments, making new ones as needed. */
  async #drain(): Promise<void> {
    const { segments, stagedBytesMax } = this.#parts;
    for (;;) {
      const group = this.#queue.peek();
      const { active } = segments;
      if (this.#mustRoll || (group && !active.hasRoom(group.valueBytes, group.values.length))) {
        await this.#beginSegment();
      } else if (group === undefined) {
        return;
      } else if (
        active.stagedBytes > 0 &&
        active.stagedBytes + group.valueBytes > stagedBytesMax / 2
      ) {
        await this.#serially(() => active.flush());
      } else {
        this.#place(active, group);
        this.#queue.shift();
      }
    }
  }

  /**
   * Makes a new active segment. The old one is durable before anything can be written into the
   * new one, so that a crash leaves a prefix.
   */
  async #beginSegment(): Promise<void> {
    const { catalog, segments } = this.#parts;
    const old = segments.active;
    this.#mustRoll = false;
    if (old.nextOffset === old.baseOffset) return;
    await this.#serially(() => old.sync());
    this.#advance(old.nextOffset, true);
    segments.push(await catalog.create(old.nextOffset));
    this.#activeSince = undefined;
    this.counts.rolls++;
    const sealing = old.seal().catch((error: unknown) => this.#parts.failure.poison(error));
    this.#sealing.add(sealing);
    void sealing.then(() => this.#sealing.delete(sealing));
    this.#parts.onRolled();
  }

  #place(segment: Segment, { values, time }: StagedGroup): void {
    const last = values.length - 1;
    for (let i = 0; i <= last; i++) {
      try {
        segment.append(values[i] as Uint8Array, time, i < last);
      } catch (error) {
        // half a batch is staged and cannot be taken back: recovery drops it
        if (i > 0) this.#parts.failure.poison(error);
        throw error;
      }
    }
    this.#activeSince ??= time;
  }

  async #commit(how: "sync" | "flush", upTo: Offset): Promise<void> {
    const { failure, segments } = this.#parts;
    failure.checkUsable();
    for (let done = false; !done; ) {
      while (this.#rolling !== undefined) await this.#rolling;
      await this.#serially(async () => {
        const segment = segments.active;
        const covered = segment.nextOffset;
        if (how === "flush") await segment.flush();
        else if (this.#durable < covered) {
          await segment.sync();
          this.counts.syncs++;
        }
        this.#advance(covered, how === "sync");
        // a truncation may have come between: nothing beyond what segments get is waited for
        done = covered >= Math.min(upTo, this.#held === undefined ? this.#next : this.#placedEnd);
      });
    }
  }

  /** One call into the active segment after another; a failure poisons. */
  #serially(work: () => Promise<void>): Promise<void> {
    const result = this.#io.then(async () => {
      this.#parts.failure.checkUsable();
      try {
        await work();
      } catch (error) {
        this.#parts.failure.poison(error);
        throw this.#parts.failure.poisonError();
      }
    });
    this.#io = result.catch(() => {}); // whoever waits for `result` is told
    return result;
  }

  #advance(covered: Offset, durable: boolean): void {
    if (durable && covered > this.#durable) this.#durable = covered;
    const commits = durable || this.#parts.commitOn === "flush";
    // a truncation under way has already lowered what readers may see
    const bound = this.#held === undefined ? covered : Math.min(covered, this.#committed);
    if (commits && bound > this.#committed) {
      this.#committed = bound;
      this.#parts.onCommitted();
    }
  }
}

function firstTimeOf(segment: Segment): number | undefined {
  return segment.nextOffset === segment.baseOffset ? undefined : segment.timeOf(segment.baseOffset);
}
