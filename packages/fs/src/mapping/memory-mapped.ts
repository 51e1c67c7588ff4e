import { closedError } from "../checks.ts";
import type { Mapping } from "../contract.ts";
import {
  inRange,
  isU64Value,
  rangeRefusal,
  readU64,
  storeRefusal,
  u64InRange,
  writeU64,
} from "./mapping-checks.ts";

/** What the system does with mapped pages. */
export interface MappedPages {
  /** Called once, when no reference to the pages is left in the mapping. */
  readonly unmap: () => void;
  /** Advises of a range that begins at a multiple of the largest page there is. */
  readonly willNeed: (position: number, length: number) => void;
}

/** Pages have 4 KiB, 16 or 64. */
const ADVISED_BYTES = 65_536;

const NOTHING: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0));

/** A mapping made by the system: loads and stores of memory, no call. */
export class MemoryMapped implements Mapping {
  readonly length: number;
  readonly outlivesHandle = true;
  readonly path: string;
  readonly #writable: boolean;
  readonly #system: MappedPages;
  #data: DataView<ArrayBuffer>;
  #bytes: Uint8Array | undefined;
  /** `length` while open, 0 afterwards: the one check of the hot path covers both. */
  #limit: number;

  constructor(path: string, data: DataView<ArrayBuffer>, writable: boolean, system: MappedPages) {
    this.path = path;
    this.length = data.byteLength;
    this.#limit = data.byteLength;
    this.#data = data;
    this.#writable = writable;
    this.#system = system;
    this.#bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  get closed(): boolean {
    return this.#limit === 0;
  }

  view(position: number, length: number): Uint8Array {
    if (this.closed || !inRange(position, length, this.#limit)) {
      throw rangeRefusal(this, position, length);
    }
    const data = this.#data;
    return new Uint8Array(data.buffer, data.byteOffset + position, length);
  }

  u64(position: number): number {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    return readU64(this.#data, position);
  }

  setU64(position: number, value: number): void {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    if (!this.#writable || !isU64Value(value)) {
      throw storeRefusal(this.path, this.#writable, value);
    }
    writeU64(this.#data, position, value);
  }

  willNeed(position: number, length: number): void {
    const from = position - (position % ADVISED_BYTES);
    const to = Math.min(position + length, this.#limit);
    if (!(from >= 0 && from < to)) return;
    try {
      this.#system.willNeed(from, to - from);
    } catch {
      // a hint that the system does not take is none that anybody waits for
    }
  }

  /** The file and the mapping are the same pages; `fdatasync` writes what was stored in them. */
  flush(): void {
    if (this.closed) throw closedError(`the mapping of ${this.path}`);
  }

  close(): void {
    if (this.closed) return;
    this.#limit = 0;
    this.#data = NOTHING;
    this.#bytes = undefined;
    this.#system.unmap();
  }
}
