import { CheckedFrames } from "./checked-frames.ts";
import type { FrameCodec } from "./frame-codec.ts";
import type { StoreHeader } from "./inspect-contract.ts";
import { PlainFrames } from "./plain-frames.ts";

/** How the frames behind a header are read and written. */
export function framesOf({
  frameFormat,
  salt,
}: Pick<StoreHeader, "frameFormat" | "salt">): FrameCodec {
  return frameFormat === "plain" ? new PlainFrames() : new CheckedFrames(salt);
}
