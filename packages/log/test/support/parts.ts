// The parts that a log is put together from in these tests. This is the one file that names them.

export type { FileHandle, FileLock, FileSystem, Mapping } from "@seglog/fs";
export { countingFileSystem, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
export { type SimulatedDisk, simulatedDisk } from "@seglog/fs/sim";
export { memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
export {
  type CatalogState,
  type DirectoryCatalogOptions,
  indexName,
  openDirectoryCatalog,
  PROGRESS_FILE_NAME,
  type SegmentCatalog,
  STATE_FILE_NAME,
  storeName,
} from "@seglog/segment";
export { openFileStore } from "@seglog/store";
