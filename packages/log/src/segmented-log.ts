import { invalidArgument } from "@seglog/errors";
import type { SegmentCatalog } from "@seglog/segment";
import { checkBatch } from "./check-batch.ts";
import { CommitSignal } from "./commit-signal.ts";
import { Committer } from "./committer.ts";
import type {
  BatchesOptions,
  Log,
  LogCursor,
  LogRecord,
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  OpenCursorOptions,
  ReadOptions,
  SavedCursor,
  SegmentInfo,
  TailOptions,
} from "./contract.ts";
import { CutMarks } from "./cut-marks.ts";
import { publish } from "./log-channels.ts";
import { LogCursors } from "./log-cursors.ts";
import { LogFailure } from "./log-failure.ts";
import type { ResolvedLogOptions } from "./log-options.ts";
import { LogReader, type ReadableLog } from "./log-reader.ts";
import { logStats } from "./log-stats.ts";
import { LogWriter } from "./log-writer.ts";
import { ProgressPublisher } from "./progress-publisher.ts";
import type { RecoveredLog } from "./recover-segments.ts";
import { RetentionRunner } from "./retention-runner.ts";
import { RwLock } from "./rw-lock.ts";
import { committedRange, segmentInfos } from "./segment-info.ts";
import { SegmentSet } from "./segment-set.ts";
import { snapshotReader } from "./snapshot-reader.ts";
import { Truncator } from "./truncator.ts";

/** A {@link Log} over the segments of a catalog: ties writer, reader and truncator together. */
export class SegmentedLog implements Log {
  readonly path: string;
  readonly readOnly = false;
  readonly recovery: LogRecovery;
  readonly #catalog: SegmentCatalog;
  readonly #segments: SegmentSet;
  readonly #failure: LogFailure;
  /** The one lock: commits and reads share it; what removes records takes it alone. */
  readonly #lock: RwLock;
  readonly #committer: Committer;
  readonly #writer: LogWriter;
  readonly #truncator: Truncator;
  readonly #retention: RetentionRunner;
  readonly #cursors: LogCursors;
  readonly #readable: ReadableLog;
  readonly #reader: LogReader;
  #closing: Promise<void> | undefined;

  constructor(catalog: SegmentCatalog, recovered: RecoveredLog, options: ResolvedLogOptions) {
    const { firstOffset, nextOffset, lastTime } = recovered;
    const commits = new CommitSignal();
    const cuts = new CutMarks();
    const lock = new RwLock();
    const failure = new LogFailure(catalog.path, () => commits.notify());
    const segments = new SegmentSet(recovered.segments);
    const progress = new ProgressPublisher(catalog, recovered);
    const onCommitted = (): void => {
      progress.committed(committer.committedOffset);
      commits.notify();
    };
    const { commitOn, clock, retention } = options;
    const { path } = catalog;
    const committer = new Committer({ path, segments, failure, commitOn, onCommitted }, nextOffset);
    const onRolled = (): void => this.#rolled();
    const base = { catalog, segments, failure, committer };
    const writer = new LogWriter({ ...options, ...base, nextOffset, lastTime, onRolled });
    const cursors = new LogCursors({ catalog, failure, log: this });
    const own = { writer, lock, cuts, cursors, progress, firstOffset };
    const truncator = new Truncator({ ...base, ...own });
    const readable = { segments, failure, lock, cuts, commits, writer, committer, truncator };
    this.path = path;
    this.recovery = recovered.recovery;
    this.#catalog = catalog;
    this.#failure = failure;
    this.#lock = lock;
    this.#segments = segments;
    this.#committer = committer;
    this.#writer = writer;
    this.#truncator = truncator;
    this.#retention = new RetentionRunner({ segments, truncator, cursors, retention, clock });
    this.#cursors = cursors;
    this.#readable = readable;
    this.#reader = new LogReader(readable);
  }

  get firstOffset(): Offset {
    return this.#truncator.firstOffset;
  }

  get nextOffset(): Offset {
    return this.#writer.nextOffset;
  }

  get committedOffset(): Offset {
    return this.#committer.committedOffset;
  }

  get stagedBytes(): number {
    return this.#writer.stagedBytes;
  }

  offsetRange(): OffsetRange | undefined {
    this.#failure.checkOpen();
    return committedRange(this);
  }

  async refresh(): Promise<void> {
    this.#failure.checkOpen();
  }

  append(value: Uint8Array): Offset {
    if (!(value instanceof Uint8Array)) throw invalidArgument("value", value, "a Uint8Array");
    return this.#writer.append(value);
  }

  appendBatch(values: readonly Uint8Array[]): Offset {
    checkBatch(values);
    return this.#writer.appendBatch(values);
  }

  flush(): Promise<void> {
    return this.#commit("flush");
  }

  sync(): Promise<void> {
    return this.#commit("sync");
  }

  read(offset: Offset, options?: ReadOptions): LogRecord {
    return this.#reader.read(offset, options, false);
  }

  readView(offset: Offset, options?: ReadOptions): LogRecord {
    return this.#reader.read(offset, options, true);
  }

  batches(options?: BatchesOptions): AsyncIterableIterator<LogRecord[]> {
    return this.#reader.batches(options, false);
  }

  batchesView(options?: BatchesOptions): AsyncIterableIterator<LogRecord[]> {
    return this.#reader.batches(options, true);
  }

  tailBatches(options?: TailOptions): AsyncIterableIterator<LogRecord[]> {
    return this.#reader.tailBatches(options);
  }

  offsetAtTime(time: number): Offset {
    return this.#reader.offsetAtTime(time);
  }

  /** To be called once, before anything else. */
  async loadCursors(): Promise<void> {
    await this.#cursors.load();
  }

  cursor(name: string, options?: OpenCursorOptions): Promise<LogCursor> {
    return this.#cursors.open(name, options);
  }

  cursors(): Promise<SavedCursor[]> {
    return this.#cursors.list();
  }

  removeCursor(name: string): Promise<void> {
    return this.#cursors.remove(name);
  }

  async truncateBefore(offset: Offset): Promise<void> {
    this.#failure.checkUsable();
    await this.#truncator.truncateBefore(offset);
  }

  async truncateAfter(offset: Offset): Promise<void> {
    this.#failure.checkUsable();
    await this.#truncator.truncateAfter(offset);
  }

  async resume(): Promise<void> {
    this.#failure.checkOpen();
    await this.#truncator.resume();
  }

  async enforceRetention(): Promise<void> {
    this.#failure.checkUsable();
    await this.#retention.enforce();
  }

  segments(): SegmentInfo[] {
    this.#failure.checkOpen();
    return segmentInfos(this.#segments);
  }

  reader(): ReadableStream<Uint8Array> {
    this.#failure.checkOpen();
    return snapshotReader(this.#readable);
  }

  stats(): LogStats {
    this.#failure.checkOpen();
    const parts = { catalog: this.#catalog, segments: this.#segments, failure: this.#failure };
    return logStats(parts, {
      stagedBytes: this.stagedBytes,
      appends: this.#writer.appends,
      rolls: this.#writer.rolls,
      syncs: this.#committer.syncs,
      segmentsRemoved: this.#truncator.segmentsRemoved,
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Calls that came before this one are carried out; later ones are refused. */
  async #close(): Promise<void> {
    this.#failure.beginClose();
    let failure: unknown;
    try {
      if (this.#failure.isSound) await this.#commitAll("sync");
    } catch (error) {
      failure = error;
    }
    this.#failure.close();
    await this.#lock.withExclusive(async () => {
      await this.#writer.settle();
      await this.#cursors.settle();
      try {
        const { nextOffset } = this.#segments.active;
        await this.#segments.close();
        if (this.#failure.isSound) await this.#markClosed(nextOffset);
      } catch (error) {
        failure ??= error;
      } finally {
        await this.#catalog.close();
      }
    });
    await this.#retention.settle();
    if (this.#failure.isSound && failure !== undefined) throw failure;
    if (!this.#failure.isSound && this.#mayLose()) throw this.#failure.soundnessError();
  }

  /** Whether something appended was never committed, or is not known to be durable. */
  #mayLose(): boolean {
    const { committedOffset, durableOffset } = this.#committer;
    return Math.min(committedOffset, durableOffset) < this.nextOffset;
  }

  #markClosed(closedAt: Offset): Promise<void> {
    const { firstOffset } = this;
    const { lastTime } = this.#writer;
    return this.#catalog.saveState({ firstOffset, closedAt, truncatingTo: undefined, lastTime });
  }

  async #commit(how: "sync" | "flush"): Promise<void> {
    this.#failure.checkUsable();
    await this.#commitAll(how);
  }

  async #commitAll(how: "sync" | "flush"): Promise<void> {
    const upTo = this.nextOffset;
    const { tookBack } = this.#failure;
    if (!this.#lock.tryShared()) await this.#lock.shared();
    try {
      // a `resume` had its turn first: what this was called for is gone, and waited for in vain
      if (this.#failure.tookBack !== tookBack) throw this.#failure.tookBack;
      await this.#writer.commit(how, upTo);
    } finally {
      this.#lock.releaseShared();
    }
  }

  #rolled(): void {
    const { all, active } = this.#segments;
    publish("seglog:roll", () => ({
      path: this.path,
      baseOffset: active.baseOffset,
      segments: all.length,
      sealedBytes: all.at(-2)?.storeBytes ?? 0,
    }));
    this.#retention.start();
  }
}
