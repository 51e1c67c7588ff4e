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

interface QueuedGroup extends StagedGroup {
  /** Offset of its first record. */
  readonly baseOffset: Offset;
}

/** Bytes that `group` takes in a segment. */
export function framedBytes({ values, valueBytes }: StagedGroup): number {
  return valueBytes + values.length * FRAME_OVERHEAD_BYTES;
}

/** Copies of records with their offsets, in order, until a segment takes them. */
export class StagingQueue {
  readonly #groups: QueuedGroup[] = [];
  #head = 0;
  #baseOffset: Offset;
  #nextOffset: Offset;
  #bytes = 0;

  constructor(baseOffset: Offset) {
    this.#baseOffset = baseOffset;
    this.#nextOffset = baseOffset;
  }

  get isEmpty(): boolean {
    return this.#head === this.#groups.length;
  }

  /** Bytes held, framing included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a copy of `values`; `baseOffset` is the first one's offset. */
  push(values: readonly Uint8Array[], time: number, baseOffset: Offset): void {
    if (this.isEmpty) this.#restart(baseOffset);
    const copies = values.map((value) => value.slice());
    const valueBytes = copies.reduce((sum, value) => sum + value.length, 0);
    const group = { values: copies, time, valueBytes, baseOffset };
    this.#groups.push(group);
    this.#nextOffset += values.length;
    this.#bytes += framedBytes(group);
  }

  peek(): StagedGroup | undefined {
    return this.#groups[this.#head];
  }

  shift(): void {
    const group = this.peek();
    if (group === undefined) return;
    this.#head++;
    this.#baseOffset += group.values.length;
    this.#bytes -= framedBytes(group);
    if (this.isEmpty) this.#restart(this.#nextOffset);
  }

  /** The record with `offset`, as a copy; `undefined` when it is not here. */
  read(offset: Offset): LogRecord | undefined {
    if (offset < this.#baseOffset || offset >= this.#nextOffset) return undefined;
    const { baseOffset, time, values } = this.#groupOf(offset);
    const value = values[offset - baseOffset] as Uint8Array;
    return { offset, time, value: value.slice() };
  }

  #groupOf(offset: Offset): QueuedGroup {
    let low = this.#head;
    let high = this.#groups.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#groups[middle] as QueuedGroup).baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#groups[low] as QueuedGroup;
  }

  #restart(baseOffset: Offset): void {
    this.#groups.length = 0;
    this.#head = 0;
    this.#baseOffset = baseOffset;
    this.#nextOffset = baseOffset;
  }
}
