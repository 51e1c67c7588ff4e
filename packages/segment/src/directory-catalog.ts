import { hasCode, SeglogError } from "@seglog/errors";
import type { FileLock } from "@seglog/fs";
import type { Index } from "@seglog/index";
import type { Store } from "@seglog/store";
import { checkCatalogOptions, type ResolvedCatalogOptions } from "./catalog-options.ts";
import type {
  CatalogState,
  DirectoryCatalogOptions,
  Offset,
  OpenListedOptions,
  Segment,
  SegmentCatalog,
  SegmentListing,
} from "./contract.ts";
import { openSegment } from "./open-segment.ts";
import { baseOffsetOf, indexName, storeName } from "./segment-name.ts";
import { loadStateSlot, saveStateSlot } from "./state-file.ts";

/** Name of the file whose lock keeps a second writer out. */
export const LOCK_FILE_NAME = "seglog.lock";

/**
 * The segments of a log as files of one directory: `BASE.store`, `BASE.index`, one state file and
 * one lock file. Names that are not ours are left alone.
 *
 * Makes the directory if it is missing, and locks it, unless `readOnly`.
 *
 * @throws ERR_SEGLOG_LOCKED  another writer has it
 * @throws ERR_SEGLOG_NOT_FOUND  `readOnly`, and there is no such directory
 */
export async function openDirectoryCatalog(
  options: DirectoryCatalogOptions,
): Promise<SegmentCatalog> {
  const resolved = checkCatalogOptions(options);
  const { fs, directory, readOnly, mode } = resolved;
  if (readOnly) {
    const stat = await fs.stat(directory);
    if (stat?.kind !== "directory") {
      throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `no directory ${directory}`, {
        path: directory,
      });
    }
    return new DirectoryCatalog(resolved, undefined, 0);
  }
  await fs.makeDirectory(directory, { mode: directoryMode(mode) });
  const lock = await fs.lock(`${directory}/${LOCK_FILE_NAME}`, { mode });
  try {
    const slot = await loadStateSlot({ fs, directory });
    return new DirectoryCatalog(resolved, lock, slot?.sequence ?? 0);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class DirectoryCatalog implements SegmentCatalog {
  readonly path: string;
  readonly readOnly: boolean;
  readonly mapper: string;
  readonly #options: ResolvedCatalogOptions;
  #lock: FileLock | undefined;
  #sequence: number;

  constructor(options: ResolvedCatalogOptions, lock: FileLock | undefined, sequence: number) {
    this.path = options.directory;
    this.readOnly = options.readOnly;
    this.mapper = options.fs.mapper;
    this.#options = options;
    this.#lock = lock;
    this.#sequence = sequence;
  }

  async list(): Promise<SegmentListing[]> {
    const { fs } = this.#options;
    const listings: SegmentListing[] = [];
    for (const name of await fs.list(this.path)) {
      const baseOffset = baseOffsetOf(name);
      if (baseOffset === undefined) continue;
      const store = await fs.stat(`${this.path}/${name}`);
      const index = await fs.stat(`${this.path}/${indexName(baseOffset)}`);
      listings.push({ baseOffset, bytes: (store?.bytes ?? 0) + (index?.bytes ?? 0) });
    }
    return listings;
  }

  async create(baseOffset: Offset): Promise<Segment> {
    this.#checkWritable();
    const indexPath = `${this.path}/${indexName(baseOffset)}`;
    await this.#removeIfThere(indexPath); // left behind by a removal that a crash cut short
    const store = await this.#openStore(baseOffset, "exclusive", "crashed");
    const segment = await this.#open(baseOffset, store, "write", { trustIndex: false });
    await this.#options.fs.syncDirectory(this.path);
    return segment;
  }

  async open(baseOffset: Offset, options: OpenListedOptions): Promise<Segment> {
    const { mode, nextOffset } = options;
    if (mode !== "sealed") this.#checkWritableUnlessReading();
    const store = await this.#openStore(baseOffset, "never", mode);
    const expected = nextOffset === undefined ? {} : { nextOffset };
    const trustIndex = mode !== "crashed";
    if (mode === "sealed" || this.readOnly) {
      const segment = await this.#openWithIndexAsItIs(baseOffset, store, expected, trustIndex);
      if (segment !== undefined) return segment;
    }
    const access = this.readOnly ? "scratch" : "write";
    return this.#open(baseOffset, store, access, { ...expected, trustIndex });
  }

  async remove(baseOffsets: readonly Offset[]): Promise<void> {
    this.#checkWritable();
    for (const baseOffset of baseOffsets) {
      // the index first: a store without an index is a segment, an index without a store is not
      await this.#removeIfThere(`${this.path}/${indexName(baseOffset)}`);
      await this.#removeIfThere(`${this.path}/${storeName(baseOffset)}`);
    }
    if (baseOffsets.length > 0) await this.#options.fs.syncDirectory(this.path);
  }

  async loadState(): Promise<CatalogState | undefined> {
    const { fs, directory } = this.#options;
    return (await loadStateSlot({ fs, directory }))?.state;
  }

  async saveState(state: CatalogState): Promise<void> {
    this.#checkWritable();
    this.#sequence++;
    await saveStateSlot(this.#options, { sequence: this.#sequence, state });
  }

  async close(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.release();
  }

  /** The segment with its index unwritten; `undefined` when the index is missing or wrong. */
  async #openWithIndexAsItIs(
    baseOffset: Offset,
    store: Store,
    expected: { readonly nextOffset?: Offset },
    trustIndex: boolean,
  ): Promise<Segment | undefined> {
    if (!trustIndex) return undefined;
    const index = await this.#openIndex(baseOffset, "read");
    if (index === undefined) return undefined;
    try {
      return await openSegment({
        ...this.#parts(baseOffset),
        store,
        index,
        trustIndex,
        ...expected,
      });
    } catch (error) {
      await index.close();
      if (hasCode(error, "ERR_SEGLOG_READ_ONLY")) return undefined;
      await store.close();
      throw error;
    }
  }

  async #open(
    baseOffset: Offset,
    store: Store,
    access: "write" | "scratch",
    how: { readonly nextOffset?: Offset; readonly trustIndex: boolean },
  ): Promise<Segment> {
    let index: Index | undefined;
    try {
      index = await this.#openIndex(baseOffset, access);
      if (index === undefined) throw new Error("unreachable: a writable index is always opened");
      return await openSegment({ ...this.#parts(baseOffset), store, index, ...how });
    } catch (error) {
      await index?.close();
      await store.close();
      throw error;
    }
  }

  #openStore(
    baseOffset: Offset,
    create: "exclusive" | "never",
    end: OpenListedOptions["mode"],
  ): Promise<Store> {
    const o = this.#options;
    return o.openStore({
      fs: o.fs,
      path: `${this.path}/${storeName(baseOffset)}`,
      access: this.readOnly ? "read" : "write",
      create,
      baseOffset,
      frameFormat: o.frameFormat,
      recordBytesMax: o.recordBytesMax,
      stagedBytesMax: o.stagedBytesMax,
      expectedBytes: o.segmentBytesMax,
      mode: o.mode,
      end,
      ...(o.random === undefined ? {} : { random: o.random }),
    });
  }

  async #openIndex(
    baseOffset: Offset,
    access: "read" | "write" | "scratch",
  ): Promise<Index | undefined> {
    const { fs, mode, openIndex } = this.#options;
    const path = `${this.path}/${indexName(baseOffset)}`;
    try {
      return await openIndex({ fs, path, baseOffset, access, mode });
    } catch (error) {
      if (access === "read" && hasCode(error, "ERR_SEGLOG_NOT_FOUND")) return undefined;
      throw error;
    }
  }

  #parts(baseOffset: Offset): {
    baseOffset: Offset;
    path: string;
    segmentBytesMax: number;
    indexEntriesMax: number;
  } {
    const { segmentBytesMax, indexEntriesMax } = this.#options;
    const path = `${this.path}/${storeName(baseOffset)}`;
    return { baseOffset, path, segmentBytesMax, indexEntriesMax };
  }

  async #removeIfThere(path: string): Promise<void> {
    try {
      await this.#options.fs.remove(path);
    } catch (error) {
      if (!hasCode(error, "ERR_SEGLOG_NOT_FOUND")) throw error;
    }
  }

  #checkWritable(): void {
    if (this.readOnly) throw readOnlyError(this.path);
    if (this.#lock === undefined) {
      throw new SeglogError("ERR_SEGLOG_CLOSED", `${this.path} is closed`, { what: this.path });
    }
  }

  #checkWritableUnlessReading(): void {
    if (!this.readOnly) this.#checkWritable();
  }
}

/** A directory that may be read must be searchable: each r bit brings its x bit. */
function directoryMode(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}

function readOnlyError(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened read-only`, { path });
}
