import { checkInteger, checkOptions, SeglogError } from "@seglog/errors";
import type { OpenSegmentOptions, Segment } from "./contract.ts";
import { IndexedSegment } from "./indexed-segment.ts";
import {
  completeIndex,
  type IndexedStore,
  rebuildIndex,
  rebuildKnownIndex,
} from "./rebuild-index.ts";

/** 64 MiB: two dozen segments hold a gigabyte and a half, and one is checked in under 0.1 s. */
export const SEGMENT_BYTES_DEFAULT: number = 64 * 2 ** 20;
/** The most that one mapping is asked to hold, with room for one record above it. */
export const SEGMENT_BYTES_LIMIT: number = 2 ** 30;
/** As many entries as a mapping below 2 GiB holds. */
export const INDEX_ENTRIES_LIMIT: number = 2 ** 26;

const OPTIONS = Object.freeze([
  "baseOffset",
  "store",
  "index",
  "segmentBytesMax",
  "indexEntriesMax",
  "trustIndex",
  "nextOffset",
  "path",
  "openSealedIndex",
]);

/**
 * Makes a segment of a store and an index, which it then owns.
 *
 * The index is checked against the store and written anew where it is wrong, missing or, without
 * `trustIndex`, in any case. On failure store and index are left to the caller.
 *
 * @throws ERR_SEGLOG_CORRUPT  the store holds an invalid frame, or does not end at `nextOffset`
 * @throws ERR_SEGLOG_READ_ONLY  the index is wrong and may not be written
 */
export async function openSegment(options: OpenSegmentOptions): Promise<Segment> {
  checkOptions("options", options, OPTIONS);
  const {
    baseOffset,
    store,
    index,
    segmentBytesMax = SEGMENT_BYTES_DEFAULT,
    indexEntriesMax = INDEX_ENTRIES_LIMIT,
    trustIndex = false,
    path = `segment ${options.baseOffset}`,
  } = options;
  checkInteger("baseOffset", baseOffset, { min: 0 });
  checkInteger("segmentBytesMax", segmentBytesMax, { min: 1, max: SEGMENT_BYTES_LIMIT });
  checkInteger("indexEntriesMax", indexEntriesMax, { min: 1, max: INDEX_ENTRIES_LIMIT });
  if (options.nextOffset !== undefined) {
    checkInteger("nextOffset", options.nextOffset, { min: baseOffset });
  }
  const parts = { store, index, baseOffset };
  const expected = options.nextOffset;
  const agreed = trustIndex ? completeIndex(parts) : undefined;
  const believed = agreed !== undefined && (expected === undefined || agreed === expected);
  const isNew = store.size === 0 && index.nextOffset === undefined;
  const nextOffset = believed ? agreed : isNew ? baseOffset : rebuild(parts, expected);
  if (expected !== undefined && nextOffset !== expected) {
    throw new SeglogError(
      "ERR_SEGLOG_CORRUPT",
      `${path} holds the records [${baseOffset}, ${nextOffset}), expected to ${expected}`,
      { path, offset: Math.min(nextOffset, expected) },
    );
  }
  return new IndexedSegment({
    path,
    baseOffset,
    nextOffset,
    store,
    index,
    segmentBytesMax,
    indexEntriesMax,
    indexRebuilt: !believed && !isNew,
    openSealedIndex: options.openSealedIndex,
  });
}

function rebuild(parts: IndexedStore, expected: number | undefined): number {
  return expected === undefined ? rebuildIndex(parts) : rebuildKnownIndex(parts, expected);
}
