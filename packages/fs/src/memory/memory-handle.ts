import { checkInteger } from "@seglog/errors";
import {
  checkBytes,
  checkMap,
  checkParts,
  checkRange,
  closedError,
  readOnlyError,
} from "../checks.ts";
import type { FileHandle, Mapping } from "../contract.ts";
import type { MemoryFile } from "./memory-file.ts";
import { MemoryMapping } from "./memory-mapping.ts";

/** One opening of a {@link MemoryFile}. */
export class MemoryHandle implements FileHandle {
  readonly path: string;
  readonly #file: MemoryFile;
  readonly #writable: boolean;
  #closed = false;

  constructor(file: MemoryFile, path: string, writable: boolean) {
    this.#file = file;
    this.path = path;
    this.#writable = writable;
  }

  async size(): Promise<number> {
    this.#check();
    return this.#file.length;
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkBytes("target", target);
    checkInteger("position", position, { min: 0 });
    return this.#file.read(target, position);
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#checkWritable();
    const byteCount = checkParts(parts, position);
    // as on a real disk the bytes are taken later: a caller that reuses `parts` too early is seen
    await undefined;
    this.#file.write(parts, position, byteCount);
  }

  writeNow(bytes: Uint8Array, position: number): void {
    this.#checkWritable();
    this.#file.write([bytes], position, checkParts([bytes], position));
  }

  writeDurably(parts: readonly Uint8Array[], position: number): Promise<void> {
    return this.write(parts, position);
  }

  allocate(from: number, to: number): void {
    this.#checkWritable();
    checkRange(from, to);
    this.#file.fillWithZeros(from, to);
  }

  async sync(): Promise<void> {
    this.#check();
  }

  async truncate(size: number): Promise<void> {
    this.#checkWritable();
    checkInteger("size", size, { min: 0 });
    this.#file.truncate(size);
  }

  map(length: number, options: { readonly access: "read" | "write" }): Mapping {
    this.#check();
    checkMap(length, options, this.#file.length);
    const writable = options.access === "write";
    if (writable) this.#checkWritable();
    return new MemoryMapping(this.#file, this.path, length, writable);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #check(): void {
    if (this.#closed) throw closedError(this.path);
  }

  #checkWritable(): void {
    this.#check();
    if (!this.#writable) throw readOnlyError(this.path);
  }
}
