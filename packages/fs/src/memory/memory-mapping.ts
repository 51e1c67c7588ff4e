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
} from "../mapping/mapping-checks.ts";
import type { MemoryFile } from "./memory-file.ts";

/** A mapping whose memory is the file itself: stores show at once, and stay. */
export class MemoryMapping implements Mapping {
  readonly length: number;
  readonly outlivesHandle = true;
  /** The file's memory moves as it grows. */
  readonly bytes = undefined;
  readonly path: string;
  readonly #file: MemoryFile;
  readonly #writable: boolean;
  /** `length` while open, 0 afterwards: the one check of the hot path covers both. */
  #limit: number;

  constructor(file: MemoryFile, path: string, length: number, writable: boolean) {
    this.#file = file;
    this.path = path;
    this.length = length;
    this.#writable = writable;
    this.#limit = length;
    file.addMapping(this);
  }

  get closed(): boolean {
    return this.#limit === 0;
  }

  view(position: number, length: number): Uint8Array {
    if (this.closed || !inRange(position, length, this.#limit)) {
      throw rangeRefusal(this, position, length);
    }
    return new Uint8Array(this.#file.bytes.buffer, position, length);
  }

  u64(position: number): number {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    return readU64(this.#file.data, position);
  }

  setU64(position: number, value: number): void {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    if (!this.#writable || !isU64Value(value)) {
      throw storeRefusal(this.path, this.#writable, value);
    }
    writeU64(this.#file.data, position, value);
  }

  /** It is in memory. */
  willNeed(): void {}

  flush(): void {
    if (this.closed) throw closedError(`the mapping of ${this.path}`);
  }

  close(): void {
    this.#limit = 0;
    this.#file.removeMapping(this);
  }
}
