import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import {
  type BatchLimits,
  checkBoolean,
  checkLimits,
  isUncommitted,
  lending,
} from "./batch-limits.ts";
import type { CommitSignal } from "./commit-signal.ts";
import type { Committer } from "./committer.ts";
import type { BatchesOptions, LogRecord, Offset, ReadOptions, TailOptions } from "./contract.ts";
import type { CutMark, CutMarks } from "./cut-marks.ts";
import { outOfRange } from "./log-errors.ts";
import type { LogFailure } from "./log-failure.ts";
import type { LogWriter } from "./log-writer.ts";
import type { RwLock } from "./rw-lock.ts";
import type { SegmentSet } from "./segment-set.ts";
import { FRAME_OVERHEAD_BYTES } from "./staging-queue.ts";
import type { Truncator } from "./truncator.ts";
import { TurnKeeper } from "./turn-keeper.ts";

/** Of a backward iteration's first batch, whose records may be large. */
const FIRST_WINDOW_RECORDS = 16;
const BATCH_OPTIONS = Object.freeze(["recordsMax", "bytesMax", "signal", "from"]);

/** What a reader sees of the log it belongs to. */
export interface ReadableLog {
  readonly segments: SegmentSet;
  readonly failure: LogFailure;
  readonly lock: RwLock;
  readonly cuts: CutMarks;
  readonly commits: Pick<CommitSignal, "wait">;
  readonly writer: Pick<LogWriter, "nextOffset" | "staging">;
  readonly committer: Pick<Committer, "committedOffset">;
  readonly truncator: Pick<Truncator, "firstOffset">;
}

/** A range being read, and how far it was cut since reading began. */
interface Cursor {
  readonly from: Offset;
  readonly to: Offset;
  readonly mark: CutMark;
  readonly uncommitted: boolean;
}

/** Single records, batches in both directions, tails, and the search by time. */
export class LogReader {
  readonly #log: ReadableLog;

  constructor(log: ReadableLog) {
    this.#log = log;
  }

  read(offset: Offset, options: ReadOptions | undefined, lend: boolean): LogRecord {
    this.#log.failure.checkOpen();
    checkInteger("offset", offset, { min: 0 });
    const uncommitted = options !== undefined && isUncommitted(options);
    const to = uncommitted ? this.#log.writer.nextOffset : this.#committed();
    if (offset < this.#first() || offset >= to) {
      throw outOfRange("offset", offset, { from: this.#first(), to });
    }
    const waiting = offset >= this.#committed() ? this.#waiting(offset) : undefined;
    if (waiting !== undefined) return waiting;
    const segment = this.#log.segments.find(offset);
    return lend ? segment.readView(offset) : segment.read(offset);
  }

  batches(options: BatchesOptions = {}, lend: boolean): AsyncIterableIterator<LogRecord[]> {
    this.#log.failure.checkOpen();
    checkOptions("options", options, [...BATCH_OPTIONS, "to", "reverse", "uncommitted"]);
    const { reverse = false, uncommitted = false, signal } = options;
    checkBoolean("reverse", reverse);
    checkBoolean("uncommitted", uncommitted);
    const limits = lend ? lending(checkLimits(options)) : checkLimits(options);
    const bound = this.#bound(uncommitted);
    const { from = this.#first(), to = bound } = options;
    this.#checkInRange("from", from, bound);
    this.#checkInRange("to", to, bound);
    const cursor = { from, to, uncommitted, mark: this.#log.cuts.begin() };
    const steps = reverse ? this.#backward : this.#forward;
    return this.#marked(cursor.mark, steps.call(this, cursor, limits, signal));
  }

  tailBatches(options: TailOptions = {}): AsyncIterableIterator<LogRecord[]> {
    this.#log.failure.checkOpen();
    checkOptions("options", options, BATCH_OPTIONS);
    const { from = "end", signal } = options;
    const limits = checkLimits(options);
    if (typeof from === "string") checkOneOf("from", from, ["start", "end"]);
    const start = from === "start" ? this.#first() : from === "end" ? this.#committed() : from;
    this.#checkInRange("from", start, this.#committed());
    // from the call on: a cut before the first `next` counts as well
    const mark = this.#log.cuts.begin();
    return this.#marked(mark, this.#tail({ at: start, mark }, limits, signal));
  }

  offsetAtTime(time: number): Offset {
    this.#log.failure.checkOpen();
    if (typeof time !== "number" || !(time >= 0)) {
      throw invalidArgument("time", time, "ms since the epoch, from 0");
    }
    let low = this.#first();
    let high = this.#committed();
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.#log.segments.find(middle).timeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // methods, not getters: private getters are calls into the engine's runtime, here 15 ns a read
  #first(): Offset {
    return this.#log.truncator.firstOffset;
  }

  #committed(): Offset {
    return this.#log.committer.committedOffset;
  }

  /** The record with `offset` that no segment has yet. */
  #waiting(offset: Offset): LogRecord | undefined {
    for (const queue of this.#log.writer.staging.newestFirst) {
      const record = queue.read(offset);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** `steps`; where they end, `mark` does. */
  async *#marked(
    mark: CutMark,
    steps: AsyncGenerator<LogRecord[], undefined>,
  ): AsyncGenerator<LogRecord[], undefined> {
    const turns = new TurnKeeper();
    try {
      for await (const batch of steps) {
        yield batch;
        if (turns.isOver()) await turns.next();
      }
    } finally {
      this.#log.cuts.end(mark);
    }
  }

  async *#forward(
    cursor: Cursor,
    limits: BatchLimits,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogRecord[], undefined> {
    for (let at = cursor.from; ; ) {
      signal?.throwIfAborted();
      const batch = await this.#shared(() => this.#ahead(at, cursor, limits));
      const last = batch.at(-1);
      if (last === undefined) return;
      at = last.offset + 1;
      yield batch;
    }
  }

  async *#backward(
    cursor: Cursor,
    limits: BatchLimits,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogRecord[], undefined> {
    let window = Math.min(limits.recordsMax, FIRST_WINDOW_RECORDS);
    for (let at = cursor.to; ; ) {
      signal?.throwIfAborted();
      const end = at;
      const recordsMax = window;
      const batch = await this.#shared(() => this.#behind(end, cursor, { ...limits, recordsMax }));
      const last = batch.at(-1);
      if (last === undefined) return;
      at = last.offset;
      // doubled while bytesMax is not reached; where it is, no further back than needed
      window = Math.min(limits.recordsMax, batch.length * 2);
      yield batch;
    }
  }

  async *#tail(
    start: { readonly at: Offset; readonly mark: CutMark },
    limits: BatchLimits,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogRecord[], undefined> {
    const { failure, commits } = this.#log;
    const { mark } = start;
    const isOver = (): boolean => failure.isClosed || signal?.aborted === true;
    let { at } = start;
    for (;;) {
      if (isOver()) return;
      const batch = await this.#shared(() => {
        if (failure.isClosed) return [];
        // never before the first record: there is nothing to come, and no end to looking
        at = Math.max(Math.min(at, mark.take()), this.#first());
        const to = this.#committed();
        return this.#ahead(at, { from: at, to, mark, uncommitted: false }, limits);
      });
      const last = batch.at(-1);
      if (last !== undefined) {
        at = last.offset + 1;
        yield batch;
        continue;
      }
      if (isOver()) return;
      if (at < this.#committed() || mark.lowest < Number.POSITIVE_INFINITY) continue;
      if (failure.isPoisoned) throw failure.poisonError();
      await commits.wait(signal);
    }
  }

  /** Successive records from `at`, or from the first retained one behind it. */
  #ahead(at: Offset, cursor: Cursor, limits: BatchLimits): LogRecord[] {
    const { failure, segments } = this.#log;
    failure.checkReadable();
    const from = Math.max(at, this.#first());
    const to = this.#endOf(cursor);
    if (from >= to) return [];
    const segment = segments.find(from);
    if (from < segment.nextOffset) return segment.scan(from, { ...limits, to });
    return this.#fromQueues(from, to, limits);
  }

  /** Records before `end`, descending: as many as the limits allow. */
  #behind(end: Offset, cursor: Cursor, limits: BatchLimits): LogRecord[] {
    const { failure, segments } = this.#log;
    failure.checkReadable();
    const to = Math.min(end, this.#endOf(cursor));
    const low = Math.max(cursor.from, this.#first());
    if (to <= low) return [];
    const segment = segments.find(to - 1);
    const lowest = Math.max(low, segment.baseOffset);
    // a window that bytesMax does not let reach its end is halved: one record always fits
    for (let window = Math.min(limits.recordsMax, to - lowest); ; window = Math.ceil(window / 2)) {
      const from = to - window;
      const batch =
        to <= segment.nextOffset
          ? segment.scan(from, { ...limits, to })
          : this.#fromQueues(Math.max(from, segment.nextOffset), to, limits);
      const last = batch.at(-1);
      if (last === undefined) return [];
      if (last.offset + 1 === to) return batch.reverse();
    }
  }

  #fromQueues(from: Offset, to: Offset, limits: BatchLimits): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (let offset = from; offset < to && records.length < limits.recordsMax; offset++) {
      const record = this.#waiting(offset);
      if (record === undefined) break;
      bytes += record.value.length + FRAME_OVERHEAD_BYTES;
      if (bytes > limits.bytesMax && records.length > 0) break;
      records.push(record);
    }
    return records;
  }

  #endOf({ to, mark, uncommitted }: Cursor): Offset {
    return Math.min(to, this.#bound(uncommitted), mark.lowest);
  }

  #bound(uncommitted: boolean): Offset {
    // while a truncation is under way a segment still holds what the queue is to replace
    const { nextOffset, staging } = this.#log.writer;
    return uncommitted && !staging.isHeld ? nextOffset : this.#committed();
  }

  /** One batch is read in one go, under the shared hold: nothing is removed under it. */
  #shared<T>(work: () => T): Promise<T> {
    return this.#log.lock.withSharedNow(work);
  }

  #checkInRange(name: string, value: number, bound: Offset): void {
    checkInteger(name, value, { min: 0 });
    if (value < this.#first() || value > bound) {
      throw outOfRange(name, value, { from: this.#first(), to: bound + 1 });
    }
  }
}
