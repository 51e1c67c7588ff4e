import type { FileSystem } from "@seglog/fs";
import type { Index } from "@seglog/index";
import type { FrameFormat, OpenFileStoreOptions, Store } from "@seglog/store";
import type { Offset } from "./contract.ts";

/** What a catalog asks of whoever opens its stores. `openFileStore` takes it as it is. */
export type OpenStoreRequest = OpenFileStoreOptions;

/** What a catalog asks of whoever opens its indexes. */
export interface OpenIndexRequest {
  readonly fs: FileSystem;
  readonly path: string;
  readonly baseOffset: Offset;
  /**
   * - `"write"`: made if missing, kept in the file.
   * - `"read"`: as the file is; a missing one is `ERR_SEGLOG_NOT_FOUND`, and writing to it throws
   *   `ERR_SEGLOG_READ_ONLY`.
   * - `"scratch"`: empty, in memory; touches no file.
   */
  readonly access: "write" | "read" | "scratch";
  /** Permissions of a new file. */
  readonly mode: number;
}

/** Where a log's segments are and how they are made. */
export interface DirectoryCatalogOptions {
  readonly fs: FileSystem;
  /** Made, with its parents, if it is missing. */
  readonly directory: string;
  readonly openStore: (request: OpenStoreRequest) => Promise<Store>;
  readonly openIndex: (request: OpenIndexRequest) => Promise<Index>;
  /** Takes no lock and never writes. Default false. */
  readonly readOnly?: boolean;
  /** A segment is full with so many bytes of frames: 1 to 1 GiB. Default 64 MiB. */
  readonly segmentBytesMax?: number;
  /** A segment is full with so many records: 1 to 2^26. Default 2^26. */
  readonly indexEntriesMax?: number;
  /** Longest record of a store, the segment's 8 bytes included. Default 64 MiB + 8. */
  readonly recordBytesMax?: number;
  /** Bytes a store may hold staged. Default 64 MiB. */
  readonly stagedBytesMax?: number;
  /** Of stores made from now on. Default `"checked"`. */
  readonly frameFormat?: FrameFormat;
  /** Permissions of every file made, before the umask; directories get x where r. Default 0o644. */
  readonly mode?: number;
  /** Source of random u32s for the log's id and the stores' salts. Default: the system's. */
  readonly random?: () => number;
}
