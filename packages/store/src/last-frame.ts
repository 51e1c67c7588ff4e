import type { CheckedFrames } from "./checked-frames.ts";
import type { FileWindow } from "./file-window.ts";
import {
  FRAME_FLAGS,
  FRAME_HEADER_BYTES,
  RECORD_BYTES_LIMIT,
  STORE_HEADER_BYTES,
} from "./format.ts";
import { verifyInWindow } from "./verify-in-window.ts";

const TAGS = FRAME_FLAGS.batchContinues | FRAME_FLAGS.generation;

/** A frame, by where it is and the four flag bits without the first. */
export interface FoundFrame {
  readonly position: number;
  readonly tags: number;
}

/**
 * The valid frame that ends at `end`, found backwards: a header fits only where its length says
 * just the bytes up to `end`, so that hardly ever a checksum is calculated in vain. The cost is
 * that of reading the one frame, whatever the store's size.
 */
export function findLastFrame(
  window: FileWindow,
  frames: CheckedFrames,
  end: number,
): FoundFrame | undefined {
  if (end < FRAME_HEADER_BYTES) return undefined;
  const lowest = Math.max(0, end - FRAME_HEADER_BYTES - RECORD_BYTES_LIMIT);
  let word = 0;
  for (let p = end - 1; p >= lowest + 4; p--) {
    word = (window.byteBackward(STORE_HEADER_BYTES + p) << 24) | (word >>> 8);
    const position = p - 4;
    const length = end - position - FRAME_HEADER_BYTES;
    if (word >= 0 || (word & RECORD_BYTES_LIMIT) !== length || length < 0) continue;
    if (verifyInWindow(window, frames, { position, frameBytes: end - position })) {
      return { position, tags: (word >>> 28) & TAGS };
    }
  }
  return undefined;
}
