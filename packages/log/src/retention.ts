import { checkInteger, checkOptions, invalidArgument } from "@seglog/errors";
import type { Offset, Retention, SegmentInfo } from "./contract.ts";

const LIMITS = ["bytesMax", "ageMsMax", "segmentsMax"] as const;

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the limit that is wrong */
export function checkRetention(retention: Retention): void {
  checkOptions("retention", retention, [...LIMITS, "keepUncommitted"]);
  for (const name of LIMITS) {
    const value = retention[name];
    if (value !== undefined) checkInteger(`retention.${name}`, value, { min: 1 });
  }
  const { keepUncommitted } = retention;
  if (keepUncommitted !== undefined && typeof keepUncommitted !== "boolean") {
    throw invalidArgument("retention.keepUncommitted", keepUncommitted, "true or false");
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
