/** Bytes that a segment puts before each value: u16 attributes (0), u48 time in ms, big-endian. */
export const RECORD_HEAD_BYTES = 8;

/** Exclusive bound of a record's time, in ms since the epoch. */
export const TIME_LIMIT: number = 2 ** 48;

/** Writes attributes 0 and `time` into the first 8 bytes of `head`. */
export function writeRecordHead(head: Uint8Array, time: number): void {
  const high = Math.floor(time / 2 ** 32);
  const low = time >>> 0;
  head[0] = 0;
  head[1] = 0;
  head[2] = high >>> 8;
  head[3] = high;
  head[4] = low >>> 24;
  head[5] = low >>> 16;
  head[6] = low >>> 8;
  head[7] = low;
}

/** The attributes of a record, whose first 8 bytes are its head. */
export function readAttributes(record: Uint8Array): number {
  return ((record[0] as number) << 8) | (record[1] as number);
}

/** The time of a record, whose first 8 bytes are its head, in ms since the epoch. */
export function readTime(record: Uint8Array): number {
  const high = ((record[2] as number) << 8) | (record[3] as number);
  const low =
    (((record[4] as number) << 24) |
      ((record[5] as number) << 16) |
      ((record[6] as number) << 8) |
      (record[7] as number)) >>>
    0;
  return high * 2 ** 32 + low;
}
