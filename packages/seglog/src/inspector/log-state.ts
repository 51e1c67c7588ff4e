import { availableMappers } from "@seglog/fs";
import type { Seglog } from "../contract.ts";
import { fillOf, segmentBytesFull } from "./segment-fill.ts";

/** What a page is told of a log, whole. */
export function logState(log: Seglog<never, unknown>, segmentBytesMax: number | undefined): object {
  const segments = log.segments();
  const bytesFull = segmentBytesFull(segments, segmentBytesMax);
  const { path, readOnly, firstOffset, committedOffset, recovery } = log;
  const { storeBytes, indexBytes, mapper } = log.stats();
  return {
    path,
    readOnly,
    firstOffset,
    committedOffset,
    isClosed: readOnly && recovery.clean,
    storeBytes,
    indexBytes,
    bytesFull,
    mapper: readOnly ? (availableMappers()[0] ?? mapper) : mapper,
    segments: segments.map(({ baseOffset, nextOffset, storeBytes, ...rest }) => ({
      baseOffset,
      nextOffset,
      storeBytes,
      firstTime: rest.firstTime,
      lastTime: rest.lastTime,
      active: rest.active,
      fill: fillOf({ storeBytes }, bytesFull),
    })),
  };
}

/** What changes all the time. Syncs are known where the log is written, and 0 elsewhere. */
export function logPulse(log: Seglog<never, unknown>): object {
  const { storeBytes, segments, groupCommit } = log.stats();
  const { firstOffset, committedOffset } = log;
  const { syncs, syncMs } = groupCommit;
  return {
    firstOffset,
    committedOffset,
    storeBytes,
    segments,
    syncs,
    syncMsTotal: syncMs.total,
    pending: groupCommit.pending,
  };
}
