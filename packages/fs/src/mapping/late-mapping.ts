import type { FileHandle, Mapping } from "../contract.ts";

/** Handles that a thread keeps open for files that were hardly looked at. */
const HELD_MAX = 128;
/** So many looks are read by calls, at 2 µs each, before it is worth to map the file. */
const LOOKS_BY_CALL = 12;
/** A longer look is the begin of many, as of a scan. */
const SHORT_LOOK_BYTES = 4096;

let held = 0;

/**
 * A mapping of all of a file that changes no more, made when the file is looked at and not before:
 * a mapping counts as memory of the program, and each few of a large log's segments would make V8
 * collect its garbage, 2 to 5 ms a time. Most segments are never read.
 *
 * The handle, which whoever opened it still closes, is closed when a mapping is there that outlives
 * it. Of handles that stay open until then a thread has at most 128; the files of others are to be
 * mapped at once, so that a log of a thousand segments needs few.
 */
export class LateMapping {
  readonly #handle: FileHandle;
  readonly #length: number;
  #looksByCall = LOOKS_BY_CALL;
  #isHeld: boolean;

  /** Of the first `length` bytes, at least 1 and below 2 GiB, of a file that has them. */
  constructor(handle: FileHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
    this.#isHeld = held < HELD_MAX;
    if (this.#isHeld) held += 1;
    else this.#looksByCall = 0;
  }

  /** Whether the first look is to be now. */
  get isDue(): boolean {
    return !this.#isHeld;
  }

  /**
   * To be asked before each look, of `byteCount` bytes, until there is a mapping.
   *
   * @returns `undefined` where the look is to be a `read` of the handle: the first few, and while
   * the system has no mapping to give
   */
  look(byteCount: number): Mapping | undefined {
    if (byteCount <= SHORT_LOOK_BYTES && this.#looksByCall > 0) {
      this.#looksByCall -= 1;
      return undefined;
    }
    const mapping = this.#map();
    if (mapping === undefined) return undefined;
    this.end();
    // a failure is told to whoever closes it again: that is idempotent
    if (mapping.outlivesHandle) this.#handle.close().catch(() => {});
    return mapping;
  }

  /** To be called when there will be no look any more. Idempotent. */
  end(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    held -= 1;
  }

  #map(): Mapping | undefined {
    try {
      return this.#handle.map(this.#length, READING);
    } catch {
      // a process has only so many mappings; what is not mapped is read
      this.#looksByCall = LOOKS_BY_CALL;
      return undefined;
    }
  }
}

const READING = Object.freeze({ access: "read" as const });
