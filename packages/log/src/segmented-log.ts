import { invalidArgument } from "@seglog/errors";
import type { SegmentCatalog } from "@seglog/segment";
import { CommitSignal } from "./commit-signal.ts";
import { Committer } from "./committer.ts";
import type {
  BatchesOptions,
  Log,
  LogRecord,
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  ReadOptions,
  SegmentInfo,
  TailOptions,
} from "./contract.ts";
import { CutMarks } from "./cut-marks.ts";
import { publish } from "./log-channels.ts";
import { readOnly } from "./log-errors.ts";
import { LogFailure } from "./log-failure.ts";
import type { ResolvedLogOptions } from "./log-options.ts";
import { LogReader, type ReadableLog } from "./log-reader.ts";
import { LogWriter } from "./log-writer.ts";
import type { RecoveredLog } from "./recover-segments.ts";
import { RetentionRunner } from "./retention-runner.ts";
import { RwLock } from "./rw-lock.ts";
import { segmentInfo } from "./segment-info.ts";
import { SegmentSet } from "./segment-set.ts";
import { snapshotReader } from "./snapshot-reader.ts";
import { Truncator } from "./truncator.ts";

/** A {@link Log} over the segments of a catalog: ties writer, reader and truncator together. */
export class SegmentedLog implements Log {
  readonly path: string;
  readonly readOnly: boolean;
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
    const onCommitted = (): void => commits.notify();
    const { commitOn, clock, retention } = options;
    const { path } = catalog;
    const committer = new Committer({ path, segments, failure, commitOn, onCommitted }, nextOffset);
    const onRolled = (): void => this.#rolled();
    const base = { catalog, segments, failure, committer };
    const writer = new LogWriter({ ...options, ...base, nextOffset, lastTime, onRolled });
    const truncator = new Truncator({ ...base, writer, lock, cuts, firstOffset });
    const readable = { segments, failure, lock, cuts, commits, writer, committer, truncator };
    this.path = path;
    this.readOnly = catalog.readOnly;
    this.recovery = recovered.recovery;
    this.#catalog = catalog;
    this.#failure = failure;
    this.#lock = lock;
    this.#segments = segments;
    this.#committer = committer;
    this.#writer = writer;
    this.#truncator = truncator;
    this.#retention = new RetentionRunner({ segments, truncator, retention, clock });
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
    const { firstOffset, committedOffset } = this;
    if (committedOffset <= firstOffset) return undefined;
    return { lowest: firstOffset, highest: committedOffset - 1 };
  }

  append(value: Uint8Array): Offset {
    if (this.readOnly) this.#refuseWriting();
    if (!(value instanceof Uint8Array)) throw invalidArgument("value", value, "a Uint8Array");
    return this.#writer.append(value);
  }

  appendBatch(values: readonly Uint8Array[]): Offset {
    if (this.readOnly) this.#refuseWriting();
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

  async truncateBefore(offset: Offset): Promise<void> {
    if (this.readOnly) this.#refuseWriting();
    this.#failure.checkUsable();
    await this.#truncator.truncateBefore(offset);
  }

  async truncateAfter(offset: Offset): Promise<void> {
    if (this.readOnly) this.#refuseWriting();
    this.#failure.checkUsable();
    await this.#truncator.truncateAfter(offset);
  }

  async resume(): Promise<void> {
    if (this.readOnly) this.#refuseWriting();
    this.#failure.checkOpen();
    await this.#truncator.resume();
  }

  async enforceRetention(): Promise<void> {
    if (this.readOnly) this.#refuseWriting();
    this.#failure.checkUsable();
    await this.#retention.enforce();
  }

  segments(): SegmentInfo[] {
    this.#failure.checkOpen();
    const { active } = this.#segments;
    return this.#segments.all.map((segment) => segmentInfo(segment, segment === active));
  }

  reader(): ReadableStream<Uint8Array> {
    this.#failure.checkOpen();
    return snapshotReader(this.#readable);
  }

  stats(): LogStats {
    this.#failure.checkOpen();
    const { all } = this.#segments;
    return {
      segments: all.length,
      storeBytes: all.reduce((sum, segment) => sum + segment.storeBytes, 0),
      indexBytes: all.reduce((sum, segment) => sum + segment.indexBytes, 0),
      stagedBytes: this.stagedBytes,
      appends: this.#writer.appends,
      rolls: this.#writer.rolls,
      syncs: this.#committer.syncs,
      segmentsRemoved: this.#truncator.segmentsRemoved,
      mapper: this.#catalog.mapper,
      poisoned: this.#failure.isPoisoned,
      stalled: this.#failure.isStalled,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Calls that came before this one are carried out; later ones are refused. */
  async #close(): Promise<void> {
    this.#failure.beginClose();
    const mustSync = !this.readOnly && this.#failure.isSound;
    let failure: unknown;
    try {
      if (mustSync) await this.#commitAll("sync");
    } catch (error) {
      failure = error;
    }
    this.#failure.close();
    await this.#lock.withExclusive(async () => {
      await this.#writer.settle();
      try {
        const { nextOffset } = this.#segments.active;
        await this.#segments.close();
        if (!this.readOnly && this.#failure.isSound) await this.#markClosed(nextOffset);
      } catch (error) {
        failure ??= error;
      } finally {
        await this.#catalog.close();
      }
    });
    await this.#retention.settle();
    if (this.#failure.isSound && failure !== undefined) throw failure;
    if (!this.#failure.isSound && this.#hasLost(mustSync)) throw this.#failure.soundnessError();
  }

  /** Whether something appended was never committed, or not synced where that was to be done. */
  #hasLost(mustSync: boolean): boolean {
    const { committedOffset, durableOffset } = this.#committer;
    return Math.min(committedOffset, mustSync ? durableOffset : committedOffset) < this.nextOffset;
  }

  #markClosed(closedAt: Offset): Promise<void> {
    const { firstOffset } = this;
    const { lastTime } = this.#writer;
    return this.#catalog.saveState({ firstOffset, closedAt, truncatingTo: undefined, lastTime });
  }

  async #commit(how: "sync" | "flush"): Promise<void> {
    if (this.readOnly) this.#failure.checkOpen();
    else this.#failure.checkUsable();
    if (!this.readOnly) await this.#commitAll(how);
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

  #refuseWriting(): never {
    this.#failure.checkOpen();
    throw readOnly(this.path);
  }
}

function checkBatch(values: readonly Uint8Array[]): void {
  if (!Array.isArray(values) || values.length === 0) {
    throw invalidArgument("values", values, "an array of at least one Uint8Array");
  }
  for (let i = 0; i < values.length; i++) {
    if (values[i] instanceof Uint8Array) continue;
    throw invalidArgument(`values[${i}]`, values[i], "a Uint8Array");
  }
}
