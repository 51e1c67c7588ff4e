import type { Mapping } from "../contract.ts";

/** The open file behind a mapping. */
export interface MappedFile {
  readonly path: string;
  /** @throws ERR_SEGLOG_CLOSED once the handle is closed: its number may be another file's then */
  fd(): number;
}

/** One way to make a file's bytes into memory. */
export interface Mapper {
  readonly name: MapperName;
  /**
   * Maps `[0, length)`; the caller has checked that the file is as long and open for it.
   * A refusal of the system is thrown as an error whose `code` is the system's.
   */
  map(file: MappedFile, length: number, writable: boolean): Mapping;
}

/** What maps files; `"read-through"` maps nothing, and reads by calls. */
export type MapperName = "mmap-io" | "koffi" | "read-through";

// the same numbers on Linux and macOS
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
export const MADV_WILLNEED = 3;
