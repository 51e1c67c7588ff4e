export type {
  Index,
  IndexEntry,
  Offset,
  OpenMappedIndexOptions,
  Position,
  SparseIndexOptions,
} from "./contract.ts";
export { INDEX_ENTRY_BYTES } from "./entry-layout.ts";
export { type IndexInspection, type InspectIndexOptions, inspectIndex } from "./inspect-index.ts";
export { memoryIndex } from "./memory-index.ts";
export { openMappedIndex } from "./open-mapped-index.ts";
export { sparseIndex } from "./sparse-index.ts";
