import { crc32 } from "node:zlib";
import type { LogRecord, Offset } from "./contract.ts";

/** Bytes before the first record of a snapshot. */
export const SNAPSHOT_HEADER_BYTES = 32;
/** Bytes before each value: u32 checksum, u32 length, u64 time. */
export const SNAPSHOT_RECORD_HEAD_BYTES = 16;
export const SNAPSHOT_VERSION = 1;
/** "SEGSNAP" and a newline. */
export const SNAPSHOT_MAGIC: readonly number[] = Object.freeze([
  0x53, 0x45, 0x47, 0x53, 0x4e, 0x41, 0x50, 0x0a,
]);
/** No value is longer: a frame's length has 28 bits, and 8 bytes are the record's head. */
export const SNAPSHOT_VALUE_BYTES_MAX: number = 2 ** 28 - 9;
const CHECKSUM_AT = 28;

/** What a snapshot says before its records. */
export interface SnapshotHeader {
  readonly firstOffset: Offset;
  readonly recordCount: number;
}

/** What {@link decodeSnapshotHeader} found. */
export type DecodedHeader =
  | { readonly kind: "valid"; readonly header: SnapshotHeader; readonly checksum: number }
  | { readonly kind: "invalid" }
  | { readonly kind: "unsupported"; readonly version: number };

/** The 32 bytes before the records; the layout is in FORMAT.md. */
export function encodeSnapshotHeader(header: SnapshotHeader): Uint8Array {
  const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(SNAPSHOT_MAGIC);
  view.setUint16(8, SNAPSHOT_VERSION);
  setU64(view, 12, header.firstOffset);
  setU64(view, 20, header.recordCount);
  view.setUint32(CHECKSUM_AT, crc32(bytes.subarray(0, CHECKSUM_AT)));
  return bytes;
}

/** @param bytes  the first 32 of a stream */
export function decodeSnapshotHeader(bytes: Uint8Array): DecodedHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SNAPSHOT_HEADER_BYTES);
  const checksum = view.getUint32(CHECKSUM_AT);
  const isOurs = SNAPSHOT_MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isOurs || checksum !== crc32(bytes.subarray(0, CHECKSUM_AT))) return { kind: "invalid" };
  const version = view.getUint16(8);
  if (version !== SNAPSHOT_VERSION) return { kind: "unsupported", version };
  const header = { firstOffset: getU64(view, 12), recordCount: getU64(view, 20) };
  if (!Number.isSafeInteger(header.firstOffset + header.recordCount)) return { kind: "invalid" };
  return { kind: "valid", header, checksum };
}

/** The records as stored, in one buffer, and the checksum that the next one goes on from. */
export function encodeSnapshotRecords(
  records: readonly LogRecord[],
  checksum: number,
): { readonly bytes: Uint8Array; readonly checksum: number } {
  let length = 0;
  for (const { value } of records) length += SNAPSHOT_RECORD_HEAD_BYTES + value.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  let sum = checksum;
  for (const { time, value } of records) {
    view.setUint32(at + 4, value.length);
    setU64(view, at + 8, time);
    bytes.set(value, at + SNAPSHOT_RECORD_HEAD_BYTES);
    const end = at + SNAPSHOT_RECORD_HEAD_BYTES + value.length;
    // each checksum goes on from the one before: no record can be left out, added or moved
    sum = crc32(bytes.subarray(at + 4, end), sum);
    view.setUint32(at, sum);
    at = end;
  }
  return { bytes, checksum: sum };
}

/** Length of the value whose record begins with `head`. */
export function snapshotValueBytes(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset, head.length).getUint32(4);
}

/**
 * Time and value of the whole record `bytes`, whose checksum goes on from `checksum`;
 * `undefined` when it does not.
 */
export function decodeSnapshotRecord(
  bytes: Uint8Array,
  checksum: number,
): { readonly time: number; readonly value: Uint8Array; readonly checksum: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sum = crc32(bytes.subarray(4), checksum);
  if (view.getUint32(0) !== sum) return undefined;
  const value = bytes.subarray(SNAPSHOT_RECORD_HEAD_BYTES);
  return { time: getU64(view, 8), value, checksum: sum };
}

function setU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
}

function getU64(view: DataView, at: number): number {
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}
