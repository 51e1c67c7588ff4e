import type { Offset, Segment, SegmentRecord, SegmentScanLimits } from "../contract.ts";
import { equal, equalBytes } from "./expect.ts";

/** A record as the model has it. */
export interface ModelRecord {
  readonly time: number;
  readonly value: Uint8Array;
}

/** Limits that no scan of a case reaches. */
export const ALL: SegmentScanLimits = Object.freeze({
  to: Number.MAX_SAFE_INTEGER,
  recordsMax: 1_000_000,
  bytesMax: 2 ** 30,
});

/** `length` bytes that differ from those of other seeds. */
export function bytesOf(length: number, seed: number): Uint8Array {
  const value = new Uint8Array(length);
  for (let i = 0; i < length; i++) value[i] = (i * 131 + (i >>> 8) * 7 + seed * 29 + 1) & 255;
  return value;
}

/** `count` records of 0 to 100 bytes, two of each time. */
export function someRecords(count: number, seed = 0): ModelRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    time: 1_700_000_000_000 + Math.floor(i / 2),
    value: bytesOf((i * 37) % 101, seed + i),
  }));
}

/** Appends `records`, checking the offset that each gets. */
export function appendAll(segment: Segment, records: readonly ModelRecord[]): void {
  for (const { time, value } of records) {
    const expected = segment.nextOffset;
    equal("the offset of an append", segment.append(value, time, false), expected);
  }
}

/** Checks by every way of reading that `segment` holds `records` and nothing else. */
export function holdsRecords(segment: Segment, records: readonly ModelRecord[]): void {
  const { baseOffset } = segment;
  equal("nextOffset", segment.nextOffset, baseOffset + records.length);
  for (const [i, record] of records.entries()) {
    const offset = baseOffset + i;
    isRecord("read", segment.read(offset), { offset, ...record });
    isRecord("readView", segment.readView(offset), { offset, ...record });
    equal(`timeOf(${offset})`, segment.timeOf(offset), record.time);
  }
  const scanned = segment.scan(baseOffset, ALL);
  equal("the number of records scanned", scanned.length, records.length);
  for (const [i, record] of scanned.entries()) {
    isRecord("scan", record, { offset: baseOffset + i, ...(records[i] as ModelRecord) });
  }
}

/** Checks one record. */
export function isRecord(
  how: string,
  found: SegmentRecord,
  expected: ModelRecord & { readonly offset: Offset },
): void {
  const what = `the record ${expected.offset} by ${how}`;
  equal(`the offset of ${what}`, found.offset, expected.offset);
  equal(`the time of ${what}`, found.time, expected.time);
  equalBytes(what, found.value, expected.value);
}
