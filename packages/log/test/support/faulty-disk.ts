import type { FileHandle, FileLock, FileSystem } from "./parts.ts";

/** The calls that change a disk, or make changes durable. */
export type Change =
  | "create"
  | "makeDirectory"
  | "remove"
  | "syncDirectory"
  | "write"
  | "writeDurably"
  | "allocate"
  | "sync"
  | "truncate";

/** What becomes of a call: `"torn"` carries out half of a write, and fails. */
export type Verdict = "pass" | "fail" | "torn";

export interface FaultyDisk {
  readonly fs: FileSystem;
  /** Changes begun so far. */
  readonly changes: number;
}

/** The disk `inner`, each change of which is judged before it is made; `n` counts them from 0. */
export function faultyDisk(
  inner: FileSystem,
  judge: (change: Change, path: string, n: number) => Verdict,
): FaultyDisk {
  let changes = 0;
  const allows = (change: Change, path: string): Verdict => {
    const verdict = judge(change, path, changes++);
    if (verdict === "fail") throw new Error(`injected: ${change} ${path}`);
    return verdict;
  };
  const fs: FileSystem = {
    mapper: inner.mapper,
    bootId: inner.bootId,
    watch: (directory, onChange) => inner.watch(directory, onChange),
    async open(path, options) {
      const isNew = options.create !== undefined && options.create !== "never";
      if (isNew && (await inner.stat(path)) === undefined) allows("create", path);
      return faultyHandle(await inner.open(path, options), allows);
    },
    stat: (path) => inner.stat(path),
    list: (directory) => inner.list(directory),
    async makeDirectory(path, options) {
      allows("makeDirectory", path);
      await inner.makeDirectory(path, options);
    },
    removeDirectory: (path) => inner.removeDirectory(path),
    rename: (from, to) => inner.rename(from, to),
    async remove(path) {
      allows("remove", path);
      await inner.remove(path);
    },
    async syncDirectory(path) {
      allows("syncDirectory", path);
      await inner.syncDirectory(path);
    },
    lock: (path, options): Promise<FileLock> => inner.lock(path, options),
  };
  return {
    fs,
    get changes() {
      return changes;
    },
  };
}

/** Judges as a process does that is killed at change `at`: `first` for that one, then all fail. */
export function killedAt(at: number, first: Verdict): (c: Change, p: string, n: number) => Verdict {
  return (_change, _path, n) => (n < at ? "pass" : n === at ? first : "fail");
}

function faultyHandle(
  inner: FileHandle,
  allows: (change: Change, path: string) => Verdict,
): FileHandle {
  const { path } = inner;
  return {
    path,
    size: () => inner.size(),
    read: (target, position) => inner.read(target, position),
    async write(parts, position) {
      if (allows("write", path) === "pass") return inner.write(parts, position);
      const bytes = Buffer.concat(parts);
      await inner.write([bytes.subarray(0, Math.ceil(bytes.length / 2))], position);
      throw new Error(`injected: torn write ${path}`);
    },
    writeNow(bytes, position) {
      if (allows("write", path) === "pass") return inner.writeNow(bytes, position);
      inner.writeNow(bytes.subarray(0, Math.ceil(bytes.length / 2)), position);
      throw new Error(`injected: torn write ${path}`);
    },
    async writeDurably(parts, position) {
      if (allows("writeDurably", path) === "pass") return inner.writeDurably(parts, position);
      const bytes = Buffer.concat(parts);
      await inner.write([bytes.subarray(0, Math.ceil(bytes.length / 2))], position);
      throw new Error(`injected: torn write ${path}`);
    },
    allocate(from, to) {
      allows("allocate", path);
      inner.allocate(from, to);
    },
    async sync() {
      allows("sync", path);
      await inner.sync();
    },
    async truncate(size) {
      allows("truncate", path);
      await inner.truncate(size);
    },
    map: (length, options) => inner.map(length, options),
    close: () => inner.close(),
  };
}
