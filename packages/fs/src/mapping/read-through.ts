import { readSync, writeSync } from "node:fs";
import { closedError } from "../checks.ts";
import type { Mapping } from "../contract.ts";
import { diskError, refused } from "../disk-error.ts";
import type { MappedFile, Mapper } from "./mapper.ts";
import {
  inRange,
  isU64Value,
  rangeRefusal,
  readU64,
  storeRefusal,
  u64InRange,
  writeU64,
} from "./mapping-checks.ts";

const U64_BYTES = 8;
/** Stores that follow each other are held back up to this many bytes: 4096 index entries. */
const RUN_BYTES_MAX = 65_536;

export const readThroughMapper: Mapper = {
  name: "read-through",
  map: (file, length, writable) => new ReadThrough(file, length, writable),
};

/**
 * A mapping for where none can be made: every look is a `pread` (1.2 to 2 µs), so what other
 * handles write shows. Stores gather in one run of bytes, `[#runFrom, #runTo)` of the file, as long
 * as each begins in it or at its end, which is how an index is written; a store elsewhere, and
 * {@link ReadThrough.flush}, gives the run to the file.
 */
class ReadThrough implements Mapping {
  readonly length: number;
  readonly outlivesHandle = false;
  readonly bytes = undefined;
  readonly #file: MappedFile;
  readonly #writable: boolean;
  readonly #scratch = new Uint8Array(U64_BYTES);
  readonly #scratchData = new DataView(this.#scratch.buffer);
  #run = new Uint8Array(0);
  #runData = new DataView(this.#run.buffer);
  #runFrom = 0;
  #runTo = 0;
  #limit: number;

  constructor(file: MappedFile, length: number, writable: boolean) {
    this.#file = file;
    this.length = length;
    this.#limit = length;
    this.#writable = writable;
  }

  get closed(): boolean {
    return this.#limit === 0;
  }

  get path(): string {
    return this.#file.path;
  }

  view(position: number, length: number): Uint8Array {
    if (this.closed || !inRange(position, length, this.#limit)) {
      throw rangeRefusal(this, position, length);
    }
    const bytes = new Uint8Array(length);
    this.#load(bytes, position);
    return bytes;
  }

  u64(position: number): number {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    this.#load(this.#scratch, position);
    return readU64(this.#scratchData, 0);
  }

  setU64(position: number, value: number): void {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    if (!this.#writable || !isU64Value(value)) {
      throw storeRefusal(this.path, this.#writable, value);
    }
    this.#file.fd(); // a store that can never reach the file is refused, as every look is
    if (position < this.#runFrom || position > this.#runTo || !this.#fitsRun(position)) {
      this.#startRun(position);
    }
    writeU64(this.#runData, position - this.#runFrom, value);
    this.#runTo = Math.max(this.#runTo, position + U64_BYTES);
  }

  /** Each look is a call of its own: what it waits for is then as near as it gets. */
  willNeed(): void {}

  /** Writes the run. After a failure it is kept, so that nothing stored is silently lost. */
  flush(): void {
    if (this.closed) throw closedError(`the mapping of ${this.path}`);
    const fd = this.#file.fd();
    let done = 0;
    const length = this.#runTo - this.#runFrom;
    try {
      while (done < length) {
        done += writeSync(fd, this.#run, done, length - done, this.#runFrom + done);
      }
    } catch (error) {
      throw diskError("flush", this.path, error);
    }
    this.#runFrom = this.#runTo;
  }

  close(): void {
    this.#limit = 0;
  }

  #fitsRun(position: number): boolean {
    return position + U64_BYTES - this.#runFrom <= this.#run.length;
  }

  #startRun(position: number): void {
    this.flush();
    if (this.#run.length === 0) {
      this.#run = new Uint8Array(Math.min(RUN_BYTES_MAX, this.length));
      this.#runData = new DataView(this.#run.buffer);
    }
    this.#runFrom = position;
    this.#runTo = position;
  }

  /** Fills `target` with what the file has at `position`, under what the run has. */
  #load(target: Uint8Array, position: number): void {
    const to = position + target.length;
    const from = Math.max(position, this.#runFrom);
    const shared = Math.min(to, this.#runTo) - from;
    if (shared < target.length || target.length === 0) this.#readFile(target, position);
    if (shared <= 0) return;
    const at = from - this.#runFrom;
    target.set(this.#run.subarray(at, at + shared), from - position);
  }

  #readFile(target: Uint8Array, position: number): void {
    const fd = this.#file.fd();
    let done = 0;
    while (done < target.length) {
      const count = this.#pread(fd, target, done, position + done);
      if (count === 0) throw refused("EFAULT", "read", this.path, "cut below its mapping");
      done += count;
    }
  }

  #pread(fd: number, target: Uint8Array, done: number, position: number): number {
    try {
      return readSync(fd, target, done, target.length - done, position);
    } catch (error) {
      throw diskError("read", this.path, error);
    }
  }
}
