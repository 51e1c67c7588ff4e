import type { FrameFormat } from "./contract.ts";
import { copyPayload } from "./copy-payload.ts";
import { RECORD_BYTES_LIMIT } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import type { Block } from "./staging.ts";

/** The book's frames: an eight-byte length, then the bytes. Nothing in them can be verified. */
export class PlainFrames implements FrameCodec {
  readonly format: FrameFormat = "plain";

  write(
    { bytes }: Block,
    at: number,
    position: number,
    _tags: number,
    head: Uint8Array | undefined,
    record: Uint8Array,
  ): void {
    this.seal(bytes, at, position, copyPayload(bytes, at, head, record));
  }

  seal(bytes: Uint8Array, at: number, _position: number, payloadBytes: number): void {
    bytes[at] = 0;
    bytes[at + 1] = 0;
    bytes[at + 2] = 0;
    bytes[at + 3] = 0;
    bytes[at + 4] = payloadBytes >>> 24;
    bytes[at + 5] = payloadBytes >>> 16;
    bytes[at + 6] = payloadBytes >>> 8;
    bytes[at + 7] = payloadBytes;
  }

  payloadBytes(bytes: Uint8Array, at: number): number {
    for (let i = at; i < at + 4; i++) if (bytes[i] !== 0) return -1;
    const length =
      (((bytes[at + 4] as number) << 24) |
        ((bytes[at + 5] as number) << 16) |
        ((bytes[at + 6] as number) << 8) |
        (bytes[at + 7] as number)) >>>
      0;
    return length <= RECORD_BYTES_LIMIT ? length : -1;
  }

  tags(): number {
    return 0;
  }

  verify(): boolean {
    return true;
  }

  verifyRun(): boolean {
    return true;
  }

  verifyParts(): boolean {
    return true;
  }
}
