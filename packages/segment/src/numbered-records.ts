import type { StoreScan } from "@seglog/store";
import type { Offset, SegmentRecord } from "./contract.ts";
import { isNumbered, NUMBER_LIMIT, RECORD_HEAD_BYTES, readTime } from "./record-head.ts";

/**
 * The records of a scan, the first of which has the offset `from`, up to the first with a wrong
 * number. One object and, where the store has split heads from values, no further view for each.
 *
 * @param reused  records to fill anew instead, and to add to: of a scan whose records are lent
 */
export function numberedRecords(
  scan: StoreScan,
  from: Offset,
  reused: SegmentRecord[] | undefined,
): SegmentRecord[] {
  const { records, split } = scan;
  if (split?.headBytes !== RECORD_HEAD_BYTES) return ofWhole(records, from);
  const { bytes, starts } = split;
  const heads = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbered = reused === undefined ? new Array<SegmentRecord>(records.length) : reused;
  const known: Filled[] = reused ?? NOTHING;
  let high = -1;
  let low = -1;
  let time = 0;
  for (let i = 0; i < records.length; i++) {
    const value = records[i] as Uint8Array;
    const offset = from + i;
    const at = (starts[i] as number) - RECORD_HEAD_BYTES;
    const head = heads.getUint32(at);
    if (head >>> 16 !== (offset & (NUMBER_LIMIT - 1))) return numbered.slice(0, i);
    const highNow = head & (NUMBER_LIMIT - 1);
    const lowNow = heads.getUint32(at + 4);
    if (lowNow !== low || highNow !== high) {
      // most records have the time of the one before
      high = highNow;
      low = lowNow;
      time = high * 2 ** 32 + low;
    }
    const old = known[i];
    if (old === undefined) {
      numbered[i] = { offset, time, value };
    } else {
      old.offset = offset;
      old.time = time;
      if (old.value !== value) old.value = value;
    }
  }
  return numbered.length > records.length ? numbered.slice(0, records.length) : numbered;
}

type Filled = { -readonly [Name in keyof SegmentRecord]: SegmentRecord[Name] };

const NOTHING: Filled[] = [];

function ofWhole(records: readonly Uint8Array[], from: Offset): SegmentRecord[] {
  const numbered: SegmentRecord[] = [];
  for (const record of records) {
    const found = wholeRecord(record, from + numbered.length);
    if (found === undefined) break;
    numbered.push(found);
  }
  return numbered;
}

/** The record with `offset` that `record`, head first, is; `undefined` where it is another one. */
export function wholeRecord(record: Uint8Array, offset: Offset): SegmentRecord | undefined {
  if (!isNumbered(record, offset)) return undefined;
  return { offset, time: readTime(record), value: lentValue(record) };
}

/** What lies behind the head of a whole record. */
function lentValue({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset + RECORD_HEAD_BYTES, length - RECORD_HEAD_BYTES);
}
