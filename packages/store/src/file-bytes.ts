import { type FileHandle, type FileSystem, LateMapping, type Mapping } from "@seglog/fs";

/** Reads what is in the file, through a mapping that follows the file as it grows. */
export class FileBytes {
  #handle: FileHandle;
  #mapping: Mapping | undefined;
  /** Of a file that changes no more, until it is mapped. */
  #late: LateMapping | undefined;
  #mapped = 0;
  /** What is mapped, as memory; nothing where files are read by calls. */
  #memory: Uint8Array = NOTHING;
  #memoryView: DataView = NO_VIEW;
  /** Length of the file as far as blocks stand behind it: a page beyond would be a SIGBUS. */
  #fileBytes: number;
  /** The last range read in one go, and the last that the system was asked for. */
  #readFrom = -1;
  #readTo = -1;
  #askedFrom = 0;
  #askedTo = 0;
  readonly #retired = new Set<Mapping>();

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.#fileBytes = fileBytes;
  }

  /** Notes that the file has, with blocks, at least `fileBytes` now. */
  grown(fileBytes: number): void {
    if (fileBytes > this.#fileBytes) this.#fileBytes = fileBytes;
  }

  /** The file from its start as memory: up to `to` or beyond, but where it is not mapped. */
  memoryTo(to: number): Uint8Array {
    // what is not mapped yet is looked at by `view`, and counted there
    if (to > this.#mapped && this.#late === undefined) this.#remap(to);
    return this.#memory;
  }

  /** The same bytes as {@link FileBytes.memoryTo} has returned. */
  get memoryView(): DataView {
    return this.#memoryView;
  }

  /**
   * File bytes `[position, position + byteCount)`, which are in the file. Lent until the caller
   * next awaits.
   */
  view(position: number, byteCount: number): Uint8Array {
    if (position + byteCount > this.#mapped && !this.#remap(position + byteCount, byteCount)) {
      const bytes = new Uint8Array(byteCount);
      const read = this.#handle.read(bytes, position);
      return read === byteCount ? bytes : bytes.subarray(0, read);
    }
    return (this.#mapping as Mapping).view(position, byteCount);
  }

  /**
   * To be told of each range that was read in one go: where one begins or ends at the end of the
   * one before, the system is asked for what comes next. Once for many small ones.
   */
  willReadOn(from: number, to: number): void {
    const isForward = from === this.#readTo;
    const isBackward = to === this.#readFrom;
    this.#readFrom = from;
    this.#readTo = to;
    if (isForward) {
      if (to + READ_AHEAD_BYTES / 2 <= this.#askedTo && from >= this.#askedFrom) return;
      this.#ask(to, to + READ_AHEAD_BYTES);
    } else if (isBackward) {
      if (from - READ_AHEAD_BYTES / 2 >= this.#askedFrom && to <= this.#askedTo) return;
      this.#ask(Math.max(0, from - READ_AHEAD_BYTES), from);
    }
  }

  #ask(from: number, to: number): void {
    this.#askedFrom = from;
    this.#askedTo = to;
    this.#mapping?.willNeed(from, to - from);
  }

  /** Maps now, so that the handle may be closed. @returns whether it may */
  mapForGood(): boolean {
    this.#remap(this.#fileBytes);
    return this.#mapping?.outlivesHandle === true && this.#mapped === this.#fileBytes;
  }

  /**
   * To be told of a file that changes no more, and is not mapped: it is when it is read, and
   * `handle`, through which it is read until then, is closed.
   */
  mapLate(fs: FileSystem, handle: FileHandle): void {
    this.#handle = handle;
    const length = this.#fileBytes;
    if (length === 0 || length > MAPPED_BYTES_MAX) return;
    this.#late = new LateMapping(fs, handle, length);
    if (this.#late.isDue) this.#remap(length);
  }

  /**
   * Ends all mappings; the file may be cut to `fileBytes` afterwards. Reads may go on, also where
   * the disk refuses to end one: that is never looked at again.
   */
  unmap(fileBytes: number): void {
    const ending = [...this.#retired];
    if (this.#mapping !== undefined) ending.push(this.#mapping);
    this.#late?.end();
    this.#late = undefined;
    this.#mapping = undefined;
    this.#memory = NOTHING;
    this.#memoryView = NO_VIEW;
    this.#mapped = 0;
    this.#fileBytes = fileBytes;
    this.#retired.clear();
    const failures: unknown[] = [];
    for (const mapping of ending) {
      try {
        mapping.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Maps the file as it is now, if that reaches `to` and the mapping grows enough to be worth it:
   * on Node 20 an old mapping stays until it is collected, and so they must be few. What is not
   * worth it is read, in 2 µs instead of 0.1.
   */
  #remap(to: number, lookBytes = to): boolean {
    const length = Math.min(this.#fileBytes, MAPPED_BYTES_MAX);
    if (to > length || length - this.#mapped < this.#mapped / 8) return false;
    const mapping = this.#late === undefined ? this.#map(length) : this.#late.look(lookBytes);
    if (mapping !== undefined) this.#adopt(mapping, length);
    return mapping !== undefined;
  }

  #map(length: number): Mapping | undefined {
    try {
      return this.#handle.map(length, { access: "read" });
    } catch {
      return undefined; // a process has only so many mappings; what is not mapped is read
    }
  }

  #adopt(mapping: Mapping, length: number): void {
    const old = this.#mapping;
    this.#mapping = mapping;
    this.#late = undefined;
    this.#mapped = length;
    this.#memory = mapping.bytes ?? NOTHING;
    this.#memoryView = viewOf(this.#memory);
    if (old !== undefined) this.#retire(old);
  }

  /** Closes a mapping when its views have expired: in a later turn. */
  #retire(mapping: Mapping): void {
    this.#retired.add(mapping);
    setImmediate(() => {
      if (!this.#retired.delete(mapping)) return;
      try {
        mapping.close();
      } catch {
        // nobody waits for this, and nobody looks at that mapping again
      }
    });
  }
}

const NOTHING = new Uint8Array(0);
const NO_VIEW: DataView = viewOf(NOTHING);

export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Asked for at a time: 0.5 ms of a fast disk, 5 of a slow one. */
const READ_AHEAD_BYTES = 2 ** 20;

/** What `FileHandle.map` accepts. */
const MAPPED_BYTES_MAX = 2 ** 31 - 1;
