import type { LogRecord, Offset } from "./contract.ts";

/** Bytes that framing adds to a value in a segment; counted so that bounds hold in memory, too. */
export const FRAME_OVERHEAD_BYTES = 16;

/** Records appended together: one, or a batch. */
export interface StagedGroup {
  readonly values: readonly Uint8Array[];
  readonly time: number;
  /** Bytes of the values alone. */
  readonly valueBytes: number;
}

/** Bytes that `group` takes in a segment. */
export function framedBytes({ values, valueBytes }: StagedGroup): number {
  return valueBytes + values.length * FRAME_OVERHEAD_BYTES;
}

/** Many small values share one piece of memory of so many bytes; larger ones have their own. */
const CHUNK_BYTES = 64 * 1024;

/** Before each value in a chunk: its time (f64), and how many follow it in its batch (u32). */
const HEAD_BYTES = 12;

/** Records that lie one behind the other. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Of each record: where its value begins. The next one's head follows its end. */
  readonly starts: number[];
  /** How many bytes are used. */
  used: number;
  readonly firstOffset: Offset;
}

/**
 * Copies of records with their offsets, in order, until a segment takes them.
 *
 * A loop of writes that never lets the event loop turn fills it with millions while a roll waits:
 * an object and a buffer for each would cost many times what these chunks do.
 */
export class StagingQueue {
  #chunks: Chunk[] = [];
  /** Index of the first chunk that holds what waits; those before it were taken. */
  #firstChunk = 0;
  /** Records of the first chunk that were taken. */
  #taken = 0;
  #next: Offset;
  #bytes = 0;

  constructor(baseOffset: Offset) {
    this.#next = baseOffset;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Bytes held, framing included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a copy of `values`; `baseOffset` is the first one's offset. */
  push(values: readonly Uint8Array[], time: number, baseOffset: Offset): void {
    if (this.isEmpty) this.#next = baseOffset;
    for (let i = 0, following = values.length; i < values.length; i++) {
      this.#push(values[i] as Uint8Array, time, --following);
    }
  }

  /** The next record or batch; its values are this queue's until it is shifted. */
  peek(): StagedGroup | undefined {
    const chunk = this.#chunks[this.#firstChunk];
    if (chunk === undefined) return undefined;
    const head = (chunk.starts[this.#taken] as number) - HEAD_BYTES;
    const time = chunk.view.getFloat64(head);
    const following = chunk.view.getUint32(head + 8);
    if (following === 0) {
      const value = valueAt(chunk, this.#taken);
      return { values: [value], time, valueBytes: value.length };
    }
    const values: Uint8Array[] = [];
    let valueBytes = 0;
    for (const value of this.#values(following + 1)) {
      values.push(value);
      valueBytes += value.length;
    }
    return { values, time, valueBytes };
  }

  /** Drops what {@link StagingQueue.peek} returned. */
  shift(): void {
    const chunk = this.#chunks[this.#firstChunk];
    if (chunk === undefined) return;
    const head = (chunk.starts[this.#taken] as number) - HEAD_BYTES;
    for (let left = 1 + chunk.view.getUint32(head + 8); left > 0; left--) this.#drop();
  }

  /** The record with `offset`, as a copy; `undefined` when it is not here. */
  read(offset: Offset): LogRecord | undefined {
    const first = this.#chunks[this.#firstChunk];
    if (first === undefined || offset >= this.#next) return undefined;
    if (offset < first.firstOffset + this.#taken) return undefined;
    let low = this.#firstChunk;
    for (let high = this.#chunks.length - 1; low < high; ) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#chunks[middle] as Chunk).firstOffset <= offset) low = middle;
      else high = middle - 1;
    }
    const chunk = this.#chunks[low] as Chunk;
    const n = offset - chunk.firstOffset;
    const time = chunk.view.getFloat64((chunk.starts[n] as number) - HEAD_BYTES);
    return { offset, time, value: valueAt(chunk, n).slice() };
  }

  #push(value: Uint8Array, time: number, following: number): void {
    const { length } = value;
    let chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.used + HEAD_BYTES + length > chunk.bytes.length) {
      chunk = newChunk(HEAD_BYTES + length, this.#next);
      this.#chunks.push(chunk);
    }
    const head = chunk.used;
    chunk.view.setFloat64(head, time);
    chunk.view.setUint32(head + 8, following);
    chunk.bytes.set(value, head + HEAD_BYTES);
    chunk.starts.push(head + HEAD_BYTES);
    chunk.used = head + HEAD_BYTES + length;
    this.#bytes += length + FRAME_OVERHEAD_BYTES;
    this.#next++;
  }

  /** The values of the first `count` records. */
  *#values(count: number): Generator<Uint8Array, void, undefined> {
    let n = this.#taken;
    let at = this.#firstChunk;
    for (let left = count; left > 0; left--) {
      const chunk = this.#chunks[at] as Chunk;
      yield valueAt(chunk, n++);
      if (n < chunk.starts.length) continue;
      at++;
      n = 0;
    }
  }

  #drop(): void {
    const chunk = this.#chunks[this.#firstChunk] as Chunk;
    this.#bytes -= lengthAt(chunk, this.#taken) + FRAME_OVERHEAD_BYTES;
    this.#taken++;
    if (this.#taken < chunk.starts.length) return;
    this.#taken = 0;
    this.#firstChunk++;
    // under a load that never lets the queue run empty, what was taken would be held for ever
    if (this.#firstChunk < this.#chunks.length / 2) return;
    this.#chunks.splice(0, this.#firstChunk);
    this.#firstChunk = 0;
  }
}

function newChunk(bytesMin: number, firstOffset: Offset): Chunk {
  // not cleared: every byte that is read was written
  const { buffer } = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytesMin));
  const bytes = new Uint8Array(buffer);
  return { bytes, view: new DataView(buffer), starts: [], used: 0, firstOffset };
}

function lengthAt({ starts, used }: Chunk, n: number): number {
  const next = starts[n + 1];
  return (next === undefined ? used : next - HEAD_BYTES) - (starts[n] as number);
}

function valueAt(chunk: Chunk, n: number): Uint8Array {
  return new Uint8Array(chunk.bytes.buffer, chunk.starts[n] as number, lengthAt(chunk, n));
}
