export type {
  AppendOptions,
  FrameFormat,
  MemoryStoreOptions,
  OpenFileStoreOptions,
  Position,
  ScanLimits,
  Store,
  StoreScan,
} from "./contract.ts";
export { crc32 } from "./crc32.ts";
export { FRAME_HEADER_BYTES, RECORD_BYTES_LIMIT, STORE_HEADER_BYTES } from "./format.ts";
export { memoryStore } from "./memory-store.ts";
export { openFileStore } from "./open-file-store.ts";
