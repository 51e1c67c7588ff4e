import { type Log, type OpenLogOptions, openLog } from "@seglog/log";
import {
  type DirectoryCatalogOptions,
  type FileSystem,
  memoryFileSystem,
  memoryIndex,
  openDirectoryCatalog,
  openFileStore,
  openMappedIndex,
  type SegmentCatalog,
} from "./parts.ts";

import { unmappedDisk } from "./unmapped-disk.ts";

export const DIRECTORY = "/log";

/** Limits of segments, beside the log's own options. */
export type PlaceOptions = OpenLogOptions &
  Partial<
    Pick<
      DirectoryCatalogOptions,
      | "segmentBytesMax"
      | "indexEntriesMax"
      | "readOnly"
      | "frameFormat"
      | "openIndex"
      | "openStore"
      | "directory"
      | "stagedBytesMax"
    >
  >;

/** Where a log of a test is, and how it is opened. */
export interface Place {
  readonly fs: FileSystem;
  /** Opens the log of this place; `options` go over those of the place. */
  open(options?: PlaceOptions): Promise<Log>;
  catalog(options?: PlaceOptions): Promise<SegmentCatalog>;
}

export function placeOn(fs: FileSystem, defaults: PlaceOptions = {}): Place {
  const place: Place = {
    fs,
    catalog: (options = {}) => openCatalog(fs, { ...defaults, ...options }),
    async open(options = {}) {
      const catalog = await place.catalog(options);
      try {
        return await openLog(catalog, logOptions({ ...defaults, ...options }));
      } catch (error) {
        await catalog.close();
        throw error;
      }
    },
  };
  return place;
}

/** A place of its own on a disk of its own. */
export function memoryPlace(defaults: PlaceOptions = {}): Place {
  return placeOn(memoryFileSystem(), defaults);
}

/** A place with all that has reached the disk of `place`, as after a crash of its process. */
export async function crashed(place: Place, defaults: PlaceOptions = {}): Promise<Place> {
  return placeOn(await copyDisk(place.fs), defaults);
}

/** Copies the files of the log's directory to another disk; locks stay behind. */
export async function copyDisk(from: FileSystem, directory = DIRECTORY): Promise<FileSystem> {
  const to = memoryFileSystem();
  if ((await from.stat(directory)) === undefined) return to;
  await to.makeDirectory(directory);
  for (const name of await from.list(directory)) {
    const path = `${directory}/${name}`;
    const source = await from.open(path, { access: "read" });
    const bytes = new Uint8Array(await source.size());
    source.read(bytes, 0);
    await source.close();
    const target = await to.open(path, { access: "write", create: "exclusive" });
    if (bytes.length > 0) await target.write([bytes], 0);
    await target.close();
  }
  return to;
}

/** Writes `bytes` over what a file has at `position`. */
export async function overwrite(
  fs: FileSystem,
  path: string,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  const handle = await fs.open(path, { access: "write" });
  await handle.write([bytes], position);
  await handle.close();
}

function openCatalog(disk: FileSystem, options: PlaceOptions): Promise<SegmentCatalog> {
  const { segmentBytesMax, indexEntriesMax, readOnly, frameFormat, openIndex, directory } = options;
  return openDirectoryCatalog({
    fs: readOnly === true ? unmappedDisk(disk) : disk,
    directory: directory ?? DIRECTORY,
    openStore: options.openStore ?? openFileStore,
    openIndex: openIndex ?? openDefaultIndex,
    ...(options.stagedBytesMax === undefined ? {} : { stagedBytesMax: options.stagedBytesMax }),
    ...(segmentBytesMax === undefined ? {} : { segmentBytesMax }),
    ...(indexEntriesMax === undefined ? {} : { indexEntriesMax }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(frameFormat === undefined ? {} : { frameFormat }),
  });
}

const openDefaultIndex: DirectoryCatalogOptions["openIndex"] = async (request) => {
  const { fs, path, access, mode } = request;
  return access === "scratch" ? memoryIndex() : openMappedIndex({ fs, path, access, mode });
};

function logOptions(options: PlaceOptions): OpenLogOptions {
  const { segmentBytesMax, indexEntriesMax, readOnly, frameFormat, ...others } = options;
  const { openIndex, openStore, directory, ...own } = others;
  return own;
}
