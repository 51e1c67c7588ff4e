import { hasCode, type SeglogError } from "@seglog/errors";
import type { IndexInspection } from "@seglog/index";
import type { Offset } from "./contract.ts";
import { type Damage, damageOf } from "./damage.ts";
import type { InspectDirectoryOptions } from "./directory-finding.ts";
import type { FoundStore } from "./find-segments.ts";
import type { ScannedSegment } from "./scanned-segment.ts";
import { indexName } from "./segment-name.ts";
import { scanSegment } from "./segment-scan.ts";

/** Opens the files of one segment after another, and tells how far it has come. */
export class SegmentScanner {
  readonly #options: InspectDirectoryOptions;
  readonly #bytesTotal: number;
  readonly #refusals: SeglogError[];
  /** Before the store that is being scanned. */
  #bytesBefore = 0;

  /** @param refusals  is added to */
  constructor(
    options: InspectDirectoryOptions,
    { bytesTotal, refusals }: { readonly bytesTotal: number; readonly refusals: SeglogError[] },
  ) {
    this.#options = options;
    this.#bytesTotal = bytesTotal;
    this.#refusals = refusals;
  }

  /** @returns `undefined` where there is no store to be scanned; `damages` says why */
  async scan(
    store: FoundStore,
    knownEnd: Offset | undefined,
    damages: Damage[],
    { usesIndex = true }: { readonly usesIndex?: boolean } = {},
  ): Promise<ScannedSegment | undefined> {
    const { fs, inspectStore, directory, live, turn } = this.#options;
    const { header, path, baseOffset } = store;
    const bytesTotal = this.#bytesTotal;
    if (header === undefined) return undefined;
    let index: IndexInspection | undefined;
    try {
      const inspection = await inspectStore({ fs, path });
      try {
        if (usesIndex) index = await this.#openIndex(`${directory}/${indexName(baseOffset)}`);
        const told = (position: number): void =>
          turn({ bytesDone: this.#bytesBefore + position, bytesTotal, path });
        const request = { baseOffset, header, index, knownEnd, live, turn: told };
        return await scanSegment(inspection, request);
      } finally {
        await Promise.all([inspection.close(), index?.close()]);
      }
    } catch (error) {
      if (hasCode(error, "ERR_SEGLOG_NOT_FOUND")) return undefined; // removed by a live writer
      if (!hasCode(error, "ERR_SEGLOG_IO")) throw error;
      if (error.context.path !== path) {
        return this.scan(store, knownEnd, damages, { usesIndex: false });
      }
      damages.push(damageOf("unreadable", { path, baseOffset, message: error.message }));
      this.#refusals.push(error);
      return undefined;
    } finally {
      if (usesIndex) this.#bytesBefore += store.bytes;
      turn({ bytesDone: this.#bytesBefore, bytesTotal, path });
    }
  }

  /** An index is a cache: one that cannot be read is none. */
  async #openIndex(path: string): Promise<IndexInspection | undefined> {
    try {
      return await this.#options.inspectIndex({ fs: this.#options.fs, path });
    } catch (error) {
      if (hasCode(error, "ERR_SEGLOG_NOT_FOUND") || hasCode(error, "ERR_SEGLOG_IO")) {
        return undefined;
      }
      throw error;
    }
  }

  judgeIndex(
    { index, baseOffset, nextOffset }: ScannedSegment,
    damages: Damage[],
    { isClosed }: { readonly isClosed: boolean },
  ): void {
    const isEmpty = nextOffset === baseOffset;
    if (index === "right" || (index !== "wrong" && (!isClosed || isEmpty))) return;
    const path = `${this.#options.directory}/${indexName(baseOffset)}`;
    damages.push(damageOf("wrong index", { path, baseOffset, message: `${path} is ${index}` }));
  }
}
