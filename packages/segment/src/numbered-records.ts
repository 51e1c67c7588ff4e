import type { StoreScan } from "@seglog/store";
import type { Offset, SegmentRecord } from "./contract.ts";
import { isNumbered, RECORD_HEAD_BYTES, readTime } from "./record-head.ts";

/**
 * The records of a scan, the first of which has the offset `from`, up to the first with a wrong
 * number. One object and, where the store has split heads from values, no further view for each.
 */
export function numberedRecords(scan: StoreScan, from: Offset): SegmentRecord[] {
  const { records } = scan;
  const isSplit = scan.headBytes === RECORD_HEAD_BYTES;
  const numbered: SegmentRecord[] = [];
  let bytes: Uint8Array = NOTHING;
  for (let i = 0; i < records.length; i++) {
    const record = records[i] as Uint8Array;
    if (record.buffer !== bytes.buffer) bytes = new Uint8Array(record.buffer);
    const value = isSplit ? record : valueOf(record);
    const at = isSplit ? record.byteOffset - RECORD_HEAD_BYTES : record.byteOffset;
    if (value === undefined || !isNumbered(bytes, from + i, at)) break;
    numbered.push({ offset: from + i, time: readTime(bytes, at), value });
  }
  return numbered;
}

/** What lies behind the head of a whole record; `undefined` where there is none. */
function valueOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array | undefined {
  if (length < RECORD_HEAD_BYTES) return undefined;
  return new Uint8Array(buffer, byteOffset + RECORD_HEAD_BYTES, length - RECORD_HEAD_BYTES);
}

const NOTHING = new Uint8Array(0);
