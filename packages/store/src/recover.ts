import { SeglogError } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";
import { CheckedFrames } from "./checked-frames.ts";
import { FileWindow } from "./file-window.ts";
import { STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { laterFrames } from "./later-frames.ts";
import { endOfNonZero } from "./non-zero-end.ts";
import { recoveryRow } from "./recovery-table.ts";
import { type FrameBoundary, Walk } from "./walk.ts";

/** What opening found out about the end of a store. */
export interface RecoveredEnd extends FrameBoundary {
  /** Bytes behind `position`, up to the last that is not zero, of what was not finished. */
  readonly tornBytes: number;
  /** Whether there is anything behind `position` to be cut off. */
  readonly mustCut: boolean;
  /**
   * What lies before is durable for certain: a sync finished before anything of a later generation
   * was written. What lies behind may be in the OS's memory only.
   */
  readonly unsureFrom: number;
}

export interface RecoverOptions {
  /** Whether a writer in another process may be at work. */
  readonly live: boolean;
  /** After so many frames nothing is judged: see `OpenFileStoreOptions.keepRecords`. */
  readonly keepRecords?: number | undefined;
}

/**
 * Reads all frames of a store that may have crashed, and decides by `RECOVERY_TABLE` where it
 * ends. Changes nothing.
 *
 * @throws ERR_SEGLOG_CORRUPT  damage that a crash cannot explain
 */
export async function recover(
  handle: FileHandle,
  frames: FrameCodec,
  options: RecoverOptions,
): Promise<RecoveredEnd> {
  const { keepRecords = Number.POSITIVE_INFINITY } = options;
  const walk = new Walk(new FileWindow(handle, await handle.size()), frames, 0);
  let pauseAt = TURN_BYTES;
  for (let records = 0; ; records++) {
    if (records === keepRecords) return keptEnd(walk);
    if (!walk.step()) break;
    if (walk.position < pauseAt) continue;
    pauseAt = walk.position + TURN_BYTES;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const end = decide(handle, walk);
  if (end !== undefined) return end;
  if (options.live && (await hasArrived(handle, walk))) return recover(handle, frames, options);
  throw corruptStore(handle.path, walk.position);
}

/** The error for a store with no valid frame at `position`. */
export function corruptStore(path: string, position: number): SeglogError {
  return new SeglogError("ERR_SEGLOG_CORRUPT", `no valid frame in ${path} at ${position}`, {
    path,
    position,
  });
}

/** Applies the table; `undefined` stands for its verdict "corrupt". */
function decide(handle: FileHandle, walk: Walk): RecoveredEnd | undefined {
  const { position, generation, frames, openBatch } = walk;
  const { fileBytes } = walk.window;
  const lastByte = endOfNonZero(walk.window, position);
  const torn = lastByte > position;
  const row = recoveryRow({
    rest: torn ? "bytes" : fileBytes === STORE_HEADER_BYTES + position ? "nothing" : "zeros",
    later:
      torn && frames instanceof CheckedFrames
        ? laterFrames({ handle, frames, fileBytes, position, generation })
        : "none",
    batch: openBatch === undefined ? "complete" : "open",
  });
  if (row === undefined || row.verdict === "corrupt") return undefined;
  const end = row.verdict === "cutBatch" && openBatch !== undefined ? openBatch : walk;
  return {
    position: end.position,
    generation: end.generation,
    tornBytes: lastByte - end.position,
    mustCut: lastByte > end.position,
    unsureFrom: Math.min(walk.generationStart, end.position),
  };
}

/** The end of a store of which only what was walked is kept. */
function keptEnd({ position, generation, generationStart, window }: Walk): RecoveredEnd {
  const mustCut = window.fileBytes > STORE_HEADER_BYTES + position;
  return { position, generation, tornBytes: 0, mustCut, unsureFrom: generationStart };
}

/** Whether what looked bad has been written meanwhile, by a writer in another process. */
async function hasArrived(handle: FileHandle, walk: Walk): Promise<boolean> {
  const window = new FileWindow(handle, await handle.size());
  return new Walk(window, walk.frames, walk.position).step();
}

/** Others have their turn whenever so many bytes were checked: every 10 ms or so. */
export const TURN_BYTES: number = 16 * 2 ** 20;
