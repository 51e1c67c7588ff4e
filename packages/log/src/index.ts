export type {
  BatchesOptions,
  Log,
  LogCursor,
  LogRecord,
  LogRecovery,
  LogStats,
  Offset,
  OffsetRange,
  OpenCursorOptions,
  OpenLogOptions,
  ReadOptions,
  Retention,
  SavedCursor,
  SegmentInfo,
  TailOptions,
} from "./contract.ts";
export type {
  AppendEvent,
  FailureEvent,
  LogEvents,
  RecoveryEvent,
  RollEvent,
  SyncEvent,
  TruncateEvent,
} from "./events-contract.ts";
export { checkOpenLogOptions } from "./log-options.ts";
export { openLog } from "./open-log.ts";
export { type RestoreOptions, restoreSnapshot } from "./restore-snapshot.ts";
