import { invariant } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import { INDEX_ENTRY_BYTES, POSITION_AT } from "./entry-layout.ts";
import { readU64 } from "./u64.ts";

/** An index file, open for reading only, whatever it holds. */
export interface IndexInspection {
  readonly fileBytes: number;
  /** How many whole entries there are, be they entries or zeros made ahead. */
  readonly entryCount: number;
  /** Offset in entry `n`; above 2^53 - 1 perhaps inexact. */
  offsetAt(n: number): number;
  /** Position in entry `n`; above 2^53 - 1 perhaps inexact. */
  positionAt(n: number): number;
  /** Gives the file back. */
  close(): Promise<void>;
}

/** Where the index is that `inspectIndex` looks at. */
export interface InspectIndexOptions {
  readonly fs: FileSystem;
  readonly path: string;
}

/**
 * Opens an index file to find out what it holds. Changes nothing, and believes nothing.
 *
 * @throws ERR_SEGLOG_NOT_FOUND | ERR_SEGLOG_IO  the file cannot be read
 */
export async function inspectIndex({ fs, path }: InspectIndexOptions): Promise<IndexInspection> {
  const handle = await fs.open(path, { access: "read" });
  try {
    return new FileInspection(handle, await handle.size());
  } catch (error) {
    // the error tells why nothing can be found out; one of closing would only hide it
    await handle.close().catch(() => undefined);
    throw error;
  }
}

/** Reads a window of entries at a time: neighbours, in either direction, cost no call. */
class FileInspection implements IndexInspection {
  readonly fileBytes: number;
  readonly entryCount: number;
  readonly #handle: FileHandle;
  readonly #window: DataView;
  /** Number of the first entry in the window, and how many there are. */
  #first = 0;
  #count = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.fileBytes = fileBytes;
    this.entryCount = Math.floor(fileBytes / INDEX_ENTRY_BYTES);
    const entries = Math.max(1, Math.min(this.entryCount, WINDOW_ENTRIES));
    this.#window = new DataView(new ArrayBuffer(entries * INDEX_ENTRY_BYTES));
  }

  offsetAt(n: number): number {
    return readU64(this.#window, this.#load(n));
  }

  positionAt(n: number): number {
    return readU64(this.#window, this.#load(n) + POSITION_AT);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** Where in the window entry `n` begins. */
  #load(n: number): number {
    if (n < this.#first || n >= this.#first + this.#count) {
      invariant(n >= 0 && n < this.entryCount, "an entry of the file");
      const bytes = new Uint8Array(this.#window.buffer);
      // what a writer has cut off meanwhile reads as zeros: as no entry
      bytes.fill(0);
      this.#handle.read(bytes, n * INDEX_ENTRY_BYTES);
      this.#first = n;
      this.#count = bytes.length / INDEX_ENTRY_BYTES;
    }
    return (n - this.#first) * INDEX_ENTRY_BYTES;
  }
}

/** 64 KiB of them. */
const WINDOW_ENTRIES = 4096;
