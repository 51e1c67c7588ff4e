import { FRAME_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";

/** Where frames are copied from: those that lie together. */
export interface SlabSource {
  readonly bytes: Uint8Array;
  /** Index of the first frame, which is whole. */
  readonly at: number;
  /** How many bytes there are from it on. */
  readonly left: number;
  /** Length of the first frame. */
  readonly firstBytes: number;
}

/**
 * Copies frames piece by piece, each just before it is walked: a walk from header to header in
 * memory that the processor has not seen waits for each, a copy for none (34 ns for a frame of
 * 152 B, 20 with its copy).
 *
 * @param ends  set to where the frames end in `into`
 * @param limits  of frames and bytes; `bytesMax` is at most the length of `into`
 * @returns how many frames are whole, from the first on, which fits
 */
export function copyFrames(
  { bytes, at, left, firstBytes }: SlabSource,
  into: Uint8Array,
  ends: number[],
  { frames, recordsMax, bytesMax }: SlabLimits,
): number {
  const room = Math.min(left, bytesMax);
  // of a few records no more than they may take, if all are like the first
  const pieceBytes = Math.min(PIECE_BYTES, recordsMax * firstBytes);
  let copied = 0;
  const copyTo = (wanted: number): void => {
    const to = Math.min(room, Math.max(wanted, copied + pieceBytes));
    into.set(new Uint8Array(bytes.buffer, bytes.byteOffset + at + copied, to - copied), copied);
    copied = to;
  };
  let count = 0;
  for (let used = 0; count < recordsMax; count++) {
    const behindHeader = used + FRAME_HEADER_BYTES;
    if (behindHeader > room) break;
    if (behindHeader > copied) copyTo(behindHeader);
    const payloadBytes = frames.payloadBytes(into, used);
    if (payloadBytes === -1 || behindHeader + payloadBytes > room) break;
    used = behindHeader + payloadBytes;
    if (used > copied) copyTo(used);
    ends[count] = used;
  }
  return count;
}

export interface SlabLimits {
  readonly frames: FrameCodec;
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** Copied ahead of the walk: few bytes in vain where it ends, and many calls saved. */
const PIECE_BYTES = 16 * 1024;
