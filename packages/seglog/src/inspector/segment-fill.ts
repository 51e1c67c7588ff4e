import type { SegmentInfo } from "@seglog/log";

/** The default of `openLog`'s `segmentBytesMax`. */
const SEGMENT_BYTES_MAX = 64 * 2 ** 20;

/**
 * How many bytes make a segment full. A log does not keep what its writer was told, so it is the
 * largest sealed segment, unless somebody says.
 */
export function segmentBytesFull(segments: readonly SegmentInfo[], told?: number): number {
  if (told !== undefined) return Math.max(1, told);
  const sealed = segments.filter(({ active }) => !active).map(({ storeBytes }) => storeBytes);
  return sealed.length === 0 ? SEGMENT_BYTES_MAX : Math.max(1, ...sealed);
}

/** Share of a segment's bytes that are used, 0 to 1. */
export function fillOf({ storeBytes }: Pick<SegmentInfo, "storeBytes">, bytesFull: number): number {
  return Math.min(1, storeBytes / bytesFull);
}
