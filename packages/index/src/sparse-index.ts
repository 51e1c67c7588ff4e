import { checkInteger, checkOptions, SeglogError } from "@seglog/errors";
import { checkWrite } from "./check-write.ts";
import type { Index, IndexEntry, Offset, Position, SparseIndexOptions } from "./contract.ts";

const DEFAULTS: Required<SparseIndexOptions> = Object.freeze({ bytesBetween: 4096 });

/**
 * An index in memory that keeps the first entry, and then one for every so many bytes:
 * whoever reads walks frames from {@link Index.floor}.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown option, or one out of bounds
 */
export function sparseIndex(options: SparseIndexOptions = {}): Index {
  checkOptions("options", options, Object.keys(DEFAULTS));
  const bytesBetween = options.bytesBetween ?? DEFAULTS.bytesBetween;
  checkInteger("bytesBetween", bytesBetween, { min: 1 });
  return new SparseIndex(bytesBetween);
}

class SparseIndex implements Index {
  readonly #bytesBetween: number;
  /** The entries kept, both rising: `#offsets[i]` lies at `#positions[i]`. */
  readonly #offsets: Offset[] = [];
  readonly #positions: Position[] = [];
  #nextOffset: Offset | undefined;
  /** Of the last entry written; after a truncate the least that it can have been. */
  #lastPosition: Position = -1;
  /** Where the next entry is kept. */
  #keepFrom: Position = 0;
  #closed = false;

  constructor(bytesBetween: number) {
    this.#bytesBetween = bytesBetween;
  }

  get nextOffset(): Offset | undefined {
    return this.#nextOffset;
  }

  get bytes(): number {
    return this.#offsets.length * 16;
  }

  write(offset: Offset, position: Position): void {
    this.#checkOpen();
    const soFar = { nextOffset: this.#nextOffset, lastPosition: this.#lastPosition };
    checkWrite({ offset, position }, soFar);
    if (position >= this.#keepFrom) {
      this.#offsets.push(offset);
      this.#positions.push(position);
      this.#keepFrom = position + this.#bytesBetween;
    }
    this.#nextOffset = offset + 1;
    this.#lastPosition = position;
  }

  read(offset: Offset): Position | undefined {
    const entry = this.floor(offset);
    return entry?.offset === offset ? entry.position : undefined;
  }

  floor(offset: Offset): IndexEntry | undefined {
    this.#check(offset);
    return this.#kept(this.#countBelow(offset + 1) - 1);
  }

  truncate(offset: Offset): void {
    this.#check(offset);
    if (this.#nextOffset === undefined || offset >= this.#nextOffset) return;
    const count = this.#countBelow(offset);
    this.#offsets.length = count;
    this.#positions.length = count;
    const last = this.#kept(count - 1);
    this.#nextOffset = last === undefined ? undefined : offset;
    // The entries between `last` and `offset` were not kept, but each rose by at least 1.
    this.#lastPosition = last === undefined ? -1 : last.position + (offset - 1 - last.offset);
    this.#keepFrom = last === undefined ? 0 : last.position + this.#bytesBetween;
  }

  async sync(): Promise<void> {
    this.#checkOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #kept(n: number): IndexEntry | undefined {
    const offset = this.#offsets[n];
    const position = this.#positions[n];
    return offset === undefined || position === undefined ? undefined : { offset, position };
  }

  /** How many kept entries have an offset below `bound`. */
  #countBelow(bound: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] as Offset) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #check(offset: Offset): void {
    this.#checkOpen();
    checkInteger("offset", offset, { min: 0 });
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new SeglogError("ERR_SEGLOG_CLOSED", "the index is closed", { what: "sparse index" });
  }
}
