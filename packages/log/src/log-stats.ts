import type { SegmentCatalog } from "@seglog/segment";
import type { LogStats } from "./contract.ts";
import type { LogFailure } from "./log-failure.ts";
import type { SegmentSet } from "./segment-set.ts";

/** What a log counts itself. */
export type LogCounts = Pick<
  LogStats,
  "stagedBytes" | "appends" | "rolls" | "syncs" | "segmentsRemoved"
>;

/** Counters and sizes of a log. */
export function logStats(
  parts: {
    readonly catalog: SegmentCatalog;
    readonly segments: SegmentSet;
    readonly failure: LogFailure;
  },
  counts: LogCounts,
): LogStats {
  const { catalog, segments, failure } = parts;
  const { all } = segments;
  return {
    segments: all.length,
    storeBytes: all.reduce((sum, segment) => sum + segment.storeBytes, 0),
    indexBytes: all.reduce((sum, segment) => sum + segment.indexBytes, 0),
    ...counts,
    mapper: catalog.mapper,
    poisoned: failure.isPoisoned,
    stalled: failure.isStalled,
  };
}
