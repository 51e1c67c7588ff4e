import { hasCode, SeglogError, shortageOf } from "@seglog/errors";
import type { FileHandle, FileSystem, Mapping } from "@seglog/fs";
import { quietly } from "./clean-up.ts";
import type { LogProgress, PublishedProgress } from "./contract.ts";
import {
  decodeProgress,
  encodeProgress,
  PROGRESS_FILE_BYTES,
  PROGRESS_SLOT_POSITIONS,
  type ProgressSlot,
} from "./progress-codec.ts";

/** Name of the file that tells readers elsewhere how far a log is. */
export const PROGRESS_FILE_NAME = "seglog.progress";

/** Where a progress file is, and how it is made. */
export interface ProgressFilePlace {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly mode: number;
  /** Which log it is of; a reader hears that from the state file, which it reads later. */
  logId(): number;
}

/**
 * How far the log is, in two slots of a small file that the writer has mapped: telling costs a few
 * stores into memory, and looking one `pread`. Never synced: what it says is believed only as long
 * as the system runs in which it was said. See FORMAT.md.
 */
export class ProgressFile {
  readonly #handle: FileHandle;
  readonly #bootId: number;
  readonly #logId: () => number;
  /** `undefined` where it is only read. */
  readonly #mapping: Mapping | undefined;
  readonly #session: number;
  #sequence: number;
  readonly #bytes = new Uint8Array(PROGRESS_FILE_BYTES);
  readonly #data = new DataView(this.#bytes.buffer);
  #seen: ProgressSlot | undefined;
  /** What each slot holds, as far as this object has written it. */
  readonly #written: (readonly number[])[] = [[], []];

  private constructor(
    handle: FileHandle,
    { fs, logId }: Pick<ProgressFilePlace, "fs" | "logId">,
    mapping: Mapping | undefined,
  ) {
    this.#handle = handle;
    this.#bootId = fs.bootId;
    this.#logId = logId;
    this.#mapping = mapping;
    // a reader does not know yet which log it is of
    const newest = mapping === undefined ? undefined : this.#newest();
    this.#session = (newest?.session ?? 0) + 1;
    this.#sequence = newest?.sequence ?? 0;
  }

  /** To be told into; `undefined` where the disk has no room for it, which is no reason to fail. */
  static async openForWriting(place: ProgressFilePlace): Promise<ProgressFile | undefined> {
    const { fs, directory, mode } = place;
    const path = `${directory}/${PROGRESS_FILE_NAME}`;
    let handle: FileHandle | undefined;
    let mapping: Mapping | undefined;
    try {
      handle = await fs.open(path, { access: "write", create: "ifMissing", mode });
      // over itself: a power cut may have left a length without a block, and a store into a
      // mapping of that ends the process where the disk is full
      const content = new Uint8Array(PROGRESS_FILE_BYTES);
      handle.read(content, 0);
      await handle.write([content], 0);
      mapping = handle.map(PROGRESS_FILE_BYTES, { access: "write" });
      return new ProgressFile(handle, place, mapping);
    } catch (error) {
      await quietly(release(handle, mapping));
      if (shortageOf(error) !== undefined) return undefined;
      throw error;
    }
  }

  /** To be looked into; `undefined` where there is none. */
  static async openForReading(
    place: Omit<ProgressFilePlace, "mode">,
  ): Promise<ProgressFile | undefined> {
    const { fs, directory } = place;
    let handle: FileHandle | undefined;
    try {
      handle = await fs.open(`${directory}/${PROGRESS_FILE_NAME}`, { access: "read" });
      return new ProgressFile(handle, place, undefined);
    } catch (error) {
      await quietly(handle?.close());
      if (hasCode(error, "ERR_SEGLOG_NOT_FOUND")) return undefined;
      throw error;
    }
  }

  write(progress: LogProgress): void {
    const mapping = this.#mapping;
    if (mapping === undefined) {
      const { path } = this.#handle;
      throw new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened read-only`, { path });
    }
    this.#sequence++;
    const ids = { bootId: this.#bootId, session: this.#session, sequence: this.#sequence };
    const slot = this.#sequence % 2;
    const position = PROGRESS_SLOT_POSITIONS[slot] as number;
    const before = this.#written[slot] as readonly number[];
    const words = encodeProgress(progress, ids, this.#logId());
    // three differ where only records were committed
    words.forEach((word, n) => {
      if (word !== before[n]) mapping.setU64(position + 8 * n, word);
    });
    this.#written[slot] = words;
    mapping.flush();
  }

  /** What was last written of this log since the system started. */
  read(): PublishedProgress | undefined {
    const newest = this.#newest();
    return newest?.bootId === this.#bootId ? newest : undefined;
  }

  close(): Promise<void> {
    return release(this.#handle, this.#mapping);
  }

  #newest(): ProgressSlot | undefined {
    this.#handle.read(this.#bytes, 0);
    const next = (this.#seen?.sequence ?? -2) + 1;
    // most looks find what the last one found: nothing is newer than the newest
    if (PROGRESS_SLOT_POSITIONS.every((at) => this.#sequenceAt(at) < next)) return this.#seen;
    for (const at of PROGRESS_SLOT_POSITIONS) {
      const slot = decodeProgress(this.#bytes, at, this.#logId());
      if (slot === undefined) continue;
      if (this.#seen === undefined || slot.sequence > this.#seen.sequence) this.#seen = slot;
    }
    return this.#seen;
  }

  #sequenceAt(slot: number): number {
    return this.#data.getUint32(slot + 24) * 2 ** 32 + this.#data.getUint32(slot + 28);
  }
}

async function release(
  handle: FileHandle | undefined,
  mapping: Mapping | undefined,
): Promise<void> {
  try {
    mapping?.close();
  } finally {
    await handle?.close();
  }
}
