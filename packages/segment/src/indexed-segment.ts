import { checkInteger, hasCode, invariant, SeglogError } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { AppendOptions, Store } from "@seglog/store";
import type { Offset, Segment, SegmentRecord, SegmentScanLimits } from "./contract.ts";
import { countRecords, rebuildIndex } from "./rebuild-index.ts";
import { RECORD_HEAD_BYTES, readTime, TIME_LIMIT, writeRecordHead } from "./record-head.ts";

/** Bytes that framing adds to a value: the segment's head and the store's frame header. */
const FRAME_OVERHEAD_BYTES = 16;

/** What `openSegment` found and decided. */
export interface SegmentParts {
  readonly path: string;
  readonly baseOffset: Offset;
  readonly nextOffset: Offset;
  readonly store: Store;
  readonly index: Index;
  readonly segmentBytesMax: number;
  readonly indexEntriesMax: number;
  readonly indexRebuilt: boolean;
}

/** A {@link Segment} over any store and any index. */
export class IndexedSegment implements Segment {
  readonly baseOffset: Offset;
  readonly tornBytes: number;
  readonly #path: string;
  readonly #store: Store;
  readonly #index: Index;
  readonly #segmentBytesMax: number;
  readonly #indexEntriesMax: number;
  #nextOffset: Offset;
  #indexRebuilt: boolean;
  /** Whether a read had the index written anew: after that a bad frame is the store's. */
  #indexRewritten = false;
  #sealed = false;
  /** Head of the record being appended; its time changes at most once a ms. */
  readonly #head = new Uint8Array(RECORD_HEAD_BYTES);
  #headTime = -1;
  readonly #alone: AppendOptions = { head: this.#head };
  readonly #inBatch: AppendOptions = { head: this.#head, batchContinues: true };

  constructor(parts: SegmentParts) {
    this.baseOffset = parts.baseOffset;
    this.#path = parts.path;
    this.#store = parts.store;
    this.#index = parts.index;
    this.#segmentBytesMax = parts.segmentBytesMax;
    this.#indexEntriesMax = parts.indexEntriesMax;
    this.#nextOffset = parts.nextOffset;
    this.#indexRebuilt = parts.indexRebuilt;
    this.tornBytes = parts.store.tornBytes;
  }

  get nextOffset(): Offset {
    return this.#nextOffset;
  }

  get storeBytes(): number {
    return this.#store.size;
  }

  get indexBytes(): number {
    return this.#index.bytes;
  }

  get stagedBytes(): number {
    return this.#store.stagedBytes;
  }

  get indexRebuilt(): boolean {
    return this.#indexRebuilt;
  }

  get isFull(): boolean {
    return (
      this.#store.size >= this.#segmentBytesMax ||
      this.#nextOffset - this.baseOffset >= this.#indexEntriesMax
    );
  }

  hasRoom(recordBytes: number, recordCount: number): boolean {
    const held = this.#nextOffset - this.baseOffset;
    if (held === 0) return true;
    const bytes = recordBytes + recordCount * FRAME_OVERHEAD_BYTES;
    return (
      this.#store.size + bytes <= this.#segmentBytesMax &&
      held + recordCount <= this.#indexEntriesMax
    );
  }

  append(value: Uint8Array, time: number, batchContinues: boolean): Offset {
    if (this.#sealed) throw sealedError(this.#path);
    if (time !== this.#headTime) this.#setTime(time);
    const offset = this.#nextOffset;
    const position = this.#store.size;
    // the entry first: if the store then refuses, an entry is easier to take back than a record
    this.#index.write(offset, position);
    let at: number;
    try {
      at = this.#store.append(value, batchContinues ? this.#inBatch : this.#alone);
    } catch (error) {
      this.#index.truncate(offset);
      throw error;
    }
    invariant(at === position, "a store's size is the position of its next record");
    this.#nextOffset = offset + 1;
    return offset;
  }

  read(offset: Offset): SegmentRecord {
    const record = this.#record(offset);
    return { offset, time: readTime(record), value: record.slice(RECORD_HEAD_BYTES) };
  }

  readView(offset: Offset): SegmentRecord {
    return toRecord(offset, this.#record(offset));
  }

  timeOf(offset: Offset): number {
    return readTime(this.#record(offset));
  }

  scan(from: Offset, limits: SegmentScanLimits): SegmentRecord[] {
    checkInteger("from", from, { min: 0 });
    const to = Math.min(limits.to, this.#nextOffset);
    if (from < this.baseOffset || from > this.#nextOffset) throw this.#outOfRange("from", from);
    if (from >= to) return [];
    const recordsMax = Math.min(limits.recordsMax, to - from);
    const found = this.#healing(() => {
      const scan = this.#store.scan(this.#positionOf(from), {
        recordsMax,
        bytesMax: limits.bytesMax,
      });
      this.#checkFollower(from + scan.records.length, scan.next);
      return scan;
    });
    const records = new Array<SegmentRecord>(found.records.length);
    for (let i = 0; i < records.length; i++) {
      const record = found.records[i] as Uint8Array;
      if (record.length < RECORD_HEAD_BYTES) throw this.#corrupt(from + i);
      records[i] = toRecord(from + i, record);
    }
    return records;
  }

  flush(): Promise<void> {
    return this.#store.flush();
  }

  sync(): Promise<void> {
    return this.#store.sync();
  }

  async truncate(offset: Offset): Promise<void> {
    checkInteger("offset", offset, { min: 0 });
    if (this.#sealed) throw sealedError(this.#path);
    if (offset < this.baseOffset || offset > this.#nextOffset) {
      throw this.#outOfRange("offset", offset);
    }
    if (offset === this.#nextOffset) return this.#store.sync();
    const position = this.#healing(() => this.#positionOf(offset));
    this.#nextOffset = offset;
    this.#index.truncate(offset);
    await this.#store.truncate(position);
  }

  async seal(): Promise<void> {
    if (this.#sealed) return;
    this.#sealed = true;
    await this.#store.truncate(this.#store.size);
    await this.#index.sync();
  }

  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      await this.#index.close();
    }
  }

  #setTime(time: number): void {
    checkInteger("time", time, { min: 0, max: TIME_LIMIT - 1 });
    writeRecordHead(this.#head, time);
    this.#headTime = time;
  }

  /** The whole record, head first; lent as by `Store.readView`. */
  #record(offset: Offset): Uint8Array {
    checkInteger("offset", offset, { min: 0 });
    if (offset < this.baseOffset || offset >= this.#nextOffset) {
      throw this.#outOfRange("offset", offset);
    }
    const record = this.#healing(() => {
      const position = this.#positionOf(offset);
      const view = this.#store.readView(position);
      this.#checkFollower(offset + 1, this.#store.next(position));
      return view;
    });
    if (record.length < RECORD_HEAD_BYTES) throw this.#corrupt(offset);
    return record;
  }

  /**
   * Runs `read`; where the index may have led it astray, writes the index anew, once, and runs it
   * again, so that no content of an index can make a read return another record, or fail.
   */
  #healing<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const misled =
        hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE");
      if (!misled || this.#indexRewritten || !this.#rewriteIndex()) throw error;
      return read();
    }
  }

  /** @returns false where the store itself is damaged, or the index may not be written */
  #rewriteIndex(): boolean {
    this.#indexRewritten = true;
    const parts = { store: this.#store, index: this.#index, baseOffset: this.baseOffset };
    try {
      // counted first: a damaged store must not cost the entries of the records behind the damage
      if (this.baseOffset + countRecords(this.#store) !== this.#nextOffset) return false;
      rebuildIndex(parts);
      this.#indexRebuilt = true;
      return true;
    } catch (error) {
      if (hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_READ_ONLY")) {
        return false; // the caller throws what led here: it names the record
      }
      throw error;
    }
  }

  #positionOf(offset: Offset): number {
    const exact = this.#index.read(offset);
    if (exact !== undefined) return exact;
    const below = this.#index.floor(offset);
    if (below === undefined || below.offset < this.baseOffset) throw this.#corrupt(offset);
    let position = below.position;
    for (let at = below.offset; at < offset; at++) position = this.#store.next(position);
    return position;
  }

  /** The frame before `offset` must end where the index says that the record `offset` begins. */
  #checkFollower(offset: Offset, position: number): void {
    const expected = offset < this.#nextOffset ? this.#index.read(offset) : this.#store.size;
    if (expected !== undefined && expected !== position) throw this.#corrupt(offset);
  }

  #corrupt(offset: Offset): SeglogError {
    return new SeglogError(
      "ERR_SEGLOG_CORRUPT",
      `no valid record where record ${offset} must be in ${this.#path}`,
      { path: this.#path, offset },
    );
  }

  #outOfRange(name: string, value: number): SeglogError {
    const from = this.baseOffset;
    const to = this.#nextOffset;
    return new SeglogError(
      "ERR_SEGLOG_OUT_OF_RANGE",
      `${name} ${value} is not in [${from}, ${to}) of ${this.#path}`,
      { name, value, from, to },
    );
  }
}

function toRecord(offset: Offset, record: Uint8Array): SegmentRecord {
  const value = new Uint8Array(
    record.buffer,
    record.byteOffset + RECORD_HEAD_BYTES,
    record.length - RECORD_HEAD_BYTES,
  );
  return { offset, time: readTime(record), value };
}

function sealedError(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_READ_ONLY", `the segment ${path} is sealed`, { path });
}
