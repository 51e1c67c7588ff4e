import type { ScanLimits, StoreScan } from "./contract.ts";
import type { FileBytes } from "./file-bytes.ts";
import { FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { corruptStore } from "./recover.ts";
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
  #at = 0;
  /** How many bytes the place that holds the position has from there on, loaded or not. */
  #left = 0;

  constructor({ path, frames, file, staging }: FrameReaderParts) {
    this.#path = path;
    this.#frames = frames;
    this.#file = file;
    this.#staging = staging;
  }

  /** The payload of the frame at `position`; lent as `Store.readView` says. */
  view(position: number): Uint8Array {
    const frameBytes = this.#frameBytes(position, FIRST_LOOK_BYTES);
    if (frameBytes === -1 || !this.#verify(position, frameBytes)) {
      throw corruptStore(this.#path, position);
    }
    const bytes = this.#bytes;
    return new Uint8Array(
      bytes.buffer,
      bytes.byteOffset + this.#at + FRAME_HEADER_BYTES,
      frameBytes - FRAME_HEADER_BYTES,
    );
  }

  /** Position behind the frame at `position`, whose payload is not looked at. */
  next(position: number): number {
    const frameBytes = this.#frameBytes(position, FRAME_HEADER_BYTES);
    if (frameBytes === -1) throw corruptStore(this.#path, position);
    return position + frameBytes;
  }

  /** Successive records from `from`, which is a position of the store or its end. */
  scan(from: number, { recordsMax, bytesMax }: ScanLimits): StoreScan {
    const scan: GrowingScan = { positions: [], records: [], next: from };
    while (scan.next < this.#staging.end) {
      const limits = {
        recordsMax: recordsMax - scan.records.length,
        bytesMax: bytesMax - (scan.next - from),
      };
      if (limits.recordsMax === 0 || !this.#scanSlab(scan, limits)) break;
    }
    return scan;
  }

  /**
   * Adds to `scan` the frames that lie together where `scan.next` is, copied in one go.
   * @returns whether the scan may go on behind them
   */
  #scanSlab(scan: GrowingScan, { recordsMax, bytesMax }: ScanLimits): boolean {
    const begin = scan.next;
    let frameBytes = this.#frameBytes(begin, Math.min(bytesMax, SLAB_BYTES));
    const firstOfAll = scan.records.length === 0;
    if (frameBytes === -1 || !this.#verify(begin, frameBytes)) {
      if (firstOfAll) throw corruptStore(this.#path, begin);
      return false;
    }
    if (frameBytes > bytesMax && !firstOfAll) return false;
    const bytes = this.#bytes;
    const at = this.#at;
    const ends = [frameBytes];
    let used = frameBytes;
    let good = true;
    while (ends.length < recordsMax) {
      frameBytes = this.#frameBytesAt(bytes, at + used, this.#left - used);
      if (frameBytes === -1 || used + frameBytes > bytesMax) break;
      if (at + used + frameBytes > bytes.length) break;
      good = this.#frames.verify(bytes, at + used, begin + used);
      if (!good) break;
      used += frameBytes;
      ends.push(used);
    }
    addRecords(scan, copyOf(bytes.subarray(at, at + used)), ends);
    return good && used < bytesMax;
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
    if (this.#at + frameBytes > this.#bytes.length) this.#locate(position, frameBytes);
    const isThere = this.#at + frameBytes <= this.#bytes.length;
    return isThere && this.#frames.verify(this.#bytes, this.#at, position);
  }

  #locate(position: number, byteCount: number): void {
    const { start } = this.#staging;
    if (position >= start) {
      const block = this.#staging.find(position);
      this.#bytes = block.bytes;
      this.#at = position - block.start;
      this.#left = block.used - this.#at;
    } else {
      this.#left = start - position;
      const wanted = Math.min(byteCount, this.#left);
      this.#bytes = this.#file.view(STORE_HEADER_BYTES + position, wanted);
      this.#at = 0;
    }
  }
}

interface GrowingScan {
  readonly positions: number[];
  readonly records: Uint8Array[];
  next: number;
}

/** Adds the frames of `slab`, of which `ends` holds where each ends. */
function addRecords(scan: GrowingScan, slab: Uint8Array, ends: readonly number[]): void {
  let start = 0;
  for (const end of ends) {
    const payload = start + FRAME_HEADER_BYTES;
    scan.positions.push(scan.next + start);
    scan.records.push(new Uint8Array(slab.buffer, slab.byteOffset + payload, end - payload));
    start = end;
  }
  scan.next += start;
}

/** Not `slice`, which lends where the disk's bytes are a Buffer; not cleared first, either. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(bytes.length).buffer);
  copy.set(bytes);
  return copy;
}

const NOTHING = new Uint8Array(0);

/** Looked at in one go by a read: header and most payloads. */
const FIRST_LOOK_BYTES = 512;

/** Looked at, and copied, in one go by a scan. */
const SLAB_BYTES = 256 * 1024;
