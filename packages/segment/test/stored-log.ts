import type { FileSystem } from "@seglog/fs";
import { indexName, type OpenListedOptions, type Segment, storeName } from "@seglog/segment";
import type { FrameFormat } from "@seglog/store";
import { expect } from "vitest";
import {
  ALL,
  appendAll,
  holdsRecords,
  isRecord,
  type ModelRecord,
} from "../src/conformance/records.ts";
import { memoryPlace, openCatalog, type Place } from "./places.ts";

/** A closed segment of a catalog, and what it holds. */
export interface StoredSegment {
  readonly fs: FileSystem;
  readonly place: Place;
  readonly baseOffset: number;
  readonly records: readonly ModelRecord[];
  /** Of each record, and of the end. */
  readonly positions: readonly number[];
  readonly storePath: string;
  readonly indexPath: string;
}

/** Makes a segment of these records on a disk in memory, and closes it. */
export async function storeSegment(
  records: readonly ModelRecord[],
  { baseOffset = 0, frameFormat = "checked" as FrameFormat, syncEach = false } = {},
): Promise<StoredSegment> {
  const place = await memoryPlace();
  const catalog = await openCatalog(place, { frameFormat, random: () => 7 });
  const segment = await catalog.create(baseOffset);
  const positions = [0];
  for (const record of records) {
    appendAll(segment, [record]);
    positions.push(segment.storeBytes);
    if (syncEach) await segment.sync();
  }
  await segment.close();
  await catalog.close();
  const storePath = `${place.directory}/${storeName(baseOffset)}`;
  const indexPath = `${place.directory}/${indexName(baseOffset)}`;
  return { fs: place.fs, place, baseOffset, records, positions, storePath, indexPath };
}

/** How a log may come to open a segment that was closed. */
export function waysToOpen({ baseOffset, records }: StoredSegment): OpenListedOptions[] {
  const nextOffset = baseOffset + records.length;
  return [
    { mode: "sealed", nextOffset },
    { mode: "closed", nextOffset },
    { mode: "crashed" },
    { mode: "crashed", nextOffset },
  ];
}

/** Opens the segment, runs `use` on it, and closes it. */
export async function withSegment(
  { place, baseOffset }: StoredSegment,
  how: OpenListedOptions & { readonly readOnly?: boolean },
  use: (segment: Segment) => Promise<void> | void,
): Promise<void> {
  const { readOnly = false, ...options } = how;
  const catalog = await openCatalog(place, { readOnly });
  try {
    const segment = await catalog.open(baseOffset, options);
    try {
      await use(segment);
    } finally {
      await segment.close();
    }
  } finally {
    await catalog.close();
  }
}

/** Every record by every way of reading, the last first, and a scan from each. */
export function readsAll(segment: Segment, records: readonly ModelRecord[]): void {
  const { baseOffset } = segment;
  for (let i = records.length - 1; i >= 0; i--) {
    const expected = { offset: baseOffset + i, ...(records[i] as ModelRecord) };
    isRecord("readView", segment.readView(baseOffset + i), expected);
    const scanned = segment.scan(baseOffset + i, { ...ALL, recordsMax: 3 });
    expect(scanned).toHaveLength(Math.min(3, records.length - i));
    for (const [k, record] of scanned.entries()) {
      const { time, value } = records[i + k] as ModelRecord;
      isRecord("scan", record, { offset: baseOffset + i + k, time, value });
    }
  }
  holdsRecords(segment, records);
}
