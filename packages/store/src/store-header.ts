import { SeglogError } from "@seglog/errors";
import type { FrameFormat } from "./contract.ts";
import { crc32 } from "./crc32.ts";
import { FRAME_FORMAT_NUMBERS, STORE_HEADER_BYTES, STORE_MAGIC, STORE_VERSION } from "./format.ts";
import type { StoreHeader } from "./inspect-contract.ts";

/** The 32 bytes of `header`. */
export function encodeStoreHeader(header: StoreHeader): Uint8Array {
  const bytes = new Uint8Array(STORE_HEADER_BYTES);
  const fields = new DataView(bytes.buffer);
  bytes.set(STORE_MAGIC);
  fields.setUint16(8, STORE_VERSION);
  fields.setUint16(10, FRAME_FORMAT_NUMBERS[header.frameFormat]);
  fields.setUint32(12, header.salt);
  fields.setUint32(16, Math.floor(header.baseOffset / 2 ** 32));
  fields.setUint32(20, header.baseOffset >>> 0);
  fields.setUint32(24, header.logId);
  fields.setUint32(28, crc32(bytes, 0, 28, 0));
  return bytes;
}

/**
 * Reads the header back.
 *
 * @param path  for errors
 * @throws ERR_SEGLOG_NOT_A_LOG  other first bytes
 * @throws ERR_SEGLOG_CORRUPT  a wrong checksum, or a base offset beyond 2^53 - 1
 * @throws ERR_SEGLOG_UNSUPPORTED_FORMAT  an unknown version or frame format, checksum right
 */
export function decodeStoreHeader(bytes: Uint8Array, path: string): StoreHeader {
  if (!STORE_MAGIC.every((byte, i) => bytes[i] === byte)) throw notAStore(path);
  const fields = new DataView(bytes.buffer, bytes.byteOffset, STORE_HEADER_BYTES);
  if (fields.getUint32(28) !== crc32(bytes, 0, 28, 0)) {
    throw badHeader(path, "checksum mismatch");
  }
  const version = fields.getUint16(8);
  if (version !== STORE_VERSION) {
    throw unsupported(path, `version ${version}`, [`version ${STORE_VERSION}`]);
  }
  const number = fields.getUint16(10);
  const frameFormat = frameFormatOf(number);
  if (frameFormat === undefined) {
    throw unsupported(path, `frame format ${number}`, ["frame format 0", "frame format 1"]);
  }
  const baseOffset = fields.getUint32(16) * 2 ** 32 + fields.getUint32(20);
  if (!Number.isSafeInteger(baseOffset)) throw badHeader(path, "base offset above 2^53 - 1");
  return { frameFormat, salt: fields.getUint32(12), baseOffset, logId: fields.getUint32(24) };
}

/** Whether each of the first bytes of a short file may stem from an unfinished header. */
export function mayBeUnfinishedHeader(bytes: Uint8Array): boolean {
  return STORE_MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === 0 || bytes[i] === byte);
}

/** The error for a store that has the id of another log. */
export function ofAnotherLog(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_CORRUPT", `${path} belongs to another log`, { path });
}

/** The error for a file whose first bytes are not those of a store. */
export function notAStore(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_NOT_A_LOG", `${path} is not a store file`, { path });
}

/** The error for a header that a crash cannot explain. */
export function badHeader(path: string, what: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_CORRUPT", `${what} in the header of ${path}`, { path });
}

function unsupported(path: string, found: string, supported: readonly string[]): SeglogError {
  return new SeglogError("ERR_SEGLOG_UNSUPPORTED_FORMAT", `${path} has ${found}`, {
    path,
    found,
    supported,
  });
}

function frameFormatOf(number: number): FrameFormat | undefined {
  if (number === FRAME_FORMAT_NUMBERS.checked) return "checked";
  return number === FRAME_FORMAT_NUMBERS.plain ? "plain" : undefined;
}
