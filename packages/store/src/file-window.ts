import { invariant, SeglogError } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";

/**
 * A part of a file in memory, moved along it by whoever walks the file. For opening and
 * truncating; reads of records go through `FileBytes`.
 */
export class FileWindow {
  readonly #handle: FileHandle;
  readonly fileBytes: number;
  readonly #buffer: Uint8Array;
  /** The same as {@link FileWindow.bytes}. */
  readonly view: DataView;
  /** Where in the file the window begins, and how much of the buffer is filled. */
  #from = 0;
  #filled = 0;

  constructor(handle: FileHandle, fileBytes: number, bufferBytes: number = WINDOW_BYTES) {
    this.#handle = handle;
    this.fileBytes = fileBytes;
    this.#buffer = new Uint8Array(Math.min(bufferBytes, Math.max(fileBytes, 1)));
    this.view = new DataView(this.#buffer.buffer);
  }

  /** What {@link FileWindow.load} and {@link FileWindow.byte} fill. */
  get bytes(): Uint8Array {
    return this.#buffer;
  }

  /**
   * Brings file bytes `[position, position + byteCount)`, all of which must be in the file and no
   * more than the window holds, into {@link FileWindow.bytes}.
   *
   * @returns the index of `position` in `bytes`
   */
  load(position: number, byteCount: number): number {
    const at = position - this.#from;
    if (at >= 0 && at + byteCount <= this.#filled) return at;
    invariant(position + byteCount <= this.fileBytes, "window within the file");
    invariant(byteCount <= this.#buffer.length, "no more than the window holds");
    this.#fill(position);
    if (byteCount > this.#filled) throw shrunk(this.#handle.path);
    return 0;
  }

  /** File bytes `[from, to)`, in parts; each is lent until the next is asked for. */
  *parts(from: number, to: number): Generator<Uint8Array, void, undefined> {
    for (let at = from; at < to; ) {
      const byteCount = Math.min(this.#buffer.length, to - at);
      const start = this.load(at, byteCount);
      yield this.#buffer.subarray(start, start + byteCount);
      at += byteCount;
    }
  }

  /** One byte of the file, walking upwards. */
  byte(position: number): number {
    const at = position - this.#from;
    if (at >= 0 && at < this.#filled) return this.#buffer[at] as number;
    return this.#buffer[this.load(position, 1)] as number;
  }

  /** One byte of the file, walking downwards: fills the window with what lies before it. */
  byteBackward(position: number): number {
    const at = position - this.#from;
    if (at >= 0 && at < this.#filled) return this.#buffer[at] as number;
    const from = Math.max(0, position + 1 - this.#buffer.length);
    return this.#buffer[this.load(from, position + 1 - from) + position - from] as number;
  }

  #fill(position: number): void {
    const target = this.#buffer.subarray(0, this.fileBytes - position);
    this.#filled = this.#handle.read(target, position);
    this.#from = position;
  }
}

/** A writer in another process has cut the file, or removed its segment. */
function shrunk(path: string): SeglogError {
  const text = `${path} became shorter while it was read`;
  return new SeglogError("ERR_SEGLOG_IO", text, { path, operation: "read" });
}

/** One read of so many bytes costs 0.1 ms from the page cache. */
const WINDOW_BYTES = 1 << 20;
