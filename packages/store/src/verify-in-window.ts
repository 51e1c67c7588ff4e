import type { FileWindow } from "./file-window.ts";
import { FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";

/** A frame by what its header says; all of it is in the file. */
export interface ClaimedFrame {
  readonly position: number;
  readonly frameBytes: number;
}

/**
 * Whether a frame of a file is valid. A longer one than the window holds is looked at in parts: its
 * length is only what bytes of a file say, and no damage of them may cost 256 MiB of memory.
 */
export function verifyInWindow(
  window: FileWindow,
  frames: FrameCodec,
  { position, frameBytes }: ClaimedFrame,
): boolean {
  const from = STORE_HEADER_BYTES + position;
  if (frameBytes <= window.bytes.length) {
    return frames.verify(window.view, window.load(from, frameBytes), position);
  }
  const at = window.load(from, FRAME_HEADER_BYTES);
  const header = window.bytes.slice(at, at + FRAME_HEADER_BYTES);
  const end = from + frameBytes;
  return frames.verifyParts(header, position, () => window.parts(from + FRAME_HEADER_BYTES, end));
}
