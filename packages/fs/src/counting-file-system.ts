import type { FileHandle, FileLock, FileSystem, Mapping } from "./contract.ts";
import type { FileSystemOperation } from "./disk-error.ts";

/** A file system whose calls are counted. */
export interface CountingFileSystem {
  /** Behaves as the inner one. */
  readonly fs: FileSystem;
  /** Calls begun since the last reset, whether they succeeded or not. Live. */
  readonly counts: Readonly<Record<FileSystemOperation, number>>;
  /** Sets every count to 0. */
  reset(): void;
}

/**
 * A file system that counts the calls made to another, those on its handles, locks and mappings
 * included: `counts.sync` is the number of `FileHandle.sync` calls, `counts.unmap` of
 * `Mapping.close`. Looks and stores of a mapping are not counted.
 */
export function countingFileSystem(inner: FileSystem): CountingFileSystem {
  const counts = zeroCounts();
  const count = (operation: FileSystemOperation): void => {
    counts[operation] += 1;
  };
  return {
    fs: countedFileSystem(inner, count),
    counts,
    reset: () => void Object.assign(counts, zeroCounts()),
  };
}

type Count = (operation: FileSystemOperation) => void;

function zeroCounts(): Record<FileSystemOperation, number> {
  return {
    open: 0,
    stat: 0,
    list: 0,
    makeDirectory: 0,
    removeDirectory: 0,
    rename: 0,
    remove: 0,
    syncDirectory: 0,
    lock: 0,
    watch: 0,
    release: 0,
    size: 0,
    read: 0,
    write: 0,
    writeDurably: 0,
    allocate: 0,
    sync: 0,
    truncate: 0,
    map: 0,
    close: 0,
    flush: 0,
    unmap: 0,
  };
}

function countedFileSystem(inner: FileSystem, count: Count): FileSystem {
  return {
    mapper: inner.mapper,
    bootId: inner.bootId,
    async open(path, options) {
      count("open");
      return countedHandle(await inner.open(path, options), count);
    },
    stat(path) {
      count("stat");
      return inner.stat(path);
    },
    list(directory) {
      count("list");
      return inner.list(directory);
    },
    makeDirectory(path, options) {
      count("makeDirectory");
      return inner.makeDirectory(path, options);
    },
    removeDirectory(path) {
      count("removeDirectory");
      return inner.removeDirectory(path);
    },
    rename(from, to) {
      count("rename");
      return inner.rename(from, to);
    },
    remove(path) {
      count("remove");
      return inner.remove(path);
    },
    syncDirectory(path) {
      count("syncDirectory");
      return inner.syncDirectory(path);
    },
    async lock(path, options) {
      count("lock");
      return countedLock(await inner.lock(path, options), count);
    },
    watch(directory, onChange) {
      count("watch");
      return inner.watch(directory, onChange);
    },
  };
}

function countedHandle(inner: FileHandle, count: Count): FileHandle {
  return {
    path: inner.path,
    size() {
      count("size");
      return inner.size();
    },
    read(target, position) {
      count("read");
      return inner.read(target, position);
    },
    write(parts, position) {
      count("write");
      return inner.write(parts, position);
    },
    writeNow(bytes, position) {
      count("write");
      inner.writeNow(bytes, position);
    },
    writeDurably(parts, position) {
      count("writeDurably");
      return inner.writeDurably(parts, position);
    },
    allocate(from, to) {
      count("allocate");
      inner.allocate(from, to);
    },
    sync() {
      count("sync");
      return inner.sync();
    },
    truncate(size) {
      count("truncate");
      return inner.truncate(size);
    },
    map(length, options) {
      count("map");
      return countedMapping(inner.map(length, options), count);
    },
    close() {
      count("close");
      return inner.close();
    },
  };
}

function countedLock(inner: FileLock, count: Count): FileLock {
  return {
    release() {
      count("release");
      return inner.release();
    },
  };
}

function countedMapping(inner: Mapping, count: Count): Mapping {
  return {
    length: inner.length,
    outlivesHandle: inner.outlivesHandle,
    get bytes() {
      return inner.bytes;
    },
    willNeed: (position, length) => inner.willNeed(position, length),
    view: (position, length) => inner.view(position, length),
    u64: (position) => inner.u64(position),
    setU64: (position, value) => inner.setU64(position, value),
    flush() {
      count("flush");
      inner.flush();
    },
    close() {
      count("unmap");
      inner.close();
    },
  };
}
