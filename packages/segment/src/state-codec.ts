import type { CatalogState } from "./contract.ts";
import { getU64, setU64 } from "./u64.ts";

/** Bytes of one slot of the state file. */
export const STATE_SLOT_BYTES = 64;
/** Where the slots begin: in different sectors and pages, so that a torn write spoils one slot. */
export const STATE_SLOT_POSITIONS: readonly number[] = Object.freeze([0, 4096]);
/** Length of a state file. */
export const STATE_FILE_BYTES = 8192;
export const STATE_VERSION = 1;
/** "SEGSTATE" in ASCII. */
const MAGIC = Object.freeze([0x53, 0x45, 0x47, 0x53, 0x54, 0x41, 0x54, 0x45]);
const CHECKSUM_AT = 60;
const HAS_CLOSED_AT = 1;
const HAS_TRUNCATING_TO = 2;

/** One slot as stored: a state and the number that rises with every save. */
export interface StateSlot {
  readonly sequence: number;
  /** Which log it is of, a u32 that its stores have, too; 0 where that is not known. */
  readonly logId: number;
  readonly state: CatalogState;
}

/** What a slot holds: a valid state, none, or one of a version that this release does not know. */
export type DecodedSlot =
  | { readonly kind: "valid"; readonly slot: StateSlot }
  | { readonly kind: "invalid" }
  | { readonly kind: "unsupported"; readonly version: number };

/** CRC-32 (IEEE), as of zlib. */
export type Checksum = (bytes: Uint8Array) => number;

/** The 64 bytes of a slot; the layout is in FORMAT.md. */
export function encodeStateSlot(
  { sequence, logId, state }: StateSlot,
  checksum: Checksum,
): Uint8Array {
  const bytes = new Uint8Array(STATE_SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint16(8, STATE_VERSION);
  const flags =
    (state.closedAt === undefined ? 0 : HAS_CLOSED_AT) |
    (state.truncatingTo === undefined ? 0 : HAS_TRUNCATING_TO);
  view.setUint16(10, flags);
  view.setUint32(12, logId);
  setU64(view, 16, sequence);
  setU64(view, 24, state.firstOffset);
  setU64(view, 32, state.closedAt ?? 0);
  setU64(view, 40, state.truncatingTo ?? 0);
  setU64(view, 48, state.lastTime);
  view.setUint32(CHECKSUM_AT, checksum(bytes.subarray(0, CHECKSUM_AT)));
  return bytes;
}

/** Reads the slot at the start of `bytes`. */
export function decodeStateSlot(bytes: Uint8Array, checksum: Checksum): DecodedSlot {
  if (bytes.length < STATE_SLOT_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    return INVALID;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, STATE_SLOT_BYTES);
  if (view.getUint32(CHECKSUM_AT) !== checksum(bytes.subarray(0, CHECKSUM_AT))) return INVALID;
  const version = view.getUint16(8);
  if (version !== STATE_VERSION) return { kind: "unsupported", version };
  const flags = view.getUint16(10);
  const words = [16, 24, 32, 40, 48].map((at) => getU64(view, at));
  const isLegal = words.every(Number.isSafeInteger) && flags <= (HAS_CLOSED_AT | HAS_TRUNCATING_TO);
  if (!isLegal) return INVALID;
  const [sequence, firstOffset, closedAt, truncatingTo, lastTime] = words as FiveNumbers;
  return {
    kind: "valid",
    slot: {
      sequence,
      logId: view.getUint32(12),
      state: {
        firstOffset,
        closedAt: (flags & HAS_CLOSED_AT) === 0 ? undefined : closedAt,
        truncatingTo: (flags & HAS_TRUNCATING_TO) === 0 ? undefined : truncatingTo,
        lastTime,
      },
    },
  };
}

/**
 * Whether a state file with no valid slot is one whose first save a crash cut short: nothing but
 * the beginning of that save's slot is there. A whole slot is not taken for a beginning unless
 * its checksum happens to end in a zero byte.
 */
export function isUnfinishedStateFile(content: Uint8Array): boolean {
  const from = STATE_SLOT_POSITIONS[1] as number;
  const lastByte = from + STATE_SLOT_BYTES - 1;
  return content.every((byte, at) => {
    if (byte === 0) return true;
    if (at < from || at >= lastByte) return false;
    return at >= from + MAGIC.length || byte === MAGIC[at - from];
  });
}

const INVALID: DecodedSlot = Object.freeze({ kind: "invalid" });

type FiveNumbers = [number, number, number, number, number];
