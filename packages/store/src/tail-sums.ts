import type { FileHandle } from "@seglog/fs";
import { type CheckedFrames, u32 } from "./checked-frames.ts";
import { crc32 } from "./crc32.ts";
import { multiply, zeroBytes } from "./crc32-shift.ts";
import { FileWindow } from "./file-window.ts";
import {
  FRAME_FLAGS,
  FRAME_HEADER_BYTES,
  RECORD_BYTES_LIMIT,
  STORE_HEADER_BYTES,
} from "./format.ts";

/** Where valid frames are looked for: from `position` to the end of the file. */
export interface SearchedTail {
  readonly handle: FileHandle;
  readonly frames: CheckedFrames;
  readonly fileBytes: number;
  readonly position: number;
}

/** What a frame found at some place says of itself. */
export interface FrameAt {
  readonly payloadBytes: number;
  readonly generation: number;
}

/**
 * Finds valid frames at any byte behind a damage.
 *
 * The checksum of each candidate is derived from those of two prefixes of the tail, in about
 * 0.3 µs whatever its length. Calculating it from the bytes would make the search quadratic:
 * minutes for a torn record of 16 MiB that looks random, since every 32nd byte of it then begins
 * a plausible header.
 */
export class TailSums {
  readonly #frames: CheckedFrames;
  readonly #start: number;
  readonly #end: number;
  readonly #forward: FileWindow;
  readonly #random: FileWindow;
  /** Bytes from one register to the next; at most so many are read again to tell another. */
  readonly #stride: number;
  /** Raw CRC registers, from zero at the start, of every `#stride`th prefix; `#known` are there. */
  readonly #sums: Uint32Array;
  #known = 1;

  constructor({ handle, frames, fileBytes, position }: SearchedTail) {
    this.#frames = frames;
    this.#start = STORE_HEADER_BYTES + position;
    this.#end = fileBytes;
    const tailBytes = fileBytes - this.#start;
    const whole = tailBytes <= IN_MEMORY_BYTES_MAX;
    this.#forward = new FileWindow(handle, fileBytes, whole ? tailBytes : undefined);
    this.#random = whole ? this.#forward : new FileWindow(handle, fileBytes, 4096);
    this.#stride = STRIDE_MIN * Math.max(1, Math.ceil(tailBytes / IN_MEMORY_BYTES_MAX));
    this.#sums = new Uint32Array(Math.floor(tailBytes / this.#stride) + 1);
  }

  /** The first valid frame that begins in `[from, to)`. */
  find(from: number, to: number): { position: number; frame: FrameAt } | undefined {
    const last = Math.min(to, this.#end - STORE_HEADER_BYTES - FRAME_HEADER_BYTES + 1);
    for (let position = from; position < last; position++) {
      const frame = this.frameAt(position);
      if (frame !== undefined) return { position, frame };
    }
    return undefined;
  }

  /** The frame at `position`, if a valid one begins there; eight bytes of the file are there. */
  frameAt(position: number): FrameAt | undefined {
    const from = STORE_HEADER_BYTES + position;
    const at = this.#forward.load(from, FRAME_HEADER_BYTES);
    const word = u32(this.#forward.bytes, at + 4);
    // Before anything else: this decides for most bytes, at 10 ns each.
    const payloadBytes = word & RECORD_BYTES_LIMIT;
    const end = from + FRAME_HEADER_BYTES + payloadBytes;
    if (word >= 0 || end > this.#end) return undefined;
    const flags = word >>> 28;
    const stored = ~u32(this.#forward.bytes, at);
    const shift = zeroBytes(4 + payloadBytes);
    const start = ~this.#frames.seed(position) ^ this.#register(from + 4);
    const last = this.#register(end);
    if ((last ^ multiply(shift, start)) !== stored) {
      // The batch flag may have been taken off: see CheckedFrames.verify.
      if (flags & FRAME_FLAGS.batchContinues) return undefined;
      const flag = FRAME_FLAGS.batchContinues << 4;
      if ((last ^ multiply(shift, start ^ flag)) !== stored) return undefined;
    }
    return { payloadBytes, generation: flags & FRAME_FLAGS.generation };
  }

  /** The register after the bytes from the start to `filePosition`. */
  #register(filePosition: number): number {
    const index = Math.floor((filePosition - this.#start) / this.#stride);
    if (index >= this.#known) this.#extendTo(index);
    const known = this.#start + index * this.#stride;
    const sum = ~(this.#sums[index] as number) >>> 0;
    if (known === filePosition) return ~sum;
    const at = this.#random.load(known, filePosition - known);
    return ~crc32(this.#random.bytes, at, at + filePosition - known, sum);
  }

  #extendTo(index: number): void {
    const stride = this.#stride;
    let sum = ~(this.#sums[this.#known - 1] as number) >>> 0;
    for (; this.#known <= index; this.#known++) {
      const at = this.#random.load(this.#start + (this.#known - 1) * stride, stride);
      sum = crc32(this.#random.bytes, at, at + stride, sum);
      this.#sums[this.#known] = ~sum;
    }
  }
}

/** Four bytes of memory for so many of the tail, or more of a long one: 4 MiB at the most. */
const STRIDE_MIN = 64;

/** A tail up to this size is held in memory; a longer one costs two small reads a candidate. */
const IN_MEMORY_BYTES_MAX = 64 * 2 ** 20;
