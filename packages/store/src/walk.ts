import type { FileWindow } from "./file-window.ts";
import { FRAME_FLAGS, FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { verifyInWindow } from "./verify-in-window.ts";

/** A place between two frames. */
export interface FrameBoundary {
  readonly position: number;
  /** Generation of the frame that ends there; -1 at the start of the store. */
  readonly generation: number;
}

/** Goes from frame to frame of a file, as long as they are good. */
export class Walk {
  /** Replaced by who finds out that the file has grown. */
  window: FileWindow;
  readonly frames: FrameCodec;
  /** Behind the last good frame. */
  position: number;
  generation = -1;
  /** Before the first of the frames that, up to `position`, are all of one generation. */
  generationStart = 0;
  /** Before the first frame of a batch that is not complete yet. */
  openBatch: FrameBoundary | undefined;
  /** Of the frame passed last: bytes with its header, batch flag and generation. */
  frameBytes = 0;
  tags = 0;

  constructor(window: FileWindow, frames: FrameCodec, position: number) {
    this.window = window;
    this.frames = frames;
    this.position = position;
  }

  /** Passes one frame; false where there is no good one. */
  step(): boolean {
    const from = STORE_HEADER_BYTES + this.position;
    const left = this.window.fileBytes - from;
    if (left < FRAME_HEADER_BYTES) return false;
    const at = this.window.load(from, FRAME_HEADER_BYTES);
    const payloadBytes = this.frames.payloadBytes(this.window.bytes, at);
    const frameBytes = FRAME_HEADER_BYTES + payloadBytes;
    if (payloadBytes === -1 || frameBytes > left) return false;
    const tags = this.frames.tags(this.window.bytes, at);
    const frame = { position: this.position, frameBytes };
    if (!verifyInWindow(this.window, this.frames, frame)) return false;
    this.frameBytes = frameBytes;
    this.tags = tags;
    this.#pass(tags);
    this.position += frameBytes;
    return true;
  }

  #pass(tags: number): void {
    if ((tags & FRAME_FLAGS.batchContinues) === 0) {
      this.openBatch = undefined;
    } else {
      this.openBatch ??= { position: this.position, generation: this.generation };
    }
    const generation = tags & FRAME_FLAGS.generation;
    if (generation !== this.generation) this.generationStart = this.position;
    this.generation = generation;
  }
}
