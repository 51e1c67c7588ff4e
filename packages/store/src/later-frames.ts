import type { FileHandle } from "@seglog/fs";
import type { CheckedFrames } from "./checked-frames.ts";
import { FRAME_HEADER_BYTES, GENERATIONS, STORE_HEADER_BYTES } from "./format.ts";
import type { StoreEnd } from "./recovery-table.ts";
import { TailSums } from "./tail-sums.ts";

/** Where a damaged part of a store lies, and what came before it. */
export interface DamagedTail {
  readonly handle: FileHandle;
  readonly frames: CheckedFrames;
  readonly fileBytes: number;
  /** Position of the first bad frame. */
  readonly position: number;
  /** Generation of the last good frame; -1 when there is none. */
  readonly generation: number;
}

/** Looks behind a bad frame for valid ones, at every byte. */
export function laterFrames(tail: DamagedTail): StoreEnd["later"] {
  const sums = new TailSums(tail);
  const end = tail.fileBytes - STORE_HEADER_BYTES - FRAME_HEADER_BYTES;
  let found = -1;
  for (let p = tail.position + 1; p <= end; ) {
    const frame = sums.frameAt(p);
    if (frame === undefined) {
      p++;
      continue;
    }
    if (!isExplained(frame.generation, { before: tail.generation, found })) return "laterSync";
    found = frame.generation;
    p += FRAME_HEADER_BYTES + frame.payloadBytes;
  }
  return found === -1 ? "none" : "sameSync";
}

/**
 * Whether one unfinished sync explains a valid frame behind a bad one.
 *
 * @param before  generation of the last good frame before the bad one; -1 where there is none
 * @param found  generation of the valid frames found so far behind it; -1 before the first
 */
export function isExplained(
  generation: number,
  { before, found }: { readonly before: number; readonly found: number },
): boolean {
  if (found !== -1) return generation === found;
  const next = before === -1 ? 0 : (before + 1) % GENERATIONS;
  return generation === next || generation === before;
}
