import { type Log, type OpenLogOptions, openLog, restoreSnapshot } from "@seglog/log";
import type { LogPlace, LogPlaceFactory } from "@seglog/log/conformance";
import type { FileSystem } from "./parts.ts";
import { memoryFileSystem } from "./parts.ts";
import { copyDisk, type PlaceOptions, placeOn } from "./place.ts";

export interface KitPlaceParts {
  readonly makeFs?: () => FileSystem;
  readonly limits?: PlaceOptions;
  /** What the kit is given in the place of a log. */
  readonly decorate?: (log: Log, options: OpenLogOptions) => Log;
  /** The same of one that is opened read-only. Default: it is not decorated. */
  readonly decorateReader?: (log: Log) => Log;
  readonly dispose?: () => Promise<void>;
}

/** Places for the kit, over a disk in memory unless said otherwise. */
export function kitPlaces(parts: KitPlaceParts = {}): LogPlaceFactory {
  const { makeFs = memoryFileSystem, limits = {}, decorate = (log) => log } = parts;
  const { decorateReader = (log) => log } = parts;
  return async () => {
    let fs = makeFs();
    const place: LogPlace = {
      async open({ segmentRecordsMax, ...options } = {}) {
        const entries =
          segmentRecordsMax === undefined ? {} : { indexEntriesMax: segmentRecordsMax };
        const catalog = await placeOn(fs, limits).catalog(entries);
        return decorate(await openLog(catalog, options), options);
      },
      openReader: async () => decorateReader(await placeOn(fs, limits).open({ readOnly: true })),
      async crash() {
        fs = await copyDisk(fs, limits.directory);
      },
      async restore(stream) {
        const catalog = await placeOn(fs, limits).catalog();
        try {
          return await restoreSnapshot(catalog, stream);
        } finally {
          await catalog.close();
        }
      },
      dispose: parts.dispose ?? (async () => {}),
    };
    return place;
  };
}

/** Every member of `log`, but for what `change` puts in its place. */
export function decorated(log: Log, change: Partial<Log>): Log {
  const same: Log = {
    path: log.path,
    readOnly: log.readOnly,
    recovery: log.recovery,
    get firstOffset() {
      return log.firstOffset;
    },
    get nextOffset() {
      return log.nextOffset;
    },
    get committedOffset() {
      return log.committedOffset;
    },
    get stagedBytes() {
      return log.stagedBytes;
    },
    refresh: () => log.refresh(),
    cursor: (name, options) => log.cursor(name, options),
    cursors: () => log.cursors(),
    removeCursor: (name) => log.removeCursor(name),
    offsetRange: () => log.offsetRange(),
    append: (value) => log.append(value),
    appendBatch: (values) => log.appendBatch(values),
    flush: () => log.flush(),
    sync: () => log.sync(),
    read: (offset, options) => log.read(offset, options),
    readView: (offset, options) => log.readView(offset, options),
    batches: (options) => log.batches(options),
    batchesView: (options) => log.batchesView(options),
    tailBatches: (options) => log.tailBatches(options),
    offsetAtTime: (time) => log.offsetAtTime(time),
    truncateBefore: (offset) => log.truncateBefore(offset),
    truncateAfter: (offset) => log.truncateAfter(offset),
    resume: () => log.resume(),
    enforceRetention: () => log.enforceRetention(),
    segments: () => log.segments(),
    reader: () => log.reader(),
    stats: () => log.stats(),
    close: () => log.close(),
  };
  return Object.defineProperties(same, Object.getOwnPropertyDescriptors(change));
}
