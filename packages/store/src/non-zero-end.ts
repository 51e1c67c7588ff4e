import type { FileWindow } from "./file-window.ts";
import { STORE_HEADER_BYTES } from "./format.ts";

/** One past the last byte that is not zero, as a position; `position` when there is none. */
export function endOfNonZero(window: FileWindow, position: number): number {
  const from = STORE_HEADER_BYTES + position;
  for (let to = window.fileBytes; to > from; ) {
    const start = Math.max(from, to - ZERO_CHECK_BYTES);
    const at = window.load(start, to - start);
    const bytes = window.bytes;
    for (let i = at + (to - start) - 1; i >= at; i--) {
      if (bytes[i] !== 0) return position + start - from + (i - at) + 1;
    }
    to = start;
  }
  return position;
}

const ZERO_CHECK_BYTES = 1 << 16;
