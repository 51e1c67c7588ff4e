import type { ScanLimits, ScanWishes, SplitRead, StoreScan } from "./contract.ts";
import { type FileBytes, viewOf } from "./file-bytes.ts";
import { FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { GrowingScan } from "./growing-scan.ts";
import { corruptStore } from "./recover.ts";
import { copyFrames } from "./slab-copy.ts";
import type { Staging } from "./staging.ts";

export interface FrameReaderParts {
  readonly path: string;
  readonly frames: FrameCodec;
  readonly file: FileBytes;
  readonly staging: Staging;
}

/**
 * Finds frames by position, in the file or in the blocks that are not there yet.
 * Positions given are within the store; whether a frame begins there is what is found out.
 */
export class FrameReader {
  readonly #path: string;
  readonly #frames: FrameCodec;
  readonly #file: FileBytes;
  readonly #staging: Staging;
  /** Set by {@link FrameReader.#locate}: the bytes from a position on, at an index. */
  #bytes: Uint8Array = NOTHING;
  #view: DataView = NO_VIEW;
  /** Where `#bytes` lie: to ask them for it costs 20 ns. */
  #buffer: ArrayBufferLike = NOTHING.buffer;
  #bytesAt = 0;
  #at = 0;
  /** How many bytes the place that holds the position has from there on, loaded or not. */
  #left = 0;
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: or the engine would not look
  #touched = 0;
  /** Of the last {@link FrameReader.#walk}: kept, so that a scan costs no array of its own. */
  readonly #ends: number[] = [];

  constructor({ path, frames, file, staging }: FrameReaderParts) {
    this.#path = path;
    this.#frames = frames;
    this.#file = file;
    this.#staging = staging;
  }

  /** The payload of the frame at `position`, or what `split` leaves of it; as `Store.readView`. */
  view(position: number, split?: SplitRead): Uint8Array {
    const frameBytes = this.#frameBytes(position, FIRST_LOOK_BYTES);
    if (frameBytes === -1 || !this.#verify(position, frameBytes)) {
      throw corruptStore(this.#path, position);
    }
    let at = this.#at + FRAME_HEADER_BYTES;
    let length = frameBytes - FRAME_HEADER_BYTES;
    if (split !== undefined && length >= split.headBytes) {
      split.bytes = this.#bytes;
      split.at = at;
      split.next = position + frameBytes;
      at += split.headBytes;
      length -= split.headBytes;
    }
    return new Uint8Array(this.#buffer, this.#bytesAt + at, length);
  }

  /** Holds no bytes any more: to be called when mappings were ended. */
  letGo(): void {
    this.#hold(NOTHING, NO_VIEW);
    this.#at = 0;
    this.#left = 0;
  }

  /** Position behind the frame at `position`, whose payload is not looked at. */
  next(position: number): number {
    const frameBytes = this.#frameBytes(position, FRAME_HEADER_BYTES);
    if (frameBytes === -1) throw corruptStore(this.#path, position);
    return position + frameBytes;
  }

  /** Successive records from `from`, which is a position of the store or its end. */
  scan(from: number, { recordsMax, bytesMax }: ScanLimits, wishes: ScanWishes = {}): StoreScan {
    const scan = new GrowingScan(from, wishes);
    while (scan.next < this.#staging.end) {
      const limits = {
        recordsMax: recordsMax - scan.records.length,
        bytesMax: bytesMax - (scan.next - from),
      };
      if (limits.recordsMax === 0 || !this.#scanSlab(scan, limits)) break;
    }
    this.#file.willReadOn(STORE_HEADER_BYTES + from, STORE_HEADER_BYTES + scan.next);
    return scan;
  }

  /**
   * Adds to `scan` the frames that lie together where `scan.next` is, copied in one go.
   * @returns whether the scan may go on behind them
   */
  #scanSlab(scan: GrowingScan, limits: ScanLimits): boolean {
    const begin = scan.next;
    const firstOfAll = scan.records.length === 0;
    const frameBytes = this.#frameBytes(begin, Math.min(limits.bytesMax, SLAB_BYTES));
    const isThere = frameBytes !== -1 && this.#isThere(begin, frameBytes);
    if (isThere && frameBytes > limits.bytesMax && !firstOfAll) return false;
    const ends = this.#ends;
    const into = scan.space;
    const copied = copySpace(into, frameBytes, limits);
    let found = 0;
    if (isThere && copied !== undefined) found = this.#copy(frameBytes, limits, copied);
    else if (isThere) found = this.#walk(frameBytes, limits);
    const used = found === 0 ? 0 : (ends[found - 1] as number);
    let slab: Uint8Array;
    if (copied === undefined) slab = copyOf(this.#bytes, this.#at, used, into);
    else if (copied === into) slab = startOf(into, used);
    else slab = copyOf(copied, 0, used);
    const count = this.#countValid(slab, begin, found);
    if (count === 0) {
      if (firstOfAll) throw corruptStore(this.#path, begin);
      return false;
    }
    scan.add(slab, ends, count);
    return count === found && scan.next - begin < limits.bytesMax;
  }

  /** As {@link FrameReader.#walk} does, and copies the frames to the front of `into`. */
  #copy(firstBytes: number, limits: ScanLimits, into: Uint8Array): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const left = Math.min(this.#left, bytes.length - at);
    const { recordsMax } = limits;
    const bytesMax = Math.min(limits.bytesMax, into.length);
    const bounds = { frames: this.#frames, recordsMax, bytesMax };
    return copyFrames({ bytes, at, left, firstBytes }, into, this.#ends, bounds);
  }

  /**
   * Sets `#ends` to where the frames end that lie together in what is located: the first, and who
   * follows it. @returns how many
   */
  #walk(firstBytes: number, { recordsMax, bytesMax }: ScanLimits): number {
    const bytes = this.#bytes;
    const at = this.#at;
    const left = Math.min(this.#left, bytes.length - at);
    const ends = this.#ends;
    ends[0] = firstBytes;
    let count = 1;
    for (let used = firstBytes; count < recordsMax; count++) {
      const frameBytes = this.#frameBytesAt(bytes, at + used, left - used);
      if (frameBytes === -1 || used + frameBytes > bytesMax) break;
      used += frameBytes;
      ends[count] = used;
    }
    return count;
  }

  /**
   * How many of the frames copied to `slab` come before the first that is not valid. All are
   * verified by one checksum; where that is wrong, one by one where they were copied from.
   */
  #countValid(slab: Uint8Array, begin: number, count: number): number {
    const ends = this.#ends;
    if (this.#frames.verifyRun(slab, begin, ends, count)) return count;
    let start = 0;
    for (let i = 0; i < count; i++) {
      if (!this.#frames.verify(this.#view, this.#at + start, begin + start)) return i;
      start = ends[i] as number;
    }
    return count;
  }

  /** Length of the frame at `position`, with the first `look` bytes of it, if any, located. */
  #frameBytes(position: number, look: number): number {
    this.#locate(position, Math.max(look, FRAME_HEADER_BYTES));
    return this.#frameBytesAt(this.#bytes, this.#at, this.#left);
  }

  #frameBytesAt(bytes: Uint8Array, at: number, left: number): number {
    if (left < FRAME_HEADER_BYTES || at + FRAME_HEADER_BYTES > bytes.length) return -1;
    const payloadBytes = this.#frames.payloadBytes(bytes, at);
    const frameBytes = FRAME_HEADER_BYTES + payloadBytes;
    return payloadBytes === -1 || frameBytes > left ? -1 : frameBytes;
  }

  #verify(position: number, frameBytes: number): boolean {
    if (!this.#isThere(position, frameBytes)) return false;
    if (frameBytes >= TOUCHED_BYTES_MIN && this.#frames.format === "checked") {
      this.#touch(frameBytes);
    }
    return this.#frames.verify(this.#view, this.#at, position);
  }

  /**
   * Looks at each line of memory of what is located: the processor fetches them all at once, for
   * which a checksum would wait one after the other (of 1 KiB, read at random, 1,510 ns and 1,230).
   */
  #touch(frameBytes: number): void {
    const bytes = this.#bytes;
    const end = this.#at + Math.min(frameBytes, TOUCHED_BYTES_MAX);
    let sum = 0;
    for (let at = this.#at + LINE_BYTES; at < end; at += LINE_BYTES) sum ^= bytes[at] as number;
    this.#touched = sum;
  }

  /** Whether all of the frame at `position` could be located. */
  #isThere(position: number, frameBytes: number): boolean {
    if (this.#at + frameBytes > this.#bytes.length) this.#locate(position, frameBytes);
    return this.#at + frameBytes <= this.#bytes.length;
  }

  #locate(position: number, byteCount: number): void {
    const { start } = this.#staging;
    if (position >= start) {
      const block = this.#staging.find(position);
      this.#hold(block.bytes, block.view);
      this.#at = position - block.start;
      this.#left = block.used - this.#at;
      return;
    }
    const left = start - position;
    const from = STORE_HEADER_BYTES + position;
    const wanted = Math.min(byteCount, left);
    const memory = this.#file.memoryTo(from + wanted);
    this.#left = left;
    if (from + wanted <= memory.length) {
      this.#hold(memory, this.#file.memoryView);
      this.#at = from;
    } else {
      const bytes = this.#file.view(from, wanted);
      this.#hold(bytes, viewOf(bytes));
      this.#at = 0;
    }
  }

  #hold(bytes: Uint8Array, view: DataView): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#view = view;
    this.#buffer = bytes.buffer;
    this.#bytesAt = bytes.byteOffset;
  }
}

/**
 * `bytes[at, at + length)`, copied to `into` where that has room. Not `slice`, which lends where
 * the disk's bytes are a Buffer; not cleared first, either.
 */
function copyOf(bytes: Uint8Array, at: number, length: number, into?: Uint8Array): Uint8Array {
  const copy =
    into !== undefined && length <= into.length
      ? new Uint8Array(into.buffer, into.byteOffset, length)
      : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
  return copy;
}

/**
 * Where frames may be copied before they are walked: what the caller lends, or else memory of ours
 * that stays in the cache, if the first frame fits, and all that may be taken if they are like it.
 * `undefined`: the length of the copy has to be found first.
 */
function copySpace(
  into: Uint8Array | undefined,
  firstBytes: number,
  { recordsMax, bytesMax }: ScanLimits,
): Uint8Array | undefined {
  const space = into ?? SCRATCH;
  const bytes = into === undefined ? Math.min(bytesMax, recordsMax * firstBytes) : bytesMax;
  return firstBytes <= bytesMax && bytes <= space.length ? space : undefined;
}

/** The first bytes of `bytes`. */
function startOf(bytes: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
}

const NOTHING = new Uint8Array(0);
const NO_VIEW = viewOf(NOTHING);

/** Looked at in one go by a read: header and most payloads. */
const FIRST_LOOK_BYTES = 512;

const LINE_BYTES = 64;
/** Of fewer, the processor fetches what follows by itself. */
const TOUCHED_BYTES_MIN = 256;
/** Behind those the checksum is long enough under way. */
const TOUCHED_BYTES_MAX = 4096;

/** Looked at, and copied, in one go by a scan. */
const SLAB_BYTES = 256 * 1024;

/** Of all stores of the thread; nothing in it outlives the call that put it there. */
const SCRATCH = new Uint8Array(Buffer.allocUnsafeSlow(SLAB_BYTES).buffer);
