import type { FileHandle } from "@seglog/fs";
import type { IndexEntry } from "./contract.ts";
import { INDEX_ENTRY_BYTES, POSITION_AT } from "./entry-layout.ts";
import { readU64 } from "./u64.ts";

/** Reads single entries by system call, so that nothing implausible is ever mapped. */
export function entryReader(handle: FileHandle): (n: number) => IndexEntry {
  const bytes = new Uint8Array(INDEX_ENTRY_BYTES);
  const words = new DataView(bytes.buffer);
  return (n) => {
    // Zeros, never plausible behind the first entry, where a file has meanwhile become shorter.
    bytes.fill(0);
    handle.read(bytes, n * INDEX_ENTRY_BYTES);
    return entryIn(words, 0);
  };
}

/** The entry at `at`, as a file holds it. */
export function entryIn(words: DataView, at: number): IndexEntry {
  return { offset: readU64(words, at), position: readU64(words, at + POSITION_AT) };
}
