import type { SegmentCatalog } from "@seglog/segment";
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
import { openView } from "./follow-view.ts";
import { LogCursors } from "./log-cursors.ts";
import { readOnly } from "./log-errors.ts";
import { LogFailure } from "./log-failure.ts";
import { isPassing, LogFollower } from "./log-follower.ts";
import { LogReader, type ReadableLog } from "./log-reader.ts";
import { type LogCounts, logStats } from "./log-stats.ts";
import { Lookout } from "./lookout.ts";
import { RwLock } from "./rw-lock.ts";
import { committedRange, segmentInfos } from "./segment-info.ts";
import { snapshotReader } from "./snapshot-reader.ts";
import { StagingArea } from "./staging-area.ts";

/** Whoever follows writes nothing. */
const NO_COUNTS: LogCounts = Object.freeze({
  stagedBytes: 0,
  appends: 0,
  rolls: 0,
  syncs: 0,
  segmentsRemoved: 0,
});

/** Opens a read-only catalog as a log that follows its writer. */
export async function followLog(catalog: SegmentCatalog): Promise<Log> {
  const lock = new RwLock();
  const failure = new LogFailure(catalog.path, () => {});
  const view = await openView(catalog);
  return new FollowedLog(catalog, new LogFollower({ catalog, view, lock, failure }), {
    lock,
    failure,
  });
}

/** A {@link Log} that somebody else writes, or nobody. Changes nothing. */
class FollowedLog implements Log {
  readonly path: string;
  readonly readOnly = true;
  readonly recovery: LogRecovery;
  readonly stagedBytes = 0;
  readonly #catalog: SegmentCatalog;
  readonly #follower: LogFollower;
  readonly #failure: LogFailure;
  readonly #lock: RwLock;
  readonly #lookout: Lookout;
  readonly #readable: ReadableLog;
  readonly #reader: LogReader;
  readonly #cursors: LogCursors;
  #closing: Promise<void> | undefined;

  constructor(
    catalog: SegmentCatalog,
    follower: LogFollower,
    { lock, failure }: { readonly lock: RwLock; readonly failure: LogFailure },
  ) {
    this.path = catalog.path;
    this.recovery = follower.recovery;
    this.#catalog = catalog;
    this.#follower = follower;
    this.#failure = failure;
    this.#lock = lock;
    this.#lookout = new Lookout({
      look: () => follower.advance(),
      watch: (onHint) => catalog.watch(onHint),
      onFailure: (error) => {
        if (!isPassing(error)) failure.poison(error);
      },
    });
    this.#readable = {
      segments: follower.segments,
      cuts: follower.cuts,
      commits: this.#lookout,
      committer: follower,
      truncator: follower,
      writer: new NothingStaged(follower),
      failure,
      lock,
    };
    this.#reader = new LogReader(this.#readable);
    this.#cursors = new LogCursors({ catalog, failure, log: this });
  }

  get firstOffset(): Offset {
    return this.#follower.firstOffset;
  }

  get nextOffset(): Offset {
    return this.#follower.committedOffset;
  }

  get committedOffset(): Offset {
    return this.#follower.committedOffset;
  }

  offsetRange(): OffsetRange | undefined {
    this.#failure.checkOpen();
    return committedRange(this);
  }

  async refresh(): Promise<void> {
    this.#failure.checkOpen();
    if (await this.#follower.advance()) this.#lookout.notify();
  }

  append(): Offset {
    return this.#refuse();
  }

  appendBatch(): Offset {
    return this.#refuse();
  }

  async flush(): Promise<void> {
    this.#failure.checkOpen();
  }

  async sync(): Promise<void> {
    this.#failure.checkOpen();
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

  cursor(name: string, options?: OpenCursorOptions): Promise<LogCursor> {
    return this.#cursors.open(name, options);
  }

  cursors(): Promise<SavedCursor[]> {
    return this.#cursors.list();
  }

  async removeCursor(): Promise<void> {
    this.#refuse();
  }

  async truncateBefore(): Promise<void> {
    this.#refuse();
  }

  async truncateAfter(): Promise<void> {
    this.#refuse();
  }

  async resume(): Promise<void> {
    this.#refuse();
  }

  async enforceRetention(): Promise<void> {
    this.#refuse();
  }

  segments(): SegmentInfo[] {
    this.#failure.checkOpen();
    return segmentInfos(this.#follower.segments);
  }

  reader(): ReadableStream<Uint8Array> {
    this.#failure.checkOpen();
    return snapshotReader(this.#readable);
  }

  stats(): LogStats {
    this.#failure.checkOpen();
    const parts = {
      catalog: this.#catalog,
      segments: this.#follower.segments,
      failure: this.#failure,
    };
    return logStats(parts, NO_COUNTS);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#failure.close();
    await this.#lookout.stop();
    await this.#follower.settle();
    await this.#lock.withExclusive(async () => {
      try {
        await this.#follower.segments.close();
      } finally {
        await this.#catalog.close();
      }
    });
  }

  #refuse(): never {
    this.#failure.checkOpen();
    throw readOnly(this.path);
  }
}

/** What a reader looks at where a log that is written has records on their way. */
class NothingStaged {
  readonly staging: StagingArea = new StagingArea(0);
  readonly #follower: LogFollower;

  constructor(follower: LogFollower) {
    this.#follower = follower;
  }

  get nextOffset(): Offset {
    return this.#follower.committedOffset;
  }
}
