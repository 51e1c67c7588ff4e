import type { FileHandle } from "@seglog/fs";
import type { IndexEntry } from "./contract.ts";
import { INDEX_ENTRY_BYTES } from "./entry-layout.ts";
import { entryIn } from "./entry-reader.ts";

/**
 * Reads entries by system call, each with the next one: who looks for a record asks where that
 * begins, too, and a call costs more than all the rest.
 */
export class EntryPairs {
  readonly #handle: FileHandle;
  readonly #bytes = new Uint8Array(2 * INDEX_ENTRY_BYTES);
  readonly #words = new DataView(this.#bytes.buffer);
  /** The entry with which the one behind was read that nobody asked for yet; -1: none. */
  #before = -1;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Entry `n`, or `undefined` where the disk does not give it: an index is a cache, and who asks
   * goes on without it. Of two calls in a row the second may give what was there at the first.
   */
  read(n: number): IndexEntry | undefined {
    const before = this.#before;
    this.#before = -1;
    if (n === before + 1 && before >= 0) {
      const next = entryIn(this.#words, INDEX_ENTRY_BYTES);
      // else it was not written yet, at the time
      if (next.offset === entryIn(this.#words, 0).offset + 1) return next;
    }
    try {
      // zeros, never plausible behind the first entry, where a file has meanwhile become shorter
      this.#bytes.fill(0);
      this.#handle.read(this.#bytes, n * INDEX_ENTRY_BYTES);
    } catch {
      return undefined;
    }
    this.#before = n;
    return entryIn(this.#words, 0);
  }
}
