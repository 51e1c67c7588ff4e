import type { Checksum } from "./state-codec.ts";
import { getU64, setU64 } from "./u64.ts";

/** Bytes of one slot of a cursor's file. */
export const CURSOR_SLOT_BYTES = 40;
/** In different pages, so that a torn write spoils one slot. */
export const CURSOR_SLOT_POSITIONS: readonly number[] = Object.freeze([0, 4096]);
export const CURSOR_FILE_BYTES = 8192;
const CURSOR_VERSION = 1;
/** "SEGCURSR" in ASCII. */
const MAGIC = Object.freeze([0x53, 0x45, 0x47, 0x43, 0x55, 0x52, 0x53, 0x52]);
const CHECKSUM_AT = 36;

/** One slot as stored. */
export interface CursorSlot {
  /** Rises by one with every slot written. */
  readonly sequence: number;
  /** Which log it is of; 0 where that is not known. */
  readonly logId: number;
  readonly offset: number;
}

/** The bytes of a slot; the layout is in FORMAT.md. */
export function encodeCursorSlot(slot: CursorSlot, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(CURSOR_SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint16(8, CURSOR_VERSION);
  view.setUint32(12, slot.logId);
  setU64(view, 16, slot.sequence);
  setU64(view, 24, slot.offset);
  view.setUint32(CHECKSUM_AT, checksum(bytes.subarray(0, CHECKSUM_AT)));
  return bytes;
}

/** The slot at the start of `bytes`; `undefined` where none is whole. */
export function decodeCursorSlot(bytes: Uint8Array, checksum: Checksum): CursorSlot | undefined {
  if (bytes.length < CURSOR_SLOT_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, CURSOR_SLOT_BYTES);
  if (view.getUint32(CHECKSUM_AT) !== checksum(bytes.subarray(0, CHECKSUM_AT))) return undefined;
  const sequence = getU64(view, 16);
  const offset = getU64(view, 24);
  const isLegal = view.getUint16(8) === CURSOR_VERSION && Number.isSafeInteger(offset);
  return isLegal ? { sequence, logId: view.getUint32(12), offset } : undefined;
}
