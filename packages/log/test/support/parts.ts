// The parts that a log is put together from in these tests. This is the one file that names them:
// by path, until package.json lists @seglog/fs, @seglog/index and @seglog/store for development.

export {
  type CatalogState,
  type DirectoryCatalogOptions,
  indexName,
  openDirectoryCatalog,
  type SegmentCatalog,
  STATE_FILE_NAME,
  storeName,
} from "@seglog/segment";
export type { FileHandle, FileLock, FileSystem, Mapping } from "../../../fs/src/index.ts";
export { countingFileSystem, memoryFileSystem, nodeFileSystem } from "../../../fs/src/index.ts";
export { memoryIndex, openMappedIndex, sparseIndex } from "../../../index/src/index.ts";
export { openFileStore } from "../../../store/src/index.ts";
