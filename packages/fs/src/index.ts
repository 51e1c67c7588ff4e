export type {
  FileHandle,
  FileLock,
  FileStat,
  FileSystem,
  Mapping,
  OpenFileOptions,
} from "./contract.ts";
export { memoryFileSystem } from "./memory/memory-file-system.ts";
