import {
  checkInteger,
  checkOptions,
  hasCode,
  invalidArgument,
  invariant,
  SeglogError,
} from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { AppendOptions, Store } from "@seglog/store";
import type { Offset, Segment, SegmentRecord, SegmentScanLimits } from "./contract.ts";
import { ownedValue } from "./owned-value.ts";
import { RecordFinder } from "./record-finder.ts";
import { RECORD_HEAD_BYTES, TIME_LIMIT, writeNumber, writeTime } from "./record-head.ts";

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
  readonly openSealedIndex: (() => Promise<Index>) | undefined;
}

/** A {@link Segment} over any store and any index. */
export class IndexedSegment implements Segment {
  readonly baseOffset: Offset;
  readonly tornBytes: number;
  readonly indexRebuilt: boolean;
  readonly #path: string;
  readonly #store: Store;
  #index: Index;
  readonly #openSealedIndex: (() => Promise<Index>) | undefined;
  /** Knows `nextOffset`, and so what is held. */
  readonly #records: RecordFinder;
  readonly #segmentBytesMax: number;
  readonly #indexEntriesMax: number;
  #sealing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  /** Head of the record being appended; its time changes at most once a ms. */
  readonly #head = new Uint8Array(RECORD_HEAD_BYTES);
  #headTime = -1;
  readonly #alone: AppendOptions = Object.freeze({ head: this.#head });
  readonly #inBatch: AppendOptions = Object.freeze({ head: this.#head, batchContinues: true });

  constructor(parts: SegmentParts) {
    this.baseOffset = parts.baseOffset;
    this.tornBytes = parts.store.tornBytes;
    this.indexRebuilt = parts.indexRebuilt;
    this.#path = parts.path;
    this.#store = parts.store;
    this.#index = parts.index;
    this.#openSealedIndex = parts.openSealedIndex;
    this.#records = new RecordFinder(parts);
    this.#segmentBytesMax = parts.segmentBytesMax;
    this.#indexEntriesMax = parts.indexEntriesMax;
  }

  get nextOffset(): Offset {
    return this.#records.nextOffset;
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

  get isFull(): boolean {
    return (
      this.#store.size >= this.#segmentBytesMax ||
      this.nextOffset - this.baseOffset >= this.#indexEntriesMax
    );
  }

  hasRoom(recordBytes: number, recordCount: number): boolean {
    const held = this.nextOffset - this.baseOffset;
    if (held === 0) return true;
    const bytes = recordBytes + recordCount * FRAME_OVERHEAD_BYTES;
    return (
      this.#store.size + bytes <= this.#segmentBytesMax &&
      held + recordCount <= this.#indexEntriesMax
    );
  }

  append(value: Uint8Array, time: number, batchContinues: boolean): Offset {
    if (this.#sealing !== undefined || this.#closing !== undefined) throw this.#refusal();
    if (time !== this.#headTime) this.#setTime(time);
    const offset = this.#records.nextOffset;
    if (offset === Number.MAX_SAFE_INTEGER) throw lastOffset(offset);
    const position = this.#store.size;
    // the entry first: if the store then refuses, an entry is easier to take back than a record
    this.#index.write(offset, position);
    writeNumber(this.#head, offset);
    let at: number;
    try {
      at = this.#store.append(value, batchContinues ? this.#inBatch : this.#alone);
    } catch (error) {
      this.#index.truncate(offset);
      throw error;
    }
    invariant(at === position, "a store's size is the position of its next record");
    this.#records.nextOffset = offset + 1;
    return offset;
  }

  read(offset: Offset): SegmentRecord {
    this.#refuseClosed();
    const { time, value } = this.#records.find(offset);
    return { offset, time, value: ownedValue(value) };
  }

  readView(offset: Offset): SegmentRecord {
    this.#refuseClosed();
    return this.#records.find(offset);
  }

  timeOf(offset: Offset): number {
    this.#refuseClosed();
    return this.#records.find(offset).time;
  }

  scan(from: Offset, limits: SegmentScanLimits): SegmentRecord[] {
    this.#refuseClosed();
    checkScan(from, limits);
    this.#checkWithin("from", from);
    const to = Math.min(limits.to, this.nextOffset);
    if (from >= to) return [];
    const recordsMax = Math.min(limits.recordsMax, to - from);
    const { bytesMax, into } = limits;
    return this.#records.scan(from, { recordsMax, bytesMax }, into);
  }

  async refresh(nextOffset: Offset): Promise<void> {
    this.#refuseClosed();
    checkInteger("nextOffset", nextOffset, { min: 0 });
    const records = this.#records;
    const missing = nextOffset - records.nextOffset;
    if (missing <= 0) return;
    let position = this.#store.size;
    let offset = records.nextOffset;
    await this.#store.refresh(missing);
    if (this.#closing !== undefined || records.nextOffset !== offset) return;
    while (position < this.#store.size) {
      this.#index.write(offset++, position);
      position = this.#store.next(position);
    }
    records.nextOffset = offset;
  }

  flush(): Promise<void> {
    return this.#store.flush();
  }

  sync(): Promise<void> {
    return this.#store.sync();
  }

  async truncate(offset: Offset): Promise<void> {
    if (this.#sealing !== undefined || this.#closing !== undefined) throw this.#refusal();
    checkInteger("offset", offset, { min: 0 });
    this.#checkWithin("offset", offset);
    const records = this.#records;
    const before = records.nextOffset;
    if (offset === before) return this.#store.sync();
    const position = records.boundaryOf(offset);
    records.nextOffset = offset;
    records.endingAt = position;
    try {
      await this.#store.truncate(position);
    } catch (error) {
      if (this.#store.size !== position) records.nextOffset = before;
      throw error;
    } finally {
      records.endingAt = undefined;
      if (records.nextOffset === offset) records.drop(offset, position);
    }
  }

  seal(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(this.#refusal());
    this.#sealing ??= this.#seal();
    return this.#sealing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #seal(): Promise<void> {
    await this.#store.seal();
    await this.#index.sync();
    await this.#replaceIndex();
  }

  /**
   * Gives the room ahead in the index back, and opens it for reading: `close` then has nothing to
   * cut.
   */
  async #replaceIndex(): Promise<void> {
    const written = this.#index;
    // the index that was written does as well; there may be no file that could be read
    const sealed = await this.#openSealedIndex?.().catch(() => undefined);
    if (sealed === undefined) return;
    if ((sealed.nextOffset ?? this.baseOffset) !== this.nextOffset) return sealed.close();
    this.#index = sealed;
    this.#records.index = sealed;
    await written.close();
  }

  async #close(): Promise<void> {
    // whoever sealed is told of a failure
    if (this.#sealing !== undefined) await this.#sealing.catch(() => undefined);
    try {
      // what misled this time is not to be believed by the next to open it; the index of a sealed
      // segment is read-only
      if (this.#records.indexMisled && this.#sealing === undefined) this.#emptyIndex();
      await this.#store.close();
    } finally {
      await this.#index.close();
    }
  }

  #emptyIndex(): void {
    try {
      this.#index.truncate(0);
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_READ_ONLY")) throw error;
    }
  }

  #setTime(time: number): void {
    checkInteger("time", time, { min: 0, max: TIME_LIMIT - 1 });
    writeTime(this.#head, time);
    this.#headTime = time;
  }

  #checkWithin(name: string, offset: Offset): void {
    if (offset >= this.baseOffset && offset <= this.nextOffset) return;
    throw this.#records.outOfRange(name, offset);
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw this.#refusal();
  }

  #refusal(): SeglogError {
    const path = this.#path;
    if (this.#closing !== undefined) {
      return new SeglogError("ERR_SEGLOG_CLOSED", `${path} is closed`, { what: path });
    }
    return new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} is sealed`, { path });
  }
}

function checkScan(from: Offset, limits: SegmentScanLimits): void {
  checkInteger("from", from, { min: 0 });
  checkOptions("limits", limits, ["to", "recordsMax", "bytesMax", "into"]);
  checkInteger("limits.to", limits.to, { min: 0 });
  checkInteger("limits.recordsMax", limits.recordsMax, { min: 1 });
  checkInteger("limits.bytesMax", limits.bytesMax, { min: 1 });
  if (limits.into !== undefined) {
    checkOptions("limits.into", limits.into, ["bytes", "views", "starts", "records"]);
    const { records } = limits.into;
    if (!Array.isArray(records)) throw invalidArgument("limits.into.records", records, "an array");
  }
}

function lastOffset(offset: Offset): SeglogError {
  const { MAX_SAFE_INTEGER } = Number;
  return invalidArgument("offset", offset, `below ${MAX_SAFE_INTEGER}: this log can grow no more`);
}
