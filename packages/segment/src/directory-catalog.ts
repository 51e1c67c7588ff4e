import { checkInteger, hasCode, SeglogError, shortageOf } from "@seglog/errors";
import type { FileLock } from "@seglog/fs";
import {
  checkCatalogOptions,
  checkOpenListed,
  type ResolvedCatalogOptions,
} from "./catalog-options.ts";
import { quietly, removeIfThere } from "./clean-up.ts";
import type {
  CatalogState,
  LogProgress,
  Offset,
  OpenListedOptions,
  PublishedProgress,
  SavedCursor,
  Segment,
  SegmentCatalog,
  SegmentListing,
} from "./contract.ts";
import { type CursorPlace, listCursors, removeCursor, saveCursor } from "./cursor-file.ts";
import type { DirectoryCatalogOptions } from "./directory-contract.ts";
import { directoryMode, parentOf } from "./directory-paths.ts";
import { ProgressFile, type ProgressFilePlace } from "./progress-file.ts";
import { baseOffsetOf, indexName } from "./segment-name.ts";
import { SegmentOpener } from "./segment-opener.ts";
import { StateFile } from "./state-file.ts";

/** Name of the file whose lock keeps a second writer out. */
export const LOCK_FILE_NAME = "seglog.lock";

/**
 * The segments of a log as files of one directory: `BASE.store`, `BASE.index`, `NAME.cursor`,
 * one state file, one that says how far the log is, and one lock file. Names that are not ours are
 * left alone.
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
    const logId = (): number => stateFile.logId;
    const progress = await ProgressFile.openForReading({ fs, directory, logId });
    return new DirectoryCatalog({ options: resolved, stateFile, lock: undefined, progress });
  }
  await fs.makeDirectory(directory, { mode: directoryMode(mode) });
  const lock = await fs.lock(`${directory}/${LOCK_FILE_NAME}`, { mode });
  try {
    if (!(await stateFile.settle())) {
      // a process killed while it made the directory may have left its name without a sync
      await fs.syncDirectory(parentOf(directory));
    }
    return new DirectoryCatalog({ options: resolved, stateFile, lock, progress: undefined });
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
  readonly progress: ProgressFile | undefined;
}

class DirectoryCatalog implements SegmentCatalog {
  readonly path: string;
  readonly readOnly: boolean;
  readonly mapper: string;
  readonly #options: ResolvedCatalogOptions;
  readonly #stateFile: StateFile;
  readonly #lock: FileLock | undefined;
  readonly #opener: SegmentOpener;
  #progress: ProgressFile | undefined;
  #closing: Promise<void> | undefined;

  constructor({ options, stateFile, lock, progress }: DirectoryCatalogParts) {
    this.path = options.directory;
    this.readOnly = options.readOnly;
    this.mapper = options.fs.mapper;
    this.#options = options;
    this.#stateFile = stateFile;
    this.#lock = lock;
    this.#opener = new SegmentOpener(options, stateFile);
    this.#progress = progress;
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
    const path = this.#opener.storePath(baseOffset);
    if ((await this.#options.fs.stat(path)) !== undefined) {
      throw new SeglogError("ERR_SEGLOG_EXISTS", `${path} is there already`, { path });
    }
    let segment: Segment | undefined;
    try {
      // an index may have been left behind by a removal that a crash cut short
      await removeIfThere(this.#options.fs, this.#opener.indexPath(baseOffset));
      segment = await this.#opener.create(baseOffset);
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
    const path = this.#opener.storePath(baseOffset);
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
    return this.#opener.openListed(baseOffset, options);
  }

  async remove(baseOffsets: readonly Offset[]): Promise<void> {
    for (const baseOffset of baseOffsets) checkInteger("baseOffset", baseOffset, { min: 0 });
    this.#checkWritable();
    for (const baseOffset of baseOffsets) await this.#removeFiles(baseOffset);
    if (baseOffsets.length > 0) await this.#options.fs.syncDirectory(this.path);
  }

  async loadState(): Promise<CatalogState | undefined> {
    this.#checkOpen();
    if (this.readOnly) this.#progress ??= await ProgressFile.openForReading(this.#progressPlace);
    return this.#stateFile.load();
  }

  async saveState(state: CatalogState): Promise<void> {
    this.#checkWritable();
    await this.#stateFile.save(state);
    if (state.closedAt !== undefined) return;
    // not before: on a full disk the log itself comes first
    this.#progress ??= await ProgressFile.openForWriting(this.#progressPlace);
  }

  publish(progress: LogProgress): void {
    this.#checkWritable();
    this.#progress?.write(progress);
  }

  published(): PublishedProgress | undefined {
    this.#checkOpen();
    return this.#progress?.read();
  }

  watch(onChange: () => void): { close(): void } {
    this.#checkOpen();
    return this.#options.fs.watch(this.path, onChange);
  }

  async listCursors(): Promise<SavedCursor[]> {
    this.#checkOpen();
    return listCursors(this.#place);
  }

  async saveCursor(name: string, offset: Offset): Promise<void> {
    this.#checkWritable();
    await saveCursor(this.#place, name, offset);
  }

  async removeCursor(name: string): Promise<void> {
    this.#checkWritable();
    await removeCursor(this.#place, name);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#progress?.close();
    } finally {
      await this.#lock?.release();
    }
  }

  get #place(): CursorPlace {
    const { fs, mode } = this.#options;
    return { fs, mode, directory: this.path, logId: this.#stateFile.logId };
  }

  get #progressPlace(): ProgressFilePlace {
    return { ...this.#place, logId: () => this.#stateFile.logId };
  }

  /** The index first: a store without an index is a segment, an index without a store is not. */
  async #removeFiles(baseOffset: Offset): Promise<void> {
    await removeIfThere(this.#options.fs, this.#opener.indexPath(baseOffset));
    await removeIfThere(this.#options.fs, this.#opener.storePath(baseOffset));
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
