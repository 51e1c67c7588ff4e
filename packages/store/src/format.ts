import type { FrameFormat } from "./contract.ts";

/** Bytes before the first frame. FORMAT.md pictures them. */
export const STORE_HEADER_BYTES = 32;

/** Bytes of a frame before its payload, in both frame formats. */
export const FRAME_HEADER_BYTES = 8;

/** Longest payload that a frame can have: what 28 bits count. */
export const RECORD_BYTES_LIMIT: number = 2 ** 28 - 1;

/** First bytes of every store file: "SEGLOG\r\n". A text-mode copy damages the last two. */
export const STORE_MAGIC: readonly number[] = Object.freeze([
  0x53, 0x45, 0x47, 0x4c, 0x4f, 0x47, 0x0d, 0x0a,
]);

/** The one version of the store file that this release reads and writes. */
export const STORE_VERSION = 1;

/** Number of each frame format in the header. */
export const FRAME_FORMAT_NUMBERS: Readonly<Record<FrameFormat, number>> = Object.freeze({
  plain: 0,
  checked: 1,
});

/** Top four bits of a checked frame's second word. */
export const FRAME_FLAGS = Object.freeze({
  /** Set in every frame, so that no frame begins with eight zero bytes. */
  present: 0x8,
  /** The next frame belongs to the same batch. */
  batchContinues: 0x4,
  /** Number of the sync that makes the frame durable, modulo 4. */
  generation: 0x3,
}) as Readonly<Record<"present" | "batchContinues" | "generation", number>>;

/** How many generations are told apart. */
export const GENERATIONS = 4;
