import type { DiskCall } from "./machine.ts";

/** A write that was begun, and whose bytes are not in the file yet. */
export class InFlightWrite {
  readonly call: DiskCall;
  readonly position: number;
  /** How many bytes, fewer than were given where a fault cuts the write short. */
  readonly byteCount: number;
  readonly #parts: readonly Uint8Array[];
  #bytes: Uint8Array | undefined;

  constructor(
    call: DiskCall,
    write: {
      readonly parts: readonly Uint8Array[];
      readonly position: number;
      readonly byteCount: number;
    },
  ) {
    this.call = call;
    this.position = write.position;
    this.byteCount = write.byteCount;
    this.#parts = write.parts;
  }

  /** Takes the bytes as they are now, for good. */
  capture(): void {
    this.#bytes ??= this.#joined();
  }

  /** A copy of the bytes. */
  bytes(): Uint8Array {
    return this.#bytes ?? this.#joined();
  }

  #joined(): Uint8Array {
    const bytes = new Uint8Array(this.byteCount);
    let at = 0;
    for (const part of this.#parts) {
      if (at === bytes.length) break;
      const taken = part.subarray(0, bytes.length - at);
      bytes.set(taken, at);
      at += taken.length;
    }
    return bytes;
  }
}
