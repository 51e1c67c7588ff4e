/** Bytes of one entry on disk: u64 offset, u64 position, both big-endian. See FORMAT.md. */
export const INDEX_ENTRY_BYTES = 16;

/** Where in an entry its position stands. */
export const POSITION_AT = 8;

/** Most entries of one file: whole 4 KiB pages, below the 2 GiB that one mapping may have. */
export const ENTRIES_MAX: number = (2 ** 31 - 4096) / INDEX_ENTRY_BYTES;
