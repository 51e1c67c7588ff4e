/** Bytes that a segment puts before each value: u16 number, u48 time in ms, big-endian. */
export const RECORD_HEAD_BYTES = 8;

/** Exclusive bound of a record's time, in ms since the epoch. */
export const TIME_LIMIT: number = 2 ** 48;

/** A record's number is its offset modulo this. */
export const NUMBER_LIMIT: number = 2 ** 16;

/** Writes the number of the record with `offset` into the first 2 bytes of `head`. */
export function writeNumber(head: Uint8Array, offset: number): void {
  // a Uint8Array and `>>>` both take a number modulo a power of two
  head[0] = offset >>> 8;
  head[1] = offset;
}

/** Writes `time` into bytes 2 to 7 of `head`. */
export function writeTime(head: Uint8Array, time: number): void {
  const high = Math.floor(time / 2 ** 32);
  const low = time >>> 0;
  head[2] = high >>> 8;
  head[3] = high;
  head[4] = low >>> 24;
  head[5] = low >>> 16;
  head[6] = low >>> 8;
  head[7] = low;
}

/**
 * Whether a record, which begins at `record[at]`, may be the one with `offset`: it begins with a
 * head, of its number. So no index, whatever it holds, passes off the neighbour of a record as that
 * record.
 */
export function isNumbered(record: Uint8Array, offset: number, at = 0): boolean {
  return (
    record.length >= at + RECORD_HEAD_BYTES &&
    (((record[at] as number) << 8) | (record[at + 1] as number)) === (offset & (NUMBER_LIMIT - 1))
  );
}

/** The time in the head of a record, which begins at `record[at]`, in ms since the epoch. */
export function readTime(record: Uint8Array, at = 0): number {
  const high = ((record[at + 2] as number) << 8) | (record[at + 3] as number);
  const low =
    (((record[at + 4] as number) << 24) |
      ((record[at + 5] as number) << 16) |
      ((record[at + 6] as number) << 8) |
      (record[at + 7] as number)) >>>
    0;
  return high * 2 ** 32 + low;
}
