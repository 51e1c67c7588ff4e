export { type ErrorCode, type ErrorContexts, hasCode, SeglogError } from "@seglog/errors";
export { availableMappers, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
export { bytes, json, text } from "./codecs.ts";
export type {
  AppendOptions,
  BatchesOptions,
  BytesOrString,
  Codec,
  Durability,
  OpenLogOptions,
  ReadOptions,
  Seglog,
  SeglogStats,
  TailOptions,
  TypedRecord,
} from "./contract.ts";
export { openLog } from "./open-log.ts";
export { restoreLog } from "./restore-log.ts";
