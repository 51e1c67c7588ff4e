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

/**
 * So many records that were taken may be held, or three times as many as wait: moving those that
 * wait adds 40 ns to the 50 of taking one, and 180 where only as many may be held.
 */
const TAKEN_MAX = 64;

/**
 * Copies of records with their offsets, in order, until a segment takes them.
 *
 * A loop of writes that never lets the event loop turn fills it with millions while a roll waits:
 * an object and a buffer for each cost ten times what these arrays do.
 */
export class StagingQueue {
  /** Of each record: where its value lies, how long it is, when it was appended. */
  #chunks: Uint8Array[] = [];
  #starts: number[] = [];
  #lengths: number[] = [];
  #times: number[] = [];
  /** Of each record: how many follow it in its batch. */
  #following: number[] = [];
  #head = 0;
  /** Offset of the first record of the arrays, taken or not. */
  #baseOffset: Offset;
  #bytes = 0;
  #chunk: Uint8Array = NOTHING;
  #used = 0;

  constructor(baseOffset: Offset) {
    this.#baseOffset = baseOffset;
  }

  get isEmpty(): boolean {
    return this.#head === this.#lengths.length;
  }

  /** Bytes held, framing included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a copy of `values`; `baseOffset` is the first one's offset. */
  push(values: readonly Uint8Array[], time: number, baseOffset: Offset): void {
    if (this.isEmpty) this.#restart(baseOffset);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as Uint8Array;
      const start = this.#reserve(value.length);
      this.#chunk.set(value, start);
      this.#chunks.push(this.#chunk);
      this.#starts.push(start);
      this.#lengths.push(value.length);
      this.#times.push(time);
      this.#following.push(values.length - 1 - i);
      this.#bytes += value.length + FRAME_OVERHEAD_BYTES;
    }
  }

  /** The next record or batch; its values are this queue's until it is shifted. */
  peek(): StagedGroup | undefined {
    if (this.isEmpty) return undefined;
    const head = this.#head;
    const count = 1 + (this.#following[head] as number);
    const values = new Array<Uint8Array>(count);
    let valueBytes = 0;
    for (let i = 0; i < count; i++) {
      const value = this.#valueAt(head + i);
      values[i] = value;
      valueBytes += value.length;
    }
    return { values, time: this.#times[head] as number, valueBytes };
  }

  shift(): void {
    if (this.isEmpty) return;
    const count = 1 + (this.#following[this.#head] as number);
    for (let i = 0; i < count; i++) {
      this.#bytes -= (this.#lengths[this.#head + i] as number) + FRAME_OVERHEAD_BYTES;
    }
    this.#head += count;
    if (this.isEmpty) this.#restart(this.#baseOffset + this.#head);
    else if (this.#head >= TAKEN_MAX && this.#head >= this.#lengths.length * 0.75) {
      this.#forgetTaken();
    }
  }

  /** The record with `offset`, as a copy; `undefined` when it is not here. */
  read(offset: Offset): LogRecord | undefined {
    const n = offset - this.#baseOffset;
    if (n < this.#head || n >= this.#lengths.length) return undefined;
    return { offset, time: this.#times[n] as number, value: this.#valueAt(n).slice() };
  }

  #valueAt(n: number): Uint8Array {
    const { buffer, byteOffset } = this.#chunks[n] as Uint8Array;
    const start = byteOffset + (this.#starts[n] as number);
    return new Uint8Array(buffer, start, this.#lengths[n] as number);
  }

  /** Where in {@link StagingQueue.#chunk} there is room for `length` bytes. */
  #reserve(length: number): number {
    if (this.#used + length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return start;
  }

  /** Under a load that never lets the queue run empty, what was taken would be held for ever. */
  #forgetTaken(): void {
    const head = this.#head;
    this.#chunks = this.#chunks.slice(head);
    this.#starts = this.#starts.slice(head);
    this.#lengths = this.#lengths.slice(head);
    this.#times = this.#times.slice(head);
    this.#following = this.#following.slice(head);
    this.#baseOffset += head;
    this.#head = 0;
  }

  #restart(baseOffset: Offset): void {
    if (this.#lengths.length > 0) {
      this.#chunks = [];
      this.#starts = [];
      this.#lengths = [];
      this.#times = [];
      this.#following = [];
      this.#chunk = NOTHING;
      this.#used = 0;
    }
    this.#head = 0;
    this.#baseOffset = baseOffset;
  }
}

const NOTHING = new Uint8Array(0);
