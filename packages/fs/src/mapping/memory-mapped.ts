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

const NOTHING: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0));

/** A mapping made by the system: loads and stores of memory, no call. */
export class MemoryMapped implements Mapping {
  readonly length: number;
  readonly outlivesHandle = true;
  readonly path: string;
  readonly #writable: boolean;
  readonly #unmap: () => void;
  #data: DataView<ArrayBuffer>;
  /** `length` while open, 0 afterwards: the one check of the hot path covers both. */
  #limit: number;

  /** `unmap` is called once, when no reference to `data` is left here. */
  constructor(path: string, data: DataView<ArrayBuffer>, writable: boolean, unmap: () => void) {
    this.path = path;
    this.length = data.byteLength;
    this.#limit = data.byteLength;
    this.#data = data;
    this.#writable = writable;
    this.#unmap = unmap;
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

  /** The file and the mapping are the same pages; `fdatasync` writes what was stored in them. */
  flush(): void {
    if (this.closed) throw closedError(`the mapping of ${this.path}`);
  }

  close(): void {
    if (this.closed) return;
    this.#limit = 0;
    this.#data = NOTHING;
    this.#unmap();
  }
}
