import { hasCode } from "@seglog/errors";
import type { Segment } from "@seglog/segment";
import type { Offset, OffsetRange, SegmentInfo } from "./contract.ts";
import type { SegmentSet } from "./segment-set.ts";

/** What is held of committed records; `undefined` where that is none. */
export function committedRange(log: {
  readonly firstOffset: Offset;
  readonly committedOffset: Offset;
}): OffsetRange | undefined {
  const { firstOffset, committedOffset } = log;
  if (committedOffset <= firstOffset) return undefined;
  return { lowest: firstOffset, highest: committedOffset - 1 };
}

/** What a log tells about its segments, oldest first. */
export function segmentInfos({ all, active }: Pick<SegmentSet, "all" | "active">): SegmentInfo[] {
  return all.map((segment) => segmentInfo(segment, segment === active));
}

/** Of sealed segments, which change no more; to look at all of them would map them all. */
const knownTimes = new WeakMap<
  Segment,
  Pick<SegmentInfo, "nextOffset" | "firstTime" | "lastTime">
>();

function timesOf(segment: Segment, active: boolean): Pick<SegmentInfo, "firstTime" | "lastTime"> {
  const { baseOffset, nextOffset } = segment;
  const known = knownTimes.get(segment);
  if (!active && known?.nextOffset === nextOffset) return known;
  const times = {
    nextOffset,
    firstTime: firstTimeOf(segment),
    lastTime: nextOffset === baseOffset ? undefined : timeOf(segment, nextOffset - 1),
  };
  // a damage may pass: of a log that somebody else writes, or repairs
  const isKnown = times.firstTime !== undefined && times.lastTime !== undefined;
  if (!active && isKnown) knownTimes.set(segment, times);
  return times;
}

/** What a log tells about one of its segments. */
function segmentInfo(segment: Segment, active: boolean): SegmentInfo {
  const { baseOffset, nextOffset, storeBytes, indexBytes } = segment;
  const { firstTime, lastTime } = timesOf(segment, active);
  return {
    baseOffset,
    nextOffset,
    storeBytes,
    indexBytes,
    active,
    firstTime,
    lastTime,
  };
}

/** Time of the record with `offset`; `undefined` where it is damaged. */
export function timeOf(segment: Segment, offset: Offset): number | undefined {
  try {
    return segment.timeOf(offset);
  } catch (error) {
    // who reads the record is told of its damage; what only wants its time must not fail for it
    if (hasCode(error, "ERR_SEGLOG_CORRUPT")) return undefined;
    // of a log that somebody else is cutting
    if (hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE")) return undefined;
    throw error;
  }
}

/** Time of the first record; `undefined` where there is none, or where that one is damaged. */
export function firstTimeOf(segment: Segment): number | undefined {
  if (segment.nextOffset === segment.baseOffset) return undefined;
  return timeOf(segment, segment.baseOffset);
}
