export type {
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  Mapping,
  OpenFileOptions,
  Watch,
} from "./contract.ts";
export { type CountingFileSystem, countingFileSystem } from "./counting-file-system.ts";
export type { FileSystemOperation } from "./disk-error.ts";
export { availableMappers } from "./mapping/available-mappers.ts";
export { LateMapping } from "./mapping/late-mapping.ts";
export type { MapperName } from "./mapping/mapper.ts";
export { memoryFileSystem } from "./memory/memory-file-system.ts";
export { type NodeFileSystemOptions, nodeFileSystem } from "./node/node-file-system.ts";
