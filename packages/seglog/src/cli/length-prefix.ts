import { SeglogError } from "@seglog/errors";
import { badInput } from "./bad-input.ts";

const PREFIX_BYTES = 4;

/** What stands before a value of `length` bytes: a big-endian u32. */
export function lengthPrefix(length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}

/** Cuts a stream of chunks into values, each behind its {@link lengthPrefix}. */
export class LengthSplitter {
  readonly #bytesMax: number;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  /** How many bytes the next piece takes, and whether it is a value. */
  #wanted = PREFIX_BYTES;
  #isValue = false;
  #count = 0;

  constructor({ bytesMax }: { readonly bytesMax: number }) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The values that end in `chunk`. They may be views of it.
   *
   * @throws ERR_SEGLOG_RECORD_TOO_LARGE  before anything of the value is kept
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, undefined> {
    let from = 0;
    while (chunk.length - from >= this.#wanted - this.#partBytes) {
      const to = from + this.#wanted - this.#partBytes;
      const piece = this.#join(chunk.subarray(from, to));
      from = to;
      if (this.#isValue) yield piece;
      this.#expect(piece);
    }
    if (from === chunk.length) return;
    this.#parts.push(chunk.subarray(from));
    this.#partBytes += chunk.length - from;
  }

  /** @throws ERR_SEGLOG_INVALID_ARGUMENT  the stream ended within a value, or its length */
  // biome-ignore lint/correctness/useYield: the other splitter has a last value here
  *end(): Generator<Uint8Array, undefined> {
    if (!this.#isValue && this.#partBytes === 0) return;
    throw badInput(`the input ends within value ${this.#count + 1}`, "whole values");
  }

  #expect(piece: Uint8Array): void {
    this.#isValue = !this.#isValue;
    if (!this.#isValue) {
      this.#count++;
      this.#wanted = PREFIX_BYTES;
      return;
    }
    const { buffer, byteOffset } = piece;
    this.#wanted = new DataView(buffer, byteOffset, PREFIX_BYTES).getUint32(0);
    if (this.#wanted <= this.#bytesMax) return;
    const told = `value ${this.#count + 1} has ${this.#wanted} bytes by its length`;
    throw new SeglogError(
      "ERR_SEGLOG_RECORD_TOO_LARGE",
      `${told}, the limit is ${this.#bytesMax}`,
      { bytes: this.#wanted, bytesMax: this.#bytesMax },
    );
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#partBytes === 0) return last;
    const piece = Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#partBytes = 0;
    return piece;
  }
}
