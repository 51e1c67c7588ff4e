export { type ErrorCode, type ErrorContexts, hasCode, SeglogError } from "@seglog/errors";
export { availableMappers, type FileSystem, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
export type { GroupCommitStats } from "@seglog/groupcommit";
export type { Index } from "@seglog/index";
export type {
  AppendEvent,
  FailureEvent,
  LogEvents,
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  OpenCursorOptions,
  RecoveryEvent,
  Retention,
  RollEvent,
  SavedCursor,
  SegmentInfo,
  SyncEvent,
  TruncateEvent,
} from "@seglog/log";
export type {
  Damage,
  DamageKind,
  LostRange,
  OpenIndexRequest,
  OpenStoreRequest,
  Progress,
  Repair,
  RepairAction,
  RepairOptions,
  Verification,
  VerifyOptions,
} from "@seglog/segment";
export type { FrameFormat, Store } from "@seglog/store";
export { bytes, json, text } from "./codecs.ts";
export type {
  AppendOptions,
  BatchesOptions,
  BytesOrString,
  Codec,
  Cursor,
  CursorRecordsOptions,
  CursorTailOptions,
  Durability,
  OpenLogOptions,
  ReadOptions,
  Seglog,
  SeglogStats,
  TailOptions,
  TypedRecord,
} from "./contract.ts";
export { openLog } from "./open-log.ts";
export { repairLog } from "./repair-log.ts";
export { restoreLog } from "./restore-log.ts";
export { verifyLog } from "./verify-log.ts";
