import type { FillFrame } from "@seglog/store";
import { NUMBER_LIMIT, RECORD_HEAD_BYTES } from "./record-head.ts";

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 8;
/** Longest payload of a frame. */
const PAYLOAD_BYTES_LIMIT = 2 ** 28 - 1;
/** "SEGLOS" in ASCII, where a record has its time: in the year 4871. See FORMAT.md. */
const LOST_MARK: readonly number[] = Object.freeze([0x53, 0x45, 0x47, 0x4c, 0x4f, 0x53]);
const MASK = NUMBER_LIMIT - 1;
const NOTHING = new Uint8Array(0);

/** What a payload is, where the record with some offset must be. */
export type PayloadKind = "record" | "lost" | "wrong";

/** The first bytes of a payload, `bytes[at]` and those behind: 8, or all that it has. */
export interface PayloadHead {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly payloadBytes: number;
}

/** Tells a record from what a repair put in its place, and both from anything else, by its head. */
export function payloadKind(head: PayloadHead, offset: number): PayloadKind {
  if (head.payloadBytes < RECORD_HEAD_BYTES) return "lost";
  const number = numberAt(head);
  if (number === (offset & MASK)) return "record";
  return number === (~offset & MASK) && isMarked(head) ? "lost" : "wrong";
}

/** Offset modulo 65536 by what a payload says; `undefined` where it says nothing. */
export function toldNumber(head: PayloadHead): number | undefined {
  if (head.payloadBytes < RECORD_HEAD_BYTES) return undefined;
  const number = numberAt(head);
  return isMarked(head) ? ~number & MASK : number;
}

/** Whether a whole payload says that the record with `offset` is lost. */
export function saysLost(payload: Uint8Array, offset: number): boolean {
  const head = { bytes: payload, at: 0, payloadBytes: payload.length };
  return payload.length >= RECORD_HEAD_BYTES && payloadKind(head, offset) === "lost";
}

/** Where lost records are to stand. */
export interface LostSpan {
  readonly from: number;
  readonly to: number;
  /** Of the first of them. */
  readonly offset: number;
  readonly count: number;
  /** Generations of the frames before and behind; -1 where there is none. */
  readonly before: number;
  readonly after: number;
}

/** Least bytes that `count` lost records take, the last of which tells its number. */
export function lostBytes(count: number): number {
  return count * FRAME_HEADER_BYTES + RECORD_HEAD_BYTES;
}

/**
 * As many frames as records are lost, in just the bytes of the span: empty ones, and a last one
 * that fills the rest and, where that is long enough, tells its number and that it is lost.
 */
export function* lostFrames({
  from,
  to,
  offset,
  count,
  before,
  after,
}: LostSpan): Generator<FillFrame> {
  let bytesLeft = to - from;
  for (let i = 0; i < count; i++) {
    const behind = count - 1 - i;
    bytesLeft -= FRAME_HEADER_BYTES;
    const most = behind * (FRAME_HEADER_BYTES + PAYLOAD_BYTES_LIMIT);
    const payloadBytes = behind === 0 ? bytesLeft : Math.max(0, bytesLeft - most);
    bytesLeft -= payloadBytes;
    const head = payloadBytes < RECORD_HEAD_BYTES ? NOTHING : lostHead(offset + i);
    yield { head, payloadBytes, generation: generationOf(behind, { before, after }) };
  }
}

/**
 * That of the frame before, unless the one behind is more than one further: then the last ones
 * lead up to it, for neighbours have the same or successive generations.
 */
function generationOf(
  behind: number,
  { before, after }: Pick<LostSpan, "before" | "after">,
): number {
  if (before === -1) return after === -1 ? 0 : after;
  if (after === -1) return before;
  const steps = Math.max(0, ((after - before + 4) & 3) - 1 - behind);
  return (before + steps) & 3;
}

function lostHead(offset: number): Uint8Array {
  return Uint8Array.of((~offset & MASK) >>> 8, ~offset, ...LOST_MARK);
}

function numberAt({ bytes, at }: PayloadHead): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function isMarked({ bytes, at }: PayloadHead): boolean {
  return LOST_MARK.every((byte, i) => bytes[at + 2 + i] === byte);
}
