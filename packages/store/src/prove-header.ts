import type { FileHandle } from "@seglog/fs";
import { CheckedFrames, u32 } from "./checked-frames.ts";
import { crc32 } from "./crc32.ts";
import { multiply, zeroBytes } from "./crc32-shift.ts";
import { FileWindow } from "./file-window.ts";
import { FRAME_FLAGS, FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import type { StoreHeader } from "./inspect-contract.ts";
import { PlainFrames } from "./plain-frames.ts";
import { encodeStoreHeader } from "./store-header.ts";
import { TailSums } from "./tail-sums.ts";
import { Walk } from "./walk.ts";

interface Unheaded {
  readonly fileBytes: number;
  readonly baseOffset: number;
  readonly isFirst: (head: Uint8Array) => boolean;
}

/** See `StoreInspection.proveHeader`. */
export async function proveHeader(
  handle: FileHandle,
  { fileBytes, baseOffset, isFirst }: Unheaded,
): Promise<StoreHeader | undefined> {
  if (fileBytes < STORE_HEADER_BYTES + FRAME_HEADER_BYTES) return undefined;
  const window = new FileWindow(handle, fileBytes);
  const at = window.load(12, 4);
  const written = u32(window.bytes, at) >>> 0;
  const as = (frameFormat: StoreHeader["frameFormat"], salt: number): StoreHeader =>
    withWrittenId(handle, { frameFormat, salt, baseOffset });
  const isFramed = (salt: number, count: number): boolean =>
    hasFrames(window, new CheckedFrames(salt), count);
  // a salt derived from a frame makes that frame valid, damaged or not: only the next one can tell
  const salt = isFramed(written, 1)
    ? written
    : saltsOfFirstFrame(window).find((derived) => isFramed(derived, 2));
  if (salt !== undefined) return as("checked", salt);
  if (isProvenPlain(window, isFirst)) return as("plain", written);
  if (await isProvenWithin(handle, { fileBytes, salt: written })) {
    return as("checked", written);
  }
  return undefined;
}

/** The id that the file still has, if with it the header is the one whose checksum is there. */
function withWrittenId(handle: FileHandle, header: Omit<StoreHeader, "logId">): StoreHeader {
  const bytes = new Uint8Array(8);
  handle.read(bytes, 24);
  const logId = u32(bytes, 0) >>> 0;
  const whole = encodeStoreHeader({ ...header, logId });
  return { ...header, logId: u32(whole, 28) === u32(bytes, 4) ? logId : 0 };
}

/**
 * The salts with which the first frame is valid: as it is, and with a batch flag that was taken
 * off. A checksum is an invertible function of what it starts from, and at position 0 that is the
 * salt.
 */
function saltsOfFirstFrame(window: FileWindow): number[] {
  const from = STORE_HEADER_BYTES;
  const at = window.load(from, FRAME_HEADER_BYTES);
  const header = window.bytes.slice(at, at + FRAME_HEADER_BYTES);
  const payloadBytes = new CheckedFrames(0).payloadBytes(header, 0);
  const end = from + FRAME_HEADER_BYTES + payloadBytes;
  if (payloadBytes === -1 || end > window.fileBytes) return [];
  let sum = 0xffffffff; // a raw register of zero
  for (const part of window.parts(from + 4, end)) sum = crc32(part, 0, part.length, sum);
  const stored = ~u32(header, 0);
  // the powers of x repeat after 2^32 - 1: to go on so far is to go back
  const back = zeroBytes(2 ** 32 - 1 - (4 + payloadBytes));
  const start = multiply(back, ~sum ^ stored);
  return [~start >>> 0, ~(start ^ (FRAME_FLAGS.batchContinues << 4)) >>> 0];
}

/** Whether the file begins with so many valid frames. */
function hasFrames(window: FileWindow, frames: FrameCodec, count: number): boolean {
  const walk = new Walk(window, frames, 0);
  for (let n = 0; n < count; n++) if (!walk.step()) return false;
  return true;
}

/** Plain frames prove nothing but that they end where the file does. */
function isProvenPlain(window: FileWindow, isFirst: Unheaded["isFirst"]): boolean {
  const walk = new Walk(window, new PlainFrames(), 0);
  if (!walk.step() || !isFirst(headAt(window, walk.position))) return false;
  while (walk.step());
  return STORE_HEADER_BYTES + walk.position === window.fileBytes;
}

/** The first bytes of the first payload, whose frame ends at `end`. */
function headAt(window: FileWindow, end: number): Uint8Array {
  const headBytes = Math.min(8, end - FRAME_HEADER_BYTES);
  const at = window.load(STORE_HEADER_BYTES + FRAME_HEADER_BYTES, headBytes);
  return window.bytes.slice(at, at + headBytes);
}

/** Whether two successive frames anywhere are valid with the salt that the header still has. */
async function isProvenWithin(
  handle: FileHandle,
  { fileBytes, salt }: { readonly fileBytes: number; readonly salt: number },
): Promise<boolean> {
  const frames = new CheckedFrames(salt);
  const sums = new TailSums({ handle, frames, fileBytes, position: 0 });
  const window = new FileWindow(handle, fileBytes);
  const end = fileBytes - STORE_HEADER_BYTES;
  for (let from = 0; from < end; ) {
    const to = Math.min(from + SEARCH_BYTES, end);
    const found = sums.find(from, to);
    if (found === undefined) {
      from = to;
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const walk = new Walk(window, frames, found.position);
    if (walk.step() && walk.step()) return true;
    from = found.position + 1;
  }
  return false;
}

/** Searched between two turns of others. */
const SEARCH_BYTES = 1 << 18;
