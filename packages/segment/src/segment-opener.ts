import { hasCode } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { Store } from "@seglog/store";
import type { ResolvedCatalogOptions } from "./catalog-options.ts";
import { checkedIndex, checkedStore } from "./check-part.ts";
import { quietly } from "./clean-up.ts";
import type { Offset, OpenListedOptions, OpenSegmentOptions, Segment } from "./contract.ts";
import { openSegment } from "./open-segment.ts";
import { bytesBehind, refuseOverlong } from "./refuse-overlong.ts";
import { indexName, storeName } from "./segment-name.ts";
import type { StateFile } from "./state-file.ts";
import { type StoreRequestParts, storeRequest } from "./store-request.ts";

/** Makes segments of the files of a directory. */
export class SegmentOpener {
  readonly #options: ResolvedCatalogOptions;
  readonly #stateFile: StateFile;

  constructor(options: ResolvedCatalogOptions, stateFile: StateFile) {
    this.#options = options;
    this.#stateFile = stateFile;
  }

  storePath(baseOffset: Offset): string {
    return `${this.#options.directory}/${storeName(baseOffset)}`;
  }

  indexPath(baseOffset: Offset): string {
    return `${this.#options.directory}/${indexName(baseOffset)}`;
  }

  /** Makes files of an empty segment; their names do not last yet. */
  async create(baseOffset: Offset): Promise<Segment> {
    const store = await this.#openStore(baseOffset, { create: "exclusive", end: "crashed" });
    return this.#open(baseOffset, store, { access: "write", trustIndex: false });
  }

  async openListed(baseOffset: Offset, options: OpenListedOptions): Promise<Segment> {
    const { readOnly } = this.#options;
    const { mode, nextOffset, cutAt } = options;
    const how = {
      trustIndex: mode !== "crashed",
      ...(nextOffset === undefined ? {} : { nextOffset }),
    };
    if (mode === "crashed" && nextOffset !== undefined && !readOnly) {
      await this.#checkEnd(baseOffset, { ...options, nextOffset });
    }
    const kept = cutAt === undefined ? {} : { keepRecords: Math.max(0, cutAt - baseOffset) };
    const store = await this.#openStore(baseOffset, { create: "never", end: mode, ...kept });
    if (how.trustIndex && (mode === "sealed" || readOnly)) {
      const segment = await this.#openAsItIs(baseOffset, store, how);
      if (segment !== undefined) return segment;
    }
    return this.#open(baseOffset, store, { ...how, access: readOnly ? "scratch" : "write" });
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
    if (zerosOnly && tornBytes > 0) throw bytesBehind(this.storePath(baseOffset), nextOffset);
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
    const { readOnly } = this.#options;
    const path = this.storePath(baseOffset);
    if (how.create === "never") await refuseOverlong(this.#options.fs, path);
    const access = readOnly ? "read" : "write";
    const { logId } = this.#stateFile;
    const request = storeRequest(this.#options, { path, baseOffset, logId, access, ...how });
    return checkedStore(await this.#options.openStore(request));
  }

  async #openIndex(baseOffset: Offset, access: "read" | "write" | "scratch"): Promise<Index> {
    const { fs, mode, openIndex } = this.#options;
    const path = this.indexPath(baseOffset);
    return checkedIndex(await openIndex({ fs, path, baseOffset, access, mode }));
  }

  #parts(
    baseOffset: Offset,
  ): Pick<OpenSegmentOptions, "baseOffset" | "path" | "segmentBytesMax" | "indexEntriesMax"> {
    const { segmentBytesMax, indexEntriesMax } = this.#options;
    return { baseOffset, path: this.storePath(baseOffset), segmentBytesMax, indexEntriesMax };
  }
}
