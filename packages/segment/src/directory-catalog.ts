import { checkInteger, hasCode, SeglogError, shortageOf } from "@seglog/errors";
import type { FileLock } from "@seglog/fs";
import type { Index } from "@seglog/index";
import type { Store } from "@seglog/store";
import {
  checkCatalogOptions,
  checkOpenListed,
  type ResolvedCatalogOptions,
} from "./catalog-options.ts";
import { checkedIndex, checkedStore } from "./check-part.ts";
import { quietly, removeIfThere } from "./clean-up.ts";
import type {
  CatalogState,
  DirectoryCatalogOptions,
  Offset,
  OpenListedOptions,
  OpenSegmentOptions,
  Segment,
  SegmentCatalog,
  SegmentListing,
} from "./contract.ts";
import { directoryMode, parentOf } from "./directory-paths.ts";
import { openSegment } from "./open-segment.ts";
import { bytesBehind, refuseOverlong } from "./refuse-overlong.ts";
import { baseOffsetOf, indexName, storeName } from "./segment-name.ts";
import { StateFile } from "./state-file.ts";
import { type StoreRequestParts, storeRequest } from "./store-request.ts";

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
 * @throws ERR_SEGLOG_CORRUPT | ERR_SEGLOG_UNSUPPORTED_FORMAT  the state file; not if `readOnly`
 */
export async function openDirectoryCatalog(
  options: DirectoryCatalogOptions,
): Promise<SegmentCatalog> {
  const resolved = checkCatalogOptions(options);
  const { fs, directory, readOnly, mode } = resolved;
  const stateFile = new StateFile(resolved);
  if (readOnly) {
    await fs.list(directory); // not `stat`: the directory may be reached through a link
    return new DirectoryCatalog({ options: resolved, stateFile, lock: undefined });
  }
  await fs.makeDirectory(directory, { mode: directoryMode(mode) });
  const lock = await fs.lock(`${directory}/${LOCK_FILE_NAME}`, { mode });
  try {
    if (!(await stateFile.settle())) {
      // a process killed while it made the directory may have left its name without a sync
      await fs.syncDirectory(parentOf(directory));
    }
    return new DirectoryCatalog({ options: resolved, stateFile, lock });
  } catch (error) {
    await quietly(lock.release());
    throw error;
  }
}

interface DirectoryCatalogParts {
  readonly options: ResolvedCatalogOptions;
  readonly stateFile: StateFile;
  /** `undefined` where nothing is written. */
  readonly lock: FileLock | undefined;
}

class DirectoryCatalog implements SegmentCatalog {
  readonly path: string;
  readonly readOnly: boolean;
  readonly mapper: string;
  readonly #options: ResolvedCatalogOptions;
  readonly #stateFile: StateFile;
  readonly #lock: FileLock | undefined;
  #closing: Promise<void> | undefined;

  constructor({ options, stateFile, lock }: DirectoryCatalogParts) {
    this.path = options.directory;
    this.readOnly = options.readOnly;
    this.mapper = options.fs.mapper;
    this.#options = options;
    this.#stateFile = stateFile;
    this.#lock = lock;
  }

  async list(): Promise<SegmentListing[]> {
    this.#checkOpen();
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
    checkInteger("baseOffset", baseOffset, { min: 0 });
    this.#checkWritable();
    const path = this.#storePath(baseOffset);
    if ((await this.#options.fs.stat(path)) !== undefined) {
      throw new SeglogError("ERR_SEGLOG_EXISTS", `${path} is there already`, { path });
    }
    let segment: Segment | undefined;
    try {
      // an index may have been left behind by a removal that a crash cut short
      await removeIfThere(this.#options.fs, this.#indexPath(baseOffset));
      const store = await this.#openStore(baseOffset, { create: "exclusive", end: "crashed" });
      segment = await this.#open(baseOffset, store, { access: "write", trustIndex: false });
      await this.#options.fs.syncDirectory(this.path);
      return segment;
    } catch (error) {
      await quietly(segment?.close());
      // what is there was made by this call, or else by somebody since it began
      if (!hasCode(error, "ERR_SEGLOG_EXISTS")) await this.#unmake(baseOffset, error);
      throw error;
    }
  }

  /**
   * Removes what a failed `create` left, durably: a store that came back after a power cut would be
   * taken for the log's last, behind records that went to the one before.
   */
  async #unmake(baseOffset: Offset, cause: unknown): Promise<void> {
    const path = this.#storePath(baseOffset);
    try {
      const isThere = (await this.#options.fs.stat(path)) !== undefined;
      await this.#removeFiles(baseOffset);
      if (isThere) await this.#options.fs.syncDirectory(this.path);
    } catch {
      // only after a shortage would anybody go on, and with what is left here nobody must
      if (shortageOf(cause) === undefined) return;
      const text = `what a failed making of ${path} left cannot be removed`;
      throw new SeglogError("ERR_SEGLOG_IO", text, { path, operation: "remove" }, { cause });
    }
  }

  async open(baseOffset: Offset, options: OpenListedOptions): Promise<Segment> {
    checkInteger("baseOffset", baseOffset, { min: 0 });
    checkOpenListed(options);
    this.#checkOpen();
    const { mode, nextOffset, cutAt } = options;
    const how = {
      trustIndex: mode !== "crashed",
      ...(nextOffset === undefined ? {} : { nextOffset }),
    };
    if (mode === "crashed" && nextOffset !== undefined && !this.readOnly) {
      await this.#checkEnd(baseOffset, { ...options, nextOffset });
    }
    const kept = cutAt === undefined ? {} : { keepRecords: Math.max(0, cutAt - baseOffset) };
    const store = await this.#openStore(baseOffset, { create: "never", end: mode, ...kept });
    if (how.trustIndex && (mode === "sealed" || this.readOnly)) {
      const segment = await this.#openAsItIs(baseOffset, store, how);
      if (segment !== undefined) return segment;
    }
    return this.#open(baseOffset, store, { ...how, access: this.readOnly ? "scratch" : "write" });
  }

  async remove(baseOffsets: readonly Offset[]): Promise<void> {
    for (const baseOffset of baseOffsets) checkInteger("baseOffset", baseOffset, { min: 0 });
    this.#checkWritable();
    for (const baseOffset of baseOffsets) await this.#removeFiles(baseOffset);
    if (baseOffsets.length > 0) await this.#options.fs.syncDirectory(this.path);
  }

  async loadState(): Promise<CatalogState | undefined> {
    this.#checkOpen();
    return this.#stateFile.load();
  }

  async saveState(state: CatalogState): Promise<void> {
    this.#checkWritable();
    await this.#stateFile.save(state);
  }

  close(): Promise<void> {
    this.#closing ??= this.#lock?.release() ?? Promise.resolve();
    return this.#closing;
  }

  /**
   * Before anything may be cut from a segment whose end is known: all its records must be there,
   * and with `zerosOnly` nothing but zeros behind them. Reads only.
   */
  async #checkEnd(
    baseOffset: Offset,
    { nextOffset, zerosOnly = false }: OpenListedOptions & { readonly nextOffset: Offset },
  ): Promise<void> {
    const how = { create: "never", end: "crashed", access: "read" } as const;
    const store = await this.#openStore(baseOffset, how);
    const { tornBytes } = store;
    const scratch = { access: "scratch", trustIndex: false, nextOffset } as const;
    await (await this.#open(baseOffset, store, scratch)).close();
    if (zerosOnly && tornBytes > 0) throw bytesBehind(this.#storePath(baseOffset), nextOffset);
  }

  /**
   * The segment with its index unwritten; `undefined` when the index is missing or wrong, and
   * the store is then still open. On failure it is closed.
   */
  async #openAsItIs(
    baseOffset: Offset,
    store: Store,
    how: Pick<OpenSegmentOptions, "trustIndex" | "nextOffset">,
  ): Promise<Segment | undefined> {
    let index: Index | undefined;
    try {
      index = await this.#openIndex(baseOffset, "read");
      return await openSegment({ ...this.#parts(baseOffset), ...how, store, index });
    } catch (error) {
      await quietly(index?.close());
      const isMissing = index === undefined && hasCode(error, "ERR_SEGLOG_NOT_FOUND");
      if (isMissing || hasCode(error, "ERR_SEGLOG_READ_ONLY")) return undefined;
      await quietly(store.close());
      throw error;
    }
  }

  /** On failure the store is closed. */
  async #open(
    baseOffset: Offset,
    store: Store,
    {
      access,
      ...how
    }: Pick<OpenSegmentOptions, "trustIndex" | "nextOffset"> & {
      readonly access: "write" | "scratch";
    },
  ): Promise<Segment> {
    let index: Index | undefined;
    try {
      index = await this.#openIndex(baseOffset, access);
      const parts = { ...this.#parts(baseOffset), ...how, store, index };
      if (access === "scratch") return await openSegment(parts);
      const openSealedIndex = () => this.#openIndex(baseOffset, "read");
      return await openSegment({ ...parts, openSealedIndex });
    } catch (error) {
      await quietly(index?.close());
      await quietly(store.close());
      throw error;
    }
  }

  async #openStore(baseOffset: Offset, how: Omit<StoreRequestParts, "logId">): Promise<Store> {
    const { readOnly } = this;
    const path = this.#storePath(baseOffset);
    if (how.create === "never") await refuseOverlong(this.#options.fs, path);
    const access = readOnly ? "read" : "write";
    const { logId } = this.#stateFile;
    const request = storeRequest(this.#options, { path, baseOffset, logId, access, ...how });
    return checkedStore(await this.#options.openStore(request));
  }

  async #openIndex(baseOffset: Offset, access: "read" | "write" | "scratch"): Promise<Index> {
    const { fs, mode, openIndex } = this.#options;
    const path = this.#indexPath(baseOffset);
    return checkedIndex(await openIndex({ fs, path, baseOffset, access, mode }));
  }

  #parts(
    baseOffset: Offset,
  ): Pick<OpenSegmentOptions, "baseOffset" | "path" | "segmentBytesMax" | "indexEntriesMax"> {
    const { segmentBytesMax, indexEntriesMax } = this.#options;
    return { baseOffset, path: this.#storePath(baseOffset), segmentBytesMax, indexEntriesMax };
  }

  /** The index first: a store without an index is a segment, an index without a store is not. */
  async #removeFiles(baseOffset: Offset): Promise<void> {
    await removeIfThere(this.#options.fs, this.#indexPath(baseOffset));
    await removeIfThere(this.#options.fs, this.#storePath(baseOffset));
  }

  #storePath(baseOffset: Offset): string {
    return `${this.path}/${storeName(baseOffset)}`;
  }

  #indexPath(baseOffset: Offset): string {
    return `${this.path}/${indexName(baseOffset)}`;
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    throw new SeglogError("ERR_SEGLOG_CLOSED", `${this.path} is closed`, { what: this.path });
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (!this.readOnly) return;
    const { path } = this;
    throw new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened read-only`, { path });
  }
}
