import type { FileHandle } from "@seglog/fs";

export interface PreallocationLimits {
  /** Length of the file now. */
  readonly fileBytes: number;
  /** File bytes beyond which no zeros are written; 0 for no preallocation at all. */
  readonly fileBytesMax: number;
}

/**
 * Keeps durable zeros ahead of the writer, in the background: bytes written over them become
 * durable in one call that changes nothing but these bytes.
 *
 * Each step is a durable write of its own: what makes frames durable has no zeros to write, nor
 * the file's new length. Frames wait for a step only where it is on its way to their place.
 */
export class Preallocation {
  readonly #handle: FileHandle;
  readonly #fileBytesMax: number;
  /** Everything before it has blocks, durable with the length. */
  #fileBytes: number;
  #step = STEP_BYTES_MIN;
  /** With fewer zeros left than this the next step begins: half of the last one. */
  #left = 0;
  #running: Promise<void> | undefined;
  #stopped: boolean;

  constructor(handle: FileHandle, { fileBytes, fileBytesMax }: PreallocationLimits) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
    this.#fileBytesMax = fileBytesMax;
    this.#stopped = fileBytesMax === 0;
  }

  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Whether zeros are on their way to a place before `fileEnd`: they must never land on data. */
  isInTheWay(fileEnd: number): boolean {
    return this.#running !== undefined && fileEnd > this.#fileBytes;
  }

  /** To be awaited, where {@link Preallocation.isInTheWay} says so, before data is written. */
  async makeWay(): Promise<void> {
    await this.#running;
  }

  /** Data was written over `[from, fileEnd)`: writes zeros behind it when few are left. */
  written(from: number, fileEnd: number): void {
    if (fileEnd > this.#fileBytes) this.#fileBytes = fileEnd;
    if (this.#stopped || this.#running !== undefined) return;
    if (this.#fileBytes - fileEnd > this.#left) return;
    const written = fileEnd - from;
    if (written > WRITE_BYTES_MAX) return;
    const step = Math.min(this.#step, written < SMALL_BYTES ? SMALL_STEP_BYTES : STEP_BYTES_MAX);
    const to = Math.ceil((this.#fileBytes + step) / ALIGN_BYTES) * ALIGN_BYTES;
    const bytes = Math.min(to, this.#fileBytesMax) - this.#fileBytes;
    if (bytes <= 0) return;
    this.#left = step / 2;
    this.#step = Math.min(this.#step * STEP_GROWTH, STEP_BYTES_MAX);
    this.#running = this.#zero(bytes);
  }

  /** Resolves when nothing is being written, and starts nothing from then on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** The file was cut to `fileBytes`; goes on from there. */
  restart(fileBytes: number): void {
    this.#fileBytes = fileBytes;
    this.#step = STEP_BYTES_MIN;
    this.#left = 0;
    this.#stopped = this.#fileBytesMax === 0;
  }

  async #zero(bytes: number): Promise<void> {
    const parts = Array.from({ length: Math.ceil(bytes / ZEROS.length) }, (_, i) =>
      ZEROS.subarray(0, bytes - i * ZEROS.length),
    );
    try {
      await this.#handle.writeDurably(parts, this.#fileBytes);
      this.#fileBytes += bytes;
    } catch {
      // No append asked for these bytes and none depends on them. If the disk is full or broken,
      // the write of a record meets that too, and reports it to who waits for the record.
      this.#stopped = true;
    } finally {
      this.#running = undefined;
    }
  }
}

const STEP_BYTES_MIN = 64 * 1024;
/** Whoever appends meanwhile waits for a part of it: of 4 MiB, for ten syncs. */
const STEP_BYTES_MAX = 2 ** 20;
/** Few bytes at a time are soon there, and would feel the wait for a long step. */
const SMALL_BYTES = 16 * 1024;
const SMALL_STEP_BYTES = 256 * 1024;
const STEP_GROWTH = 4;
/** So that a page of frames and one of zeros are seldom the same. */
const ALIGN_BYTES = 64 * 1024;
/**
 * Larger writes are not helped: zeros ahead of them double what the disk has to take. By 4096
 * callers of 128 B a seventh more is acknowledged without, by 256 the same.
 */
const WRITE_BYTES_MAX = 128 * 1024;
const ZEROS = new Uint8Array(64 * 1024);
