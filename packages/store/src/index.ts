export type {
  AppendOptions,
  FrameFormat,
  MemoryStoreOptions,
  OpenFileStoreOptions,
  Position,
  ScanLimits,
  ScanSpace,
  ScanWishes,
  SplitRead,
  SplitRecords,
  Store,
  StoreScan,
} from "./contract.ts";
export { copyStore } from "./copy-store.ts";
export { crc32 } from "./crc32.ts";
export { FRAME_HEADER_BYTES, RECORD_BYTES_LIMIT, STORE_HEADER_BYTES } from "./format.ts";
export type {
  CopyStoreOptions,
  FilledSpan,
  FillFrame,
  FrameVisitor,
  InspectedEnd,
  InspectedFrame,
  InspectedHeader,
  InspectStoreOptions,
  InspectWalkOptions,
  StoreHeader,
  StoreInspection,
} from "./inspect-contract.ts";
export { inspectStore } from "./inspect-store.ts";
export { memoryStore } from "./memory-store.ts";
export { openFileStore } from "./open-file-store.ts";
