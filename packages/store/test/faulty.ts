import { SeglogError } from "@seglog/errors";
import { type FileHandle, type FileSystem, memoryFileSystem } from "@seglog/fs";
import { overridden } from "./places.ts";

/** Which call of a handle fails next, how many of it may pass first, and what it does before. */
export interface Fault {
  readonly operation: "write" | "writeDurably" | "sync" | "truncate";
  /** Calls that still succeed. */
  after?: number;
  /** Bytes of the failing write that reach the file. */
  readonly writtenBytes?: number;
  /** What it fails with. Default `"EIO"`. */
  readonly errno?: string;
}

/** A disk in memory that fails once, as scripted, and holds calls back when asked to. */
export interface FaultyFileSystem {
  readonly fs: FileSystem;
  /** The fault to come; it is taken away when it has struck. */
  fault: Fault | undefined;
  /** What every sync waits for before it begins. */
  syncGate: Promise<void>;
  /** Calls of handles, in order: `"write 32+18"`, `"sync"`, … */
  readonly calls: string[];
}

/** Makes one. */
export function faultyFileSystem(): FaultyFileSystem {
  const inner = memoryFileSystem();
  const disk: FaultyFileSystem = {
    fs: {
      ...inner,
      mapper: inner.mapper,
      bootId: inner.bootId,
      watch: (directory, onChange) => inner.watch(directory, onChange),
      open: async (path, options) => faultyHandle(disk, await inner.open(path, options)),
    },
    fault: undefined,
    syncGate: Promise.resolve(),
    calls: [],
  };
  return disk;
}

function faultyHandle(disk: FaultyFileSystem, handle: FileHandle): FileHandle {
  return overridden(handle, {
    async write(parts, position) {
      const bytes = Buffer.concat(parts);
      disk.calls.push(`write ${position}+${bytes.length}`);
      const fault = strike(disk, "write");
      if (fault === undefined) return handle.write(parts, position);
      await handle.write([bytes.subarray(0, fault.writtenBytes ?? 0)], position);
      throw ioError(handle.path, "write", fault.errno);
    },
    async writeDurably(parts, position) {
      const bytes = Buffer.concat(parts);
      disk.calls.push(`writeDurably ${position}+${bytes.length}`);
      const fault = strike(disk, "writeDurably");
      await disk.syncGate;
      if (fault === undefined) return handle.writeDurably([bytes], position);
      await handle.write([bytes.subarray(0, fault.writtenBytes ?? 0)], position);
      throw ioError(handle.path, "writeDurably", fault.errno);
    },
    async sync() {
      disk.calls.push("sync");
      const fault = strike(disk, "sync");
      await disk.syncGate;
      if (fault !== undefined) throw ioError(handle.path, "sync", fault.errno);
      await handle.sync();
    },
    async truncate(size) {
      disk.calls.push(`truncate ${size}`);
      const fault = strike(disk, "truncate");
      if (fault !== undefined) throw ioError(handle.path, "truncate", fault.errno);
      await handle.truncate(size);
    },
  });
}

function strike(disk: FaultyFileSystem, operation: Fault["operation"]): Fault | undefined {
  const { fault } = disk;
  if (fault?.operation !== operation) return undefined;
  const after = fault.after ?? 0;
  if (after > 0) {
    fault.after = after - 1;
    return undefined;
  }
  disk.fault = undefined;
  return fault;
}

function ioError(path: string, operation: string, errno = "EIO"): SeglogError {
  const text = `${operation} of ${path}: ${errno}`;
  return new SeglogError("ERR_SEGLOG_IO", text, { path, operation, errno });
}
