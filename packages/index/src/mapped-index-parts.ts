import type { FileHandle, FileSystem, Mapping } from "@seglog/fs";
import type { Offset, Position } from "./contract.ts";

/** An open file and what was found in it. */
export interface MappedIndexParts {
  readonly fs: FileSystem;
  readonly handle: FileHandle;
  readonly access: "write" | "read";
  readonly growEntries: number;
  readonly entryCount: number;
  /** Entries `[0, entryCount)`; `undefined` where there are none, and of a reader. */
  readonly mapping: Mapping | undefined;
  /** Of the first and the last entry; 0 and -1 where there are none. */
  readonly firstOffset: Offset;
  readonly lastPosition: Position;
}
