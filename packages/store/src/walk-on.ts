import type { FileHandle } from "@seglog/fs";
import { FileWindow } from "./file-window.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { TURN_BYTES } from "./recover.ts";
import { Walk } from "./walk.ts";

/** Read in one go where few records are expected; a page cache's copy of it takes 3 µs. */
const FEW_BYTES = 16 * 1024;
const MANY_BYTES = 256 * 1024;
const FEW_RECORDS = 32;

/** Where to walk from in a file that another process writes, and how far. */
export interface WalkOnFrom {
  readonly handle: FileHandle;
  readonly frames: FrameCodec;
  readonly position: number;
  readonly recordsMax: number;
}

/** How far good frames follow `position`, which is between two, in the file as it is now. */
export async function walkOn({
  handle,
  frames,
  position,
  recordsMax,
}: WalkOnFrom): Promise<{ readonly position: number; readonly fileBytes: number }> {
  const fileBytes = await handle.size();
  const windowBytes = recordsMax <= FEW_RECORDS ? FEW_BYTES : MANY_BYTES;
  const walk = new Walk(new FileWindow(handle, fileBytes, windowBytes), frames, position);
  let pauseAt = position + TURN_BYTES;
  for (let records = 0; records < recordsMax && walk.step(); records++) {
    if (walk.position < pauseAt) continue;
    pauseAt = walk.position + TURN_BYTES;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { position: walk.position, fileBytes };
}
