import type { Segment, SegmentRecord, SegmentScanLimits } from "@seglog/segment";
import type { Offset } from "./contract.ts";
import { outOfRange } from "./log-errors.ts";

/**
 * A segment that another process may be cutting. Its reads look, afterwards, whether that has
 * begun, which is told before anything is changed: what was read behind the cut may be what took
 * the place of the records dropped, and not committed yet. It is not given to anybody.
 */
export class WatchedSegment implements Segment {
  readonly baseOffset: Offset;
  readonly tornBytes: number;
  readonly indexRebuilt: boolean;
  readonly #inner: Segment;
  readonly #endNow: () => Offset;

  /** @param endNow  looks, and says what the log ends at for its readers */
  constructor(inner: Segment, endNow: () => Offset) {
    this.baseOffset = inner.baseOffset;
    this.tornBytes = inner.tornBytes;
    this.indexRebuilt = inner.indexRebuilt;
    this.#inner = inner;
    this.#endNow = endNow;
  }

  get nextOffset(): Offset {
    return this.#inner.nextOffset;
  }

  get storeBytes(): number {
    return this.#inner.storeBytes;
  }

  get indexBytes(): number {
    return this.#inner.indexBytes;
  }

  get stagedBytes(): number {
    return this.#inner.stagedBytes;
  }

  get isFull(): boolean {
    return this.#inner.isFull;
  }

  hasRoom(recordBytes: number, recordCount: number): boolean {
    return this.#inner.hasRoom(recordBytes, recordCount);
  }

  append(value: Uint8Array, time: number, batchContinues: boolean): Offset {
    return this.#inner.append(value, time, batchContinues);
  }

  read(offset: Offset): SegmentRecord {
    return this.#checked(offset, () => this.#inner.read(offset));
  }

  readView(offset: Offset): SegmentRecord {
    return this.#checked(offset, () => this.#inner.readView(offset));
  }

  timeOf(offset: Offset): number {
    return this.#checked(offset, () => this.#inner.timeOf(offset));
  }

  scan(from: Offset, limits: SegmentScanLimits): SegmentRecord[] {
    let records: SegmentRecord[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      records = this.#inner.scan(from, limits);
    } catch (error) {
      failure = { error };
    }
    const end = this.#endNow();
    if (failure !== undefined && from < end) throw failure.error;
    const count = Math.max(0, end - from);
    return count < records.length ? records.slice(0, count) : records;
  }

  refresh(nextOffset: Offset): Promise<void> {
    return this.#inner.refresh(nextOffset);
  }

  flush(): Promise<void> {
    return this.#inner.flush();
  }

  sync(): Promise<void> {
    return this.#inner.sync();
  }

  truncate(offset: Offset): Promise<void> {
    return this.#inner.truncate(offset);
  }

  seal(): Promise<void> {
    return this.#inner.seal();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #checked<T>(offset: Offset, read: () => T): T {
    let result: { readonly value: T } | undefined;
    let failure: unknown;
    try {
      result = { value: read() };
    } catch (error) {
      failure = error;
    }
    const end = this.#endNow();
    if (offset >= end) {
      throw outOfRange("offset", offset, { from: Math.min(this.baseOffset, end), to: end });
    }
    if (result === undefined) throw failure;
    return result.value;
  }
}
