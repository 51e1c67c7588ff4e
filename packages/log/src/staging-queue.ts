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

/** Before each value in a chunk: its time (f64), how many follow in its batch, its length (u32). */
const HEAD_BYTES = 16;
const FOLLOWING_AT = 8;
const LENGTH_AT = 12;

/** Records that lie one behind the other. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** How many bytes are used. */
  used: number;
  /** How many records there are. */
  count: number;
  firstOffset: Offset;
}

/** Where a record was read. */
interface LastRead {
  readonly chunk: Chunk | undefined;
  readonly offset: Offset;
  readonly head: number;
}

const NOWHERE: LastRead = Object.freeze({ chunk: undefined, offset: 0, head: 0 });

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
  /** Of the first chunk: how many records were taken, and where the next one's head is. */
  #taken = 0;
  #head = 0;
  #next: Offset;
  #bytes = 0;
  #lastRead: LastRead = NOWHERE;

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
    const time = chunk.view.getFloat64(this.#head);
    const following = chunk.view.getUint32(this.#head + FOLLOWING_AT);
    if (following === 0) {
      const value = valueAt(chunk, this.#head);
      return { values: [value], time, valueBytes: value.length };
    }
    const values = this.#values(following + 1);
    const valueBytes = values.reduce((sum, { length }) => sum + length, 0);
    return { values, time, valueBytes };
  }

  /** Drops what {@link StagingQueue.peek} returned. */
  shift(): void {
    const chunk = this.#chunks[this.#firstChunk];
    if (chunk === undefined) return;
    for (let left = 1 + chunk.view.getUint32(this.#head + FOLLOWING_AT); left > 0; left--) {
      this.#drop();
    }
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
    const head = this.#headOf(chunk, offset);
    return { offset, time: chunk.view.getFloat64(head), value: valueAt(chunk, head).slice() };
  }

  /** Goes on from the last one that was asked for, where that lies before: reads go upwards. */
  #headOf(chunk: Chunk, offset: Offset): number {
    const last = this.#lastRead;
    const isOn = last.chunk === chunk && last.offset <= offset && last.offset >= chunk.firstOffset;
    let head = isOn ? last.head : 0;
    let at = isOn ? last.offset : chunk.firstOffset;
    for (; at < offset; at++) head = nextHead(chunk, head);
    this.#lastRead = { chunk, offset, head };
    return head;
  }

  #push(value: Uint8Array, time: number, following: number): void {
    const { length } = value;
    let chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.used + HEAD_BYTES + length > chunk.bytes.length) {
      chunk = takeChunk(HEAD_BYTES + length, this.#next);
      this.#chunks.push(chunk);
    }
    const head = chunk.used;
    chunk.view.setFloat64(head, time);
    chunk.view.setUint32(head + FOLLOWING_AT, following);
    chunk.view.setUint32(head + LENGTH_AT, length);
    chunk.bytes.set(value, head + HEAD_BYTES);
    chunk.used = head + HEAD_BYTES + length;
    chunk.count++;
    this.#bytes += length + FRAME_OVERHEAD_BYTES;
    this.#next++;
  }

  /** The values of the first `count` records. */
  #values(count: number): Uint8Array[] {
    const values: Uint8Array[] = [];
    let at = this.#firstChunk;
    let head = this.#head;
    while (values.length < count) {
      const chunk = this.#chunks[at] as Chunk;
      values.push(valueAt(chunk, head));
      head = nextHead(chunk, head);
      if (head < chunk.used) continue;
      at++;
      head = 0;
    }
    return values;
  }

  #drop(): void {
    const chunk = this.#chunks[this.#firstChunk] as Chunk;
    const next = nextHead(chunk, this.#head);
    this.#bytes -= next - this.#head - HEAD_BYTES + FRAME_OVERHEAD_BYTES;
    this.#head = next;
    this.#taken++;
    if (this.#taken < chunk.count) return;
    this.#taken = 0;
    this.#head = 0;
    this.#firstChunk++;
    // under a load that never lets the queue run empty, what was taken would be held for ever
    if (this.#firstChunk < this.#chunks.length / 2) return;
    this.#lastRead = NOWHERE; // it may be in what other records lie in from now on
    for (const taken of this.#chunks.splice(0, this.#firstChunk)) giveChunk(taken);
    this.#firstChunk = 0;
  }
}

function nextHead({ view }: Chunk, head: number): number {
  return head + HEAD_BYTES + view.getUint32(head + LENGTH_AT);
}

function valueAt({ bytes, view }: Chunk, head: number): Uint8Array {
  return new Uint8Array(bytes.buffer, head + HEAD_BYTES, view.getUint32(head + LENGTH_AT));
}

/**
 * Chunks that are not in use, for all logs of the thread: new ones would each be touched for the
 * first time, and collected.
 */
const freeChunks: Chunk[] = [];
const FREE_BYTES_MAX = 16 * 2 ** 20;

function takeChunk(bytesMin: number, firstOffset: Offset): Chunk {
  const free = bytesMin > CHUNK_BYTES ? undefined : freeChunks.pop();
  if (free === undefined) return newChunk(Math.max(CHUNK_BYTES, bytesMin), firstOffset);
  free.used = 0;
  free.count = 0;
  free.firstOffset = firstOffset;
  return free;
}

function giveChunk(chunk: Chunk): void {
  if (chunk.bytes.length !== CHUNK_BYTES) return;
  if ((freeChunks.length + 1) * CHUNK_BYTES <= FREE_BYTES_MAX) freeChunks.push(chunk);
}

function newChunk(length: number, firstOffset: Offset): Chunk {
  // not cleared: every byte that is read was written
  const { buffer } = Buffer.allocUnsafeSlow(length);
  return {
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    used: 0,
    count: 0,
    firstOffset,
  };
}
