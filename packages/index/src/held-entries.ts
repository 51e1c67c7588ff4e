import { INDEX_ENTRY_BYTES } from "./entry-layout.ts";

/** Entries that are held back until they are written in one go: 64 KiB. */
export const HELD_ENTRIES_MAX = 4096;

/** Of who writes none. */
export const NO_ENTRIES: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(0));

export function heldEntries(): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(HELD_ENTRIES_MAX * INDEX_ENTRY_BYTES));
}
