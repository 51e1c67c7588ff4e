import { inspect } from "node:util";
import { checkOptions, hasCode, invalidArgument, SeglogError } from "@seglog/errors";
import type { GroupCommit } from "@seglog/groupcommit";
import type {
  Log,
  LogRecord,
  LogRecovery,
  Offset,
  OffsetRange,
  OpenCursorOptions,
  SavedCursor,
  SegmentInfo,
} from "@seglog/log";
import { checkAppendOptions } from "./check-append-options.ts";
import { codecError } from "./codec-error.ts";
import { bytes } from "./codecs.ts";
import type {
  AppendOptions,
  BatchesOptions,
  Codec,
  Cursor,
  ReadOptions,
  Seglog,
  SeglogStats,
  TailOptions,
  TypedRecord,
} from "./contract.ts";
import { describeLog } from "./describe-log.ts";
import { RecordIterator } from "./record-iterator.ts";
import { readableOf, writableTo } from "./record-streams.ts";
import { typedCursor } from "./typed-cursor.ts";

/** Bytes that a staged record counts beside its length. */
const RECORD_OVERHEAD_BYTES = 16;

/** A batch lies in one segment, whose store is mapped as one range below 2 GiB. */
const BATCH_BYTES_LIMIT = 2 ** 30;

const { decode: AS_THEY_ARE } = bytes();

/** What `openLog` composed. */
export interface TypedLogParts<In, Out> {
  readonly log: Log;
  readonly commits: GroupCommit;
  readonly codec: Codec<In, Out>;
  /** Called once, when closing begins. */
  readonly onClose: () => void;
}

/** Group commit over a log, with values in and out. */
export class TypedLog<In, Out> implements Seglog<In, Out> {
  readonly #log: Log;
  readonly #commits: GroupCommit;
  readonly #codec: Codec<In, Out>;
  readonly #onClose: () => void;
  #closing: Promise<void> | undefined;

  static {
    // as a method it would have no name that declarations can be made of without inference
    const value = function (this: Seglog<never, unknown>): string {
      return describeLog(this);
    };
    Object.defineProperty(TypedLog.prototype, inspect.custom, { value });
  }

  constructor(parts: TypedLogParts<In, Out>) {
    this.#log = parts.log;
    this.#commits = parts.commits;
    this.#codec = parts.codec;
    this.#onClose = parts.onClose;
  }

  get path(): string {
    return this.#log.path;
  }

  get readOnly(): boolean {
    return this.#log.readOnly;
  }

  get recovery(): LogRecovery {
    return this.#log.recovery;
  }

  get firstOffset(): Offset {
    return this.#log.firstOffset;
  }

  get nextOffset(): Offset {
    return this.#log.nextOffset;
  }

  get committedOffset(): Offset {
    return this.#log.committedOffset;
  }

  append(value: In, options?: AppendOptions): Promise<Offset> {
    try {
      checkAppendOptions(options);
      return this.#commits.append(this.#encode(value), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async appendBatch(values: readonly In[], options?: AppendOptions): Promise<Offset> {
    checkAppendOptions(options);
    return this.#commits.submit({ ...this.#batchOf(values), signal: options?.signal });
  }

  write(value: In): Offset {
    return this.#commits.stage(this.#encode(value));
  }

  writeBatch(values: readonly In[]): Offset {
    return this.#commits.stageBy(this.#batchOf(values));
  }

  ready(): Promise<void> {
    return this.#commits.ready();
  }

  async sync(): Promise<void> {
    await this.#commits.flush();
    await this.#log.sync();
  }

  read(offset: Offset, options?: ReadOptions): TypedRecord<Out> {
    return this.#decode(this.#log.read(offset, options));
  }

  readView(offset: Offset, options?: ReadOptions): TypedRecord<Out> {
    return this.#decode(this.#log.readView(offset, options));
  }

  batches(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>[]> {
    return this.#decoded(this.#log.batches(options));
  }

  batchesView(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>[]> {
    return this.#decoded(this.#log.batchesView(options));
  }

  records(options?: BatchesOptions): AsyncIterableIterator<TypedRecord<Out>> {
    return new RecordIterator(this.batches(options));
  }

  tail(options: TailOptions = {}): AsyncIterableIterator<TypedRecord<Out>> {
    checkOptions("options", options, ["from", "signal"]);
    return new RecordIterator(this.#decoded(this.#log.tailBatches(options)));
  }

  readable(options?: BatchesOptions): ReadableStream<TypedRecord<Out>> {
    return readableOf(this.batches(options));
  }

  writable(): WritableStream<In> {
    return writableTo(this);
  }

  async cursor(name: string, options?: OpenCursorOptions): Promise<Cursor<Out>> {
    return typedCursor(await this.#log.cursor(name, options), this);
  }

  cursors(): Promise<SavedCursor[]> {
    return this.#log.cursors();
  }

  removeCursor(name: string): Promise<void> {
    return this.#log.removeCursor(name);
  }

  refresh(): Promise<void> {
    return this.#log.refresh();
  }

  offsetRange(): OffsetRange | undefined {
    return this.#log.offsetRange();
  }

  offsetAtTime(time: number): Offset {
    return this.#log.offsetAtTime(time);
  }

  truncateBefore(offset: Offset): Promise<void> {
    return this.#log.truncateBefore(offset);
  }

  truncateAfter(offset: Offset): Promise<void> {
    return this.#log.truncateAfter(offset);
  }

  segments(): SegmentInfo[] {
    return this.#log.segments();
  }

  reader(): ReadableStream<Uint8Array> {
    return this.#log.reader();
  }

  stats(): SeglogStats {
    return { ...this.#log.stats(), groupCommit: this.#commits.stats() };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#onClose();
    try {
      await this.#commits.close();
    } finally {
      await this.#log.close();
    }
  }

  /** What group commit is to count for `values`, and how they are staged. */
  #batchOf(values: readonly In[]): { bytes: number; stage: () => Offset } {
    if (!Array.isArray(values) || values.length === 0) {
      throw invalidArgument("values", values, "an array of at least one value");
    }
    let bytes = values.length * RECORD_OVERHEAD_BYTES;
    const records = new Array<Uint8Array>(values.length);
    for (let i = 0; i < values.length; i++) {
      const record = this.#encode(values[i] as In);
      records[i] = record;
      bytes += record.length;
    }
    if (bytes > BATCH_BYTES_LIMIT) {
      throw new SeglogError(
        "ERR_SEGLOG_RECORD_TOO_LARGE",
        `a batch of ${bytes} bytes is larger than the limit of ${BATCH_BYTES_LIMIT}`,
        { bytes, bytesMax: BATCH_BYTES_LIMIT },
      );
    }
    return { bytes, stage: () => this.#log.appendBatch(records) };
  }

  #encode(value: In): Uint8Array {
    if (this.#log.readOnly) {
      const { path } = this.#log;
      throw new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened read-only`, { path });
    }
    let record: unknown;
    try {
      record = this.#codec.encode(value);
    } catch (error) {
      if (hasCode(error, "ERR_SEGLOG_INVALID_ARGUMENT")) throw error;
      throw codecError("encode", error);
    }
    if (!(record instanceof Uint8Array)) {
      throw codecError("encode", invalidArgument("encode", record, "a function to Uint8Array"));
    }
    return record;
  }

  /** The same object where decoding leaves the bytes as they are: nobody else has it. */
  #decode(record: LogRecord): TypedRecord<Out> {
    const { offset, time, value } = record;
    try {
      const decoded: unknown = this.#codec.decode(value);
      return (decoded === value ? record : { offset, time, value: decoded }) as TypedRecord<Out>;
    } catch (error) {
      throw codecError("decode", error, offset);
    }
  }

  #decoded(batches: AsyncIterableIterator<LogRecord[]>): AsyncIterableIterator<TypedRecord<Out>[]> {
    const decode: unknown = this.#codec.decode;
    if (decode !== AS_THEY_ARE) return this.#decodedOneByOne(batches);
    // the log's records are what is wanted: nothing between, and nothing made
    return batches as AsyncIterableIterator<TypedRecord<unknown>[]> as AsyncIterableIterator<
      TypedRecord<Out>[]
    >;
  }

  async *#decodedOneByOne(
    batches: AsyncIterable<LogRecord[]>,
  ): AsyncGenerator<TypedRecord<Out>[], undefined> {
    for await (const batch of batches) {
      const decoded: TypedRecord<Out>[] = [];
      try {
        for (const record of batch) decoded.push(this.#decode(record));
      } catch (error) {
        // what comes before the one that cannot be decoded is delivered first
        if (decoded.length > 0) yield decoded;
        throw error;
      }
      yield decoded;
    }
  }
}
