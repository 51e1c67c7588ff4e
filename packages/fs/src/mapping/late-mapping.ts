import type { FileHandle, FileSystem, Mapping } from "../contract.ts";
import { readThroughMapper } from "./read-through.ts";

/** Handles that are kept open for files that were hardly looked at. */
const HELD_MAX = 128;
/** So many looks are read by calls, 2 µs each, before a mapping is worth its cost. */
const LOOKS_BY_CALL = 12;
/** A longer look is one of a scan, and others follow. */
const SHORT_LOOK_BYTES = 64 * 1024;

interface HeldHandles {
  count: number;
}

/** Of each file system its own, so that what one simulated disk does depends on no other. */
const heldBy = new WeakMap<FileSystem, HeldHandles>();
const ofThisMachine: HeldHandles = { count: 0 };

/** To be called for a file system whose handles are descriptors of this process. */
export function sharesDescriptors(fs: FileSystem): FileSystem {
  heldBy.set(fs, ofThisMachine);
  return fs;
}

function heldOf(fs: FileSystem): HeldHandles {
  const known = heldBy.get(fs);
  if (known !== undefined) return known;
  const held = { count: 0 };
  heldBy.set(fs, held);
  return held;
}

/**
 * A mapping of all of a file that changes no more, made when the file is looked at and not before:
 * a mapping counts as memory of the program, and each few of a large log's segments would make V8
 * collect its garbage, 2 to 5 ms a time. Most segments are never read.
 *
 * The handle, which whoever opened it still closes, is closed when a mapping is there that outlives
 * it. Of handles that stay open until then a thread has at most 128 (of each file system that is
 * not this machine's: as many); the files of others are to be mapped at once, so that a log of a
 * thousand segments needs few. A file system that maps nothing makes its mappings at once, too.
 */
export class LateMapping {
  /** Whether the first look is to be now. */
  readonly isDue: boolean;
  readonly #handle: FileHandle;
  readonly #length: number;
  readonly #held: HeldHandles;
  #looksByCall: number;
  #isHeld: boolean;

  /** Of the first `length` bytes, at least 1 and below 2 GiB, of a file of `fs` that has them. */
  constructor(fs: FileSystem, handle: FileHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
    this.#held = heldOf(fs);
    this.isDue = this.#held.count >= HELD_MAX || fs.mapper === readThroughMapper.name;
    this.#isHeld = !this.isDue;
    this.#looksByCall = this.isDue ? 0 : LOOKS_BY_CALL;
    if (this.#isHeld) this.#held.count += 1;
  }

  /**
   * To be asked before each look, of `byteCount` bytes, until it has returned a mapping, and not
   * after {@link LateMapping.end}.
   *
   * @returns the mapping, which is the caller's to close; `undefined` where the look is to be a
   *   `read` of the handle: the first few, and while the system has no mapping to give
   */
  look(byteCount: number): Mapping | undefined {
    if (byteCount <= SHORT_LOOK_BYTES && this.#looksByCall > 0) {
      this.#looksByCall -= 1;
      return undefined;
    }
    const mapping = this.#map();
    if (mapping === undefined) return undefined;
    this.end();
    // a failure is told to whoever closes the handle again
    if (mapping.outlivesHandle) this.#handle.close().catch(() => {});
    return mapping;
  }

  /** To be called when there will be no look any more. Idempotent. */
  end(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#held.count -= 1;
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
