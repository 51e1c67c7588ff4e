import { checkInteger, checkOptions } from "@seglog/errors";
import type { Offset, Retention, SegmentInfo } from "./contract.ts";

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the limit that is wrong */
export function checkRetention(retention: Retention): void {
  checkOptions("retention", retention, ["bytesMax", "ageMsMax", "segmentsMax"]);
  for (const name of ["bytesMax", "ageMsMax", "segmentsMax"] as const) {
    const value = retention[name];
    if (value !== undefined) checkInteger(`retention.${name}`, value, { min: 1 });
  }
}

/**
 * The first offset that `retention` keeps, given the segments from oldest to active, and the time
 * in ms since the epoch. The active segment goes by age only, and only as a whole.
 */
export function retainedFrom(
  segments: readonly SegmentInfo[],
  retention: Retention,
  now: number,
): Offset {
  const {
    bytesMax = Number.POSITIVE_INFINITY,
    ageMsMax = Number.POSITIVE_INFINITY,
    segmentsMax = Number.POSITIVE_INFINITY,
  } = retention;
  let bytes = segments.reduce((sum, segment) => sum + bytesOf(segment), 0);
  let kept = segments.length;
  let from = segments[0]?.baseOffset ?? 0;
  for (const segment of segments) {
    const tooOld = segment.lastTime !== undefined && now - segment.lastTime > ageMsMax;
    const tooMuch = !segment.active && (bytes > bytesMax || kept > segmentsMax);
    if (!tooOld && !tooMuch) break;
    from = segment.nextOffset;
    bytes -= bytesOf(segment);
    kept--;
  }
  return from;
}

function bytesOf(segment: SegmentInfo): number {
  return segment.storeBytes + segment.indexBytes;
}
