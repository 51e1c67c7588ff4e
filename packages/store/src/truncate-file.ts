import type { FileHandle } from "@seglog/fs";
import { CheckedFrames, withoutBatchFlag } from "./checked-frames.ts";
import type { FileBytes } from "./file-bytes.ts";
import { FileWindow } from "./file-window.ts";
import { FRAME_FLAGS, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { type FoundFrame, findLastFrame } from "./last-frame.ts";
import type { FrameBoundary } from "./walk.ts";

export interface TruncateParts {
  readonly handle: FileHandle;
  readonly file: FileBytes;
  readonly frames: FrameCodec;
}

/** Cuts a store file to `position`, behind the frame `last`; durable when this resolves. */
export async function truncateFile(
  { handle, file }: TruncateParts,
  position: number,
  last: FoundFrame | undefined,
): Promise<FrameBoundary> {
  await endBatch(handle, last);
  const fileBytes = STORE_HEADER_BYTES + position;
  file.unmap(fileBytes);
  await handle.truncate(fileBytes);
  await handle.sync();
  return { position, generation: last === undefined ? -1 : last.tags & FRAME_FLAGS.generation };
}

/** The frame that ends at `position`; `undefined` where none can be told. */
export function frameBefore(
  { handle, frames }: Pick<TruncateParts, "handle" | "frames">,
  position: number,
): FoundFrame | undefined {
  if (!(frames instanceof CheckedFrames)) return undefined;
  const window = new FileWindow(handle, STORE_HEADER_BYTES + position, SMALL_WINDOW_BYTES);
  return findLastFrame(window, frames, position);
}

/** Sees to it that the batch, if any, of the frame that ends at `position` ends there. */
export async function endBatchAt(
  position: number,
  parts: Pick<TruncateParts, "handle" | "frames">,
): Promise<void> {
  await endBatch(parts.handle, frameBefore(parts, position));
}

/**
 * What stays of a batch that is cut in two may be durable, and must not be dropped by recovery
 * for want of its end. Takes the flag off the last frame that stays, and syncs, while the rest of
 * the batch is still there. It is one byte: a crash leaves the old or the new frame, both valid.
 */
async function endBatch(handle: FileHandle, last: FoundFrame | undefined): Promise<void> {
  if (last === undefined || (last.tags & FRAME_FLAGS.batchContinues) === 0) return;
  const at = STORE_HEADER_BYTES + last.position + 4;
  const byte = new Uint8Array(1);
  handle.read(byte, at);
  await handle.write([Uint8Array.of(withoutBatchFlag(byte[0] as number))], at);
  await handle.sync();
}

const SMALL_WINDOW_BYTES = 64 * 1024;
