export type {
  CatalogState,
  LogCut,
  LogProgress,
  Offset,
  OpenListedOptions,
  OpenSegmentOptions,
  PublishedProgress,
  SavedCursor,
  Segment,
  SegmentCatalog,
  SegmentListing,
  SegmentRecord,
  SegmentScanLimits,
  SegmentScanSpace,
} from "./contract.ts";
export { CURSOR_NAME_PATTERN } from "./cursor-file.ts";
export { DAMAGE_KINDS, type Damage, type DamageKind, type DamageRule } from "./damage.ts";
export { LOCK_FILE_NAME, openDirectoryCatalog } from "./directory-catalog.ts";
export type {
  DirectoryCatalogOptions,
  OpenIndexRequest,
  OpenStoreRequest,
} from "./directory-contract.ts";
export type { InspectionTools } from "./find-segments.ts";
export { type PayloadHead, type PayloadKind, payloadKind } from "./lost-record.ts";
export {
  INDEX_ENTRIES_LIMIT,
  openSegment,
  SEGMENT_BYTES_DEFAULT,
  SEGMENT_BYTES_LIMIT,
} from "./open-segment.ts";
export { PROGRESS_FILE_NAME } from "./progress-file.ts";
export { RECORD_HEAD_BYTES, readTime, TIME_LIMIT } from "./record-head.ts";
export { type RepairTools, repairDirectory } from "./repair-directory.ts";
export { baseOffsetOf, indexBaseOf, indexName, storeName } from "./segment-name.ts";
export { STATE_FILE_NAME } from "./state-file.ts";
export type {
  LostRange,
  Progress,
  Repair,
  RepairAction,
  RepairDirectoryOptions,
  RepairOptions,
  Verification,
  VerifyDirectoryOptions,
  VerifyOptions,
} from "./verify-contract.ts";
export { verifyDirectory } from "./verify-directory.ts";
