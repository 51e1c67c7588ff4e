import { checkInteger, SeglogError } from "@seglog/errors";
import { checkWrite } from "./check-write.ts";
import type { Index, IndexEntry, Offset, Position } from "./contract.ts";

/** An index of every entry, in memory only: 8 bytes for each. */
export function memoryIndex(): Index {
  return new MemoryIndex();
}

class MemoryIndex implements Index {
  /** NaN while empty: it differs from every offset, so that the fast paths need no other check. */
  #firstOffset = Number.NaN;
  /** Of the record `#firstOffset + i`. Empty after close. */
  #positions: Position[] = [];
  #lastPosition: Position = -1;
  #closedWith: Pick<Index, "nextOffset" | "bytes"> | undefined;

  get nextOffset(): Offset | undefined {
    if (this.#closedWith !== undefined) return this.#closedWith.nextOffset;
    const count = this.#positions.length;
    return count === 0 ? undefined : this.#firstOffset + count;
  }

  get bytes(): number {
    return this.#closedWith?.bytes ?? this.#positions.length * 8;
  }

  write(offset: Offset, position: Position): void {
    if (
      offset - this.#firstOffset !== this.#positions.length ||
      !Number.isSafeInteger(offset) ||
      !(position > this.#lastPosition) ||
      !Number.isSafeInteger(position)
    ) {
      this.#begin(offset, position);
    }
    this.#positions.push(position);
    this.#lastPosition = position;
  }

  read(offset: Offset): Position | undefined {
    return this.#positions[offset - this.#firstOffset] ?? this.#absent(offset);
  }

  floor(offset: Offset): IndexEntry | undefined {
    this.#check(offset);
    const n = Math.min(offset - this.#firstOffset, this.#positions.length - 1);
    const position = this.#positions[n];
    return position === undefined ? undefined : { offset: this.#firstOffset + n, position };
  }

  truncate(offset: Offset): void {
    this.#check(offset);
    const count = Math.max(0, offset - this.#firstOffset);
    // Also false for the NaN of an empty index.
    if (!(count < this.#positions.length)) return;
    this.#positions.length = count;
    this.#lastPosition = this.#positions[count - 1] ?? -1;
    if (count === 0) this.#firstOffset = Number.NaN;
  }

  async sync(): Promise<void> {
    this.#checkOpen();
  }

  async close(): Promise<void> {
    if (this.#closedWith !== undefined) return;
    this.#closedWith = { nextOffset: this.nextOffset, bytes: this.bytes };
    this.#positions = [];
    this.#firstOffset = Number.NaN;
  }

  /** Takes the first entry's offset; throws for everything that is not allowed. */
  #begin(offset: Offset, position: Position): void {
    this.#checkOpen();
    const { nextOffset } = this;
    checkWrite({ offset, position }, { nextOffset, lastPosition: this.#lastPosition });
    this.#firstOffset = offset;
  }

  #absent(offset: Offset): undefined {
    this.#check(offset);
  }

  #check(offset: Offset): void {
    this.#checkOpen();
    checkInteger("offset", offset, { min: 0 });
  }

  #checkOpen(): void {
    if (this.#closedWith === undefined) return;
    throw new SeglogError("ERR_SEGLOG_CLOSED", "the index is closed", { what: "memory index" });
  }
}
