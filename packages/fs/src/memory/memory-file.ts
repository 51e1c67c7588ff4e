import { invariant } from "@seglog/errors";

const CAPACITY_MIN = 256;

/**
 * The bytes of one file in memory, under whatever names and handles it has. The backing grows by
 * doubling, so `bytes` and `data` change identity: read them anew for every access.
 */
export class MemoryFile {
  readonly kind = "file" as const;
  /** Whether somebody holds the file's lock. */
  locked = false;
  /** The backing, at least `length` long; zeros from `length` on. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The same memory, for numbers. */
  data: DataView = new DataView(this.bytes.buffer);
  #length = 0;
  readonly #mappings = new Set<{ readonly length: number }>();

  get length(): number {
    return this.#length;
  }

  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#length - position));
    if (count > 0) target.set(this.bytes.subarray(position, position + count));
    return count;
  }

  write(parts: readonly Uint8Array[], position: number, byteCount: number): void {
    if (byteCount === 0) return;
    this.#extend(position + byteCount);
    let at = position;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
  }

  fillWithZeros(from: number, to: number): void {
    if (from === to) return;
    this.#extend(to);
    this.bytes.fill(0, from, to);
  }

  truncate(size: number): void {
    for (const mapping of this.#mappings) {
      // a real disk answers with SIGBUS at the next access
      invariant(mapping.length <= size, "a file was cut below an open mapping of it");
    }
    this.#extend(size);
    this.bytes.fill(0, size, this.#length);
    this.#length = size;
  }

  addMapping(mapping: { readonly length: number }): void {
    this.#mappings.add(mapping);
  }

  removeMapping(mapping: { readonly length: number }): void {
    this.#mappings.delete(mapping);
  }

  #extend(length: number): void {
    if (length <= this.#length) return;
    if (length > this.bytes.length) {
      const bytes = new Uint8Array(Math.max(length, 2 * this.bytes.length, CAPACITY_MIN));
      bytes.set(this.bytes);
      this.bytes = bytes;
      this.data = new DataView(bytes.buffer);
    }
    this.#length = length;
  }
}
