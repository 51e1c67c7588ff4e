import { hasCode, SeglogError } from "@seglog/errors";
import type { FileSystem } from "@seglog/fs";
import type { IndexInspection, InspectIndexOptions } from "@seglog/index";
import type { InspectStoreOptions, StoreHeader, StoreInspection } from "@seglog/store";
import type { Offset } from "./contract.ts";
import { cursorNameOf } from "./cursor-file.ts";
import { type Damage, damageOf } from "./damage.ts";
import { LOCK_FILE_NAME } from "./directory-catalog.ts";
import { payloadKind, saysLost } from "./lost-record.ts";
import { PROGRESS_FILE_NAME } from "./progress-file.ts";
import { baseOffsetOf, indexBaseOf } from "./segment-name.ts";
import { STATE_FILE_NAME } from "./state-file.ts";

/** What a directory is inspected with; parts of the layers below, by value. */
export interface InspectionTools {
  readonly fs: FileSystem;
  readonly inspectStore: (options: InspectStoreOptions) => Promise<StoreInspection>;
  readonly inspectIndex: (options: InspectIndexOptions) => Promise<IndexInspection>;
}

/** A file with a store's name. */
export interface FoundStore {
  readonly name: string;
  readonly path: string;
  readonly baseOffset: Offset;
  readonly bytes: number;
  /**
   * - `"good"`: it has its header.
   * - `"proven"`: it has not, and `header` is what it must have been.
   * - `"unfinished"`: its making was cut short.
   * - `"stray"`: not a segment of that name, by anything in it.
   * - `"unreadable"`: the system refuses to read it.
   */
  readonly kind: "good" | "proven" | "unfinished" | "stray" | "unreadable";
  readonly header: StoreHeader | undefined;
}

/** What is in a directory by its names and the headers of its stores. */
export interface FoundFiles {
  /** Ascending. */
  readonly stores: readonly FoundStore[];
  /** Names of ours that are no regular files. */
  readonly notFiles: readonly string[];
  /** Of all regular files of ours. */
  readonly bytes: number;
  readonly damages: readonly Damage[];
  /** Why a repair must refuse, if it must: a later version, a file that cannot be read. */
  readonly refusals: readonly SeglogError[];
}

const BESIDE_SEGMENTS: readonly string[] = [STATE_FILE_NAME, LOCK_FILE_NAME, PROGRESS_FILE_NAME];

/** @throws ERR_SEGLOG_NOT_FOUND | ERR_SEGLOG_IO  the directory cannot be listed */
export async function findSegments(tools: InspectionTools, directory: string): Promise<FoundFiles> {
  const { fs } = tools;
  const stores: FoundStore[] = [];
  const notFiles: string[] = [];
  const damages: Damage[] = [];
  const refusals: SeglogError[] = [];
  let bytes = 0;
  for (const name of await fs.list(directory)) {
    const baseOffset = baseOffsetOf(name);
    const isOurs = baseOffset !== undefined || indexBaseOf(name) !== undefined;
    const isBeside = BESIDE_SEGMENTS.includes(name) || cursorNameOf(name) !== undefined;
    if (!isOurs && !isBeside) continue;
    const path = `${directory}/${name}`;
    const stat = await fs.stat(path);
    if (stat === undefined) continue; // removed since it was listed
    if (stat.kind !== "file") {
      notFiles.push(name);
      const message = `${path} is a ${stat.kind}, not a file`;
      damages.push(damageOf("not a file", { path, message, baseOffset }));
      continue;
    }
    bytes += stat.bytes;
    if (baseOffset === undefined) continue;
    const place = { name, path, baseOffset, bytes: stat.bytes };
    const found = await lookAt(tools, place, { damages, refusals });
    if (found !== undefined) stores.push(found);
  }
  return { stores, notFiles, bytes, damages, refusals };
}

type Place = Pick<FoundStore, "name" | "path" | "baseOffset" | "bytes">;

async function lookAt(
  tools: InspectionTools,
  place: Place,
  { damages, refusals }: { readonly damages: Damage[]; readonly refusals: SeglogError[] },
): Promise<FoundStore | undefined> {
  const { path, baseOffset } = place;
  try {
    const inspection = await tools.inspectStore({ fs: tools.fs, path });
    try {
      return await headerOf(inspection, place, { damages, refusals });
    } finally {
      await inspection.close();
    }
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_NOT_FOUND")) return undefined;
    if (!hasCode(error, "ERR_SEGLOG_IO")) throw error;
    damages.push(damageOf("unreadable", { path, baseOffset, message: error.message }));
    refusals.push(error);
    return { ...place, kind: "unreadable", header: undefined };
  }
}

async function headerOf(
  inspection: StoreInspection,
  place: Place,
  { damages, refusals }: { readonly damages: Damage[]; readonly refusals: SeglogError[] },
): Promise<FoundStore | undefined> {
  const { path, baseOffset } = place;
  const found = inspection.header;
  const stray = (message: string): FoundStore => {
    damages.push(damageOf("stray segment", { path, baseOffset, message, from: baseOffset }));
    return { ...place, kind: "stray", header: undefined };
  };
  switch (found.kind) {
    case "good": {
      const { header } = found;
      if (header.baseOffset === baseOffset) return { ...place, kind: "good", header };
      return stray(`${path} has the header of segment ${header.baseOffset}`);
    }
    case "unfinished":
      return { ...place, kind: "unfinished", header: undefined };
    case "later": {
      const message = `${path} has ${found.found}`;
      damages.push(damageOf("later version", { path, baseOffset, message, from: baseOffset }));
      refusals.push(laterVersion(path, found));
      return { ...place, kind: "unreadable", header: undefined };
    }
    case "bad": {
      const header = await inspection.proveHeader(baseOffset, (bytes) => {
        const head = { bytes, at: 0, payloadBytes: bytes.length };
        return payloadKind(head, baseOffset) === "record" || saysLost(bytes, baseOffset);
      });
      if (header === undefined)
        return stray(`${path} has no valid header, and no frames prove one`);
      const message = `the header of ${path} is damaged`;
      damages.push(damageOf("bad header", { path, baseOffset, message, from: baseOffset }));
      return { ...place, kind: "proven", header };
    }
  }
}

/** The error of a repair for a file of a later release. */
export function laterVersion(
  path: string,
  {
    found,
    supported,
  }: { readonly found: number | string; readonly supported: readonly (number | string)[] },
): SeglogError {
  const message = `${path} has ${found}`;
  return new SeglogError("ERR_SEGLOG_UNSUPPORTED_FORMAT", message, { path, found, supported });
}
