import { FRAME_HEADER_BYTES } from "./lost-record.ts";
import { NUMBER_LIMIT, RECORD_HEAD_BYTES } from "./record-head.ts";

/** A damage, and the number of the first record behind it. */
export interface CountedGap {
  readonly bytes: number;
  /** Of the first record that is lost. */
  readonly nextOffset: number;
  /** Of the record behind the damage, modulo 65536. */
  readonly number: number;
}

/**
 * How many records a damage may have taken, least first. A number repeats after 65536, and each
 * record had at least 16 bytes, or 8 where it was lost before.
 *
 * @returns none where the record behind the damage cannot be there
 */
export function possibleCounts({ bytes, nextOffset, number }: CountedGap): number[] {
  // at least one was lost: there is a damage
  const least = (number - nextOffset) & (NUMBER_LIMIT - 1) || NUMBER_LIMIT;
  const ofRecords = Math.floor(bytes / (FRAME_HEADER_BYTES + RECORD_HEAD_BYTES));
  const most = least <= ofRecords ? ofRecords : Math.floor(bytes / FRAME_HEADER_BYTES);
  const counts: number[] = [];
  for (let count = least; count <= most; count += NUMBER_LIMIT) counts.push(count);
  return counts;
}
