import { hasCode, invalidArgument } from "@seglog/errors";
import type { Segment, SegmentCatalog } from "@seglog/segment";
import { CommitSignal } from "./commit-signal.ts";
import type {
  BatchesOptions,
  Log,
  LogRecord,
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  ReadOptions,
  Retention,
  SegmentInfo,
  TailOptions,
} from "./contract.ts";
import { CutHistory } from "./cut-history.ts";
import { readOnly } from "./log-errors.ts";
import { LogFailure } from "./log-failure.ts";
import type { ResolvedLogOptions } from "./log-options.ts";
import { LogReader, type ReadableLog } from "./log-reader.ts";
import { LogWriter } from "./log-writer.ts";
import type { RecoveredLog } from "./recover-segments.ts";
import { retainedFrom } from "./retention.ts";
import { RwLock } from "./rw-lock.ts";
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
  readonly #lock = new RwLock();
  readonly #commits = new CommitSignal();
  readonly #writer: LogWriter;
  readonly #truncator: Truncator;
  readonly #readable: ReadableLog;
  readonly #reader: LogReader;
  readonly #retention: Retention;
  readonly #clock: () => number;
  #retaining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(catalog: SegmentCatalog, recovered: RecoveredLog, options: ResolvedLogOptions) {
    this.path = catalog.path;
    this.readOnly = catalog.readOnly;
    this.recovery = recovered.recovery;
    this.#catalog = catalog;
    this.#retention = options.retention;
    this.#clock = options.clock;
    const failure = new LogFailure(catalog.path, () => this.#commits.notify());
    const segments = new SegmentSet(recovered.segments);
    const writer = new LogWriter({
      ...options,
      catalog,
      segments,
      failure,
      lastTime: recovered.lastTime,
      onCommitted: () => this.#commits.notify(),
      onRolled: () => this.#retainInBackground(),
    });
    const cuts = new CutHistory();
    const { firstOffset } = recovered;
    const lock = this.#lock;
    const parts = { catalog, segments, writer, lock, failure, cuts, firstOffset };
    const truncator = new Truncator(parts);
    this.#failure = failure;
    this.#segments = segments;
    this.#writer = writer;
    this.#truncator = truncator;
    this.#readable = readableLog(
      { segments, failure, lock, cuts, writer, truncator },
      this.#commits,
    );
    this.#reader = new LogReader(this.#readable);
  }

  get firstOffset(): Offset {
    return this.#truncator.firstOffset;
  }

  get nextOffset(): Offset {
    return this.#writer.nextOffset;
  }

  get committedOffset(): Offset {
    return this.#writer.committedOffset;
  }

  get stagedBytes(): number {
    return this.#writer.stagedBytes;
  }

  offsetRange(): OffsetRange | undefined {
    const { firstOffset, committedOffset } = this;
    if (committedOffset <= firstOffset) return undefined;
    return { lowest: firstOffset, highest: committedOffset - 1 };
  }

  append(value: Uint8Array): Offset {
    if (this.readOnly) throw readOnly(this.path);
    checkValue("value", value);
    return this.#writer.append(value);
  }

  appendBatch(values: readonly Uint8Array[]): Offset {
    if (this.readOnly) throw readOnly(this.path);
    if (!Array.isArray(values) || values.length === 0) {
      throw invalidArgument("values", values, "an array of at least one Uint8Array");
    }
    for (const [i, value] of values.entries()) checkValue(`values[${i}]`, value);
    return this.#writer.appendBatch(values);
  }

  flush(): Promise<void> {
    return this.#lock.withShared(() => this.#writer.flush());
  }

  sync(): Promise<void> {
    return this.#lock.withShared(() => this.#writer.sync());
  }

  read(offset: Offset, options?: ReadOptions): LogRecord {
    return this.#reader.read(offset, options, false);
  }

  readView(offset: Offset, options?: ReadOptions): LogRecord {
    return this.#reader.read(offset, options, true);
  }

  batches(options?: BatchesOptions): AsyncIterableIterator<LogRecord[]> {
    return this.#reader.batches(options);
  }

  tailBatches(options?: TailOptions): AsyncIterableIterator<LogRecord[]> {
    return this.#reader.tailBatches(options);
  }

  offsetAtTime(time: number): Offset {
    return this.#reader.offsetAtTime(time);
  }

  async truncateBefore(offset: Offset): Promise<void> {
    if (this.readOnly) throw readOnly(this.path);
    await this.#truncator.truncateBefore(offset);
  }

  async truncateAfter(offset: Offset): Promise<void> {
    if (this.readOnly) throw readOnly(this.path);
    await this.#truncator.truncateAfter(offset);
  }

  async enforceRetention(): Promise<void> {
    if (this.readOnly) throw readOnly(this.path);
    this.#failure.checkUsable();
    const from = retainedFrom(this.segments(), this.#retention, this.#clock());
    if (from > this.firstOffset) await this.#truncator.truncateBefore(from);
  }

  segments(): SegmentInfo[] {
    this.#failure.checkOpen();
    const { active } = this.#segments;
    return this.#segments.all.map((segment) => describe(segment, segment === active));
  }

  reader(): ReadableStream<Uint8Array> {
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
      ...this.#writer.counts,
      segmentsRemoved: this.#truncator.segmentsRemoved,
      mapper: this.#catalog.mapper,
      poisoned: this.#failure.isPoisoned,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    let failure: unknown;
    try {
      // calls that came before this one are carried out; later ones are refused
      if (!this.readOnly && !this.#failure.isPoisoned) await this.sync();
    } catch (error) {
      failure = error;
    }
    this.#failure.close();
    await this.#lock.withExclusive(async () => {
      await this.#writer.settle();
      const { nextOffset } = this.#segments.active;
      try {
        await this.#segments.close();
        if (!this.readOnly && !this.#failure.isPoisoned) await this.#markClosed(nextOffset);
      } catch (error) {
        failure ??= error;
      } finally {
        await this.#catalog.close();
      }
    });
    await this.#retaining;
    if (failure !== undefined && !this.#failure.isPoisoned) throw failure;
  }

  #markClosed(closedAt: Offset): Promise<void> {
    const { firstOffset } = this;
    const { lastTime } = this.#writer;
    return this.#catalog.saveState({ firstOffset, closedAt, truncatingTo: undefined, lastTime });
  }

  #retainInBackground(): void {
    this.#retaining ??= this.enforceRetention()
      .catch((error: unknown) => {
        // a failed removal poisons by itself; "closed" and "poisoned" are told to those who ask
        if (!this.#failure.isClosed) this.#failure.poison(error);
      })
      .then(() => {
        this.#retaining = undefined;
      });
  }
}

function readableLog(
  parts: Pick<ReadableLog, "segments" | "failure" | "lock" | "cuts"> & {
    readonly writer: LogWriter;
    readonly truncator: Truncator;
  },
  commits: CommitSignal,
): ReadableLog {
  const { segments, failure, lock, cuts, writer, truncator } = parts;
  return {
    segments,
    failure,
    lock,
    cuts,
    commits,
    get firstOffset() {
      return truncator.firstOffset;
    },
    get nextOffset() {
      return writer.nextOffset;
    },
    get committedOffset() {
      return writer.committedOffset;
    },
    get waiting() {
      return writer.waiting;
    },
  };
}

function describe(segment: Segment, active: boolean): SegmentInfo {
  const { baseOffset, nextOffset, storeBytes, indexBytes } = segment;
  const isEmpty = nextOffset === baseOffset;
  return {
    baseOffset,
    nextOffset,
    storeBytes,
    indexBytes,
    active,
    firstTime: isEmpty ? undefined : timeOf(segment, baseOffset),
    lastTime: isEmpty ? undefined : timeOf(segment, nextOffset - 1),
  };
}

function timeOf(segment: Segment, offset: Offset): number | undefined {
  try {
    return segment.timeOf(offset);
  } catch (error) {
    // who reads the record is told of its damage; a listing must not fail for it
    if (hasCode(error, "ERR_SEGLOG_CORRUPT")) return undefined;
    throw error;
  }
}

function checkValue(name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw invalidArgument(name, value, "a Uint8Array");
}
