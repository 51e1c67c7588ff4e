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

/**
 * Records that have an offset and no segment yet: those appended while a roll or a truncation is
 * under way. They are copied here, and go to the new segment in order.
 */
export class StagingQueue {
  readonly #groups: StagedGroup[] = [];
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
    this.#groups.push({ values: copies, time, valueBytes });
    this.#nextOffset += values.length;
    this.#bytes += valueBytes + values.length * FRAME_OVERHEAD_BYTES;
  }

  peek(): StagedGroup | undefined {
    return this.#groups[this.#head];
  }

  shift(): void {
    const group = this.peek();
    if (group === undefined) return;
    this.#head++;
    this.#baseOffset += group.values.length;
    this.#bytes -= group.valueBytes + group.values.length * FRAME_OVERHEAD_BYTES;
    if (this.isEmpty) this.#restart(this.#nextOffset);
  }

  /** The record with `offset`, as a copy; `undefined` when it is not here. */
  read(offset: Offset): LogRecord | undefined {
    if (offset < this.#baseOffset || offset >= this.#nextOffset) return undefined;
    let at = this.#baseOffset;
    for (let i = this.#head; i < this.#groups.length; i++) {
      const { values, time } = this.#groups[i] as StagedGroup;
      const value = values[offset - at];
      if (value !== undefined) return { offset, time, value: value.slice() };
      at += values.length;
    }
    return undefined;
  }

  #restart(baseOffset: Offset): void {
    this.#groups.length = 0;
    this.#head = 0;
    this.#baseOffset = baseOffset;
    this.#nextOffset = baseOffset;
  }
}
