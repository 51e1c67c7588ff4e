import { hasCode, invariant } from "@seglog/errors";
import type { Segment, SegmentRecord, SegmentScanLimits } from "@seglog/segment";
import type { Offset } from "./contract.ts";
import { FRAME_OVERHEAD_BYTES } from "./staging-queue.ts";

/** Bytes copied at a time; others have their turn in between. */
const CHUNK_BYTES = 4 * 2 ** 20;

/**
 * Copies the records before `nextOffset` of a segment that nobody appends to, to stand in for it
 * while its files are opened anew: no two open segments may share their files, and reads, which
 * are synchronous, cannot wait. Takes as much memory as the records on disk, and 16 bytes each.
 */
export async function copySegment(source: Segment, nextOffset: Offset): Promise<Segment> {
  const copy = new CopiedSegment(source, nextOffset);
  for (let at = source.baseOffset; at < nextOffset; ) {
    at = copy.take(source, at);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return copy;
}

/** A {@link Segment} in memory, for reading. */
class CopiedSegment implements Segment {
  readonly baseOffset: Offset;
  readonly nextOffset: Offset;
  readonly storeBytes: number;
  readonly indexBytes: number;
  readonly stagedBytes = 0;
  readonly tornBytes: number;
  readonly indexRebuilt: boolean;
  readonly isFull = true;
  /** The values, one behind the other. More room than the store takes, where that compresses. */
  #bytes: Uint8Array;
  /** Where each value ends in `#bytes`; its time. */
  readonly #ends: Float64Array;
  readonly #times: Float64Array;
  readonly #damaged = new Map<Offset, Error>();

  constructor(source: Segment, nextOffset: Offset) {
    const { baseOffset, storeBytes, indexBytes, tornBytes, indexRebuilt } = source;
    this.baseOffset = baseOffset;
    this.nextOffset = nextOffset;
    this.storeBytes = storeBytes;
    this.indexBytes = indexBytes;
    this.tornBytes = tornBytes;
    this.indexRebuilt = indexRebuilt;
    this.#bytes = new Uint8Array(storeBytes);
    this.#ends = new Float64Array(nextOffset - baseOffset);
    this.#times = new Float64Array(nextOffset - baseOffset);
  }

  /** Copies some records from `from` on. @returns one past the last */
  take(source: Segment, from: Offset): Offset {
    const limits = { to: this.nextOffset, recordsMax: 65_536, bytesMax: CHUNK_BYTES };
    try {
      const records = source.scan(from, limits);
      for (const record of records) this.#put(record);
      return from + records.length;
    } catch (error) {
      // the one record is damaged: who reads it is told as before
      if (!hasCode(error, "ERR_SEGLOG_CORRUPT")) throw error;
      this.#damaged.set(from, error);
      this.#put({ offset: from, time: 0, value: new Uint8Array(0) });
      return from + 1;
    }
  }

  hasRoom(): boolean {
    return false;
  }

  append(): Offset {
    return refuse();
  }

  read(offset: Offset): SegmentRecord {
    const { time, value } = this.readView(offset);
    return { offset, time, value: value.slice() };
  }

  readView(offset: Offset): SegmentRecord {
    const damage = this.#damaged.get(offset);
    if (damage !== undefined) throw damage;
    const n = offset - this.baseOffset;
    const value = this.#bytes.subarray(this.#endOf(n - 1), this.#endOf(n));
    return { offset, time: this.#times[n] as number, value };
  }

  scan(from: Offset, limits: SegmentScanLimits): SegmentRecord[] {
    const records: SegmentRecord[] = [];
    const to = Math.min(limits.to, this.nextOffset, from + limits.recordsMax);
    let bytes = 0;
    for (let offset = from; offset < to; offset++) {
      if (this.#damaged.has(offset) && offset > from) break;
      const record = this.read(offset);
      bytes += record.value.length + FRAME_OVERHEAD_BYTES;
      if (bytes > limits.bytesMax && offset > from) break;
      records.push(record);
    }
    return records;
  }

  timeOf(offset: Offset): number {
    return this.readView(offset).time;
  }

  async refresh(): Promise<void> {}

  async flush(): Promise<void> {}

  async sync(): Promise<void> {}

  async truncate(): Promise<void> {
    refuse();
  }

  async seal(): Promise<void> {}

  async close(): Promise<void> {}

  #put({ offset, time, value }: SegmentRecord): void {
    const n = offset - this.baseOffset;
    const start = this.#endOf(n - 1);
    const end = start + value.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(end * 2);
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#bytes.set(value, start);
    this.#ends[n] = end;
    this.#times[n] = time;
  }

  #endOf(n: number): number {
    return n < 0 ? 0 : (this.#ends[n] as number);
  }
}

function refuse(): never {
  invariant(false, "nothing is written while a segment is opened anew");
}
