import type { FileHandle, FileSystem } from "./parts.ts";

/** The disk `inner`, every asynchronous call of which takes as many turns as `turns` says. */
export function slowDisk(inner: FileSystem, turns: () => number): FileSystem {
  const pass = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let left = turns(); left > 0; left--) await new Promise((wake) => setImmediate(wake));
    const result = await call();
    for (let left = turns(); left > 0; left--) await new Promise((wake) => setImmediate(wake));
    return result;
  };
  const slowHandle = (handle: FileHandle): FileHandle => ({
    path: handle.path,
    size: () => pass(() => handle.size()),
    read: (target, position) => handle.read(target, position),
    write: (parts, position) => pass(() => handle.write(parts, position)),
    writeNow: (bytes, position) => handle.writeNow(bytes, position),
    writeDurably: (parts, position) => pass(() => handle.writeDurably(parts, position)),
    allocate: (from, to) => handle.allocate(from, to),
    sync: () => pass(() => handle.sync()),
    truncate: (size) => pass(() => handle.truncate(size)),
    map: (length, options) => handle.map(length, options),
    close: () => pass(() => handle.close()),
  });
  return {
    mapper: inner.mapper,
    bootId: inner.bootId,
    watch: (directory, onChange) => inner.watch(directory, onChange),
    open: (path, options) => pass(async () => slowHandle(await inner.open(path, options))),
    stat: (path) => pass(() => inner.stat(path)),
    list: (directory) => pass(() => inner.list(directory)),
    makeDirectory: (path, options) => pass(() => inner.makeDirectory(path, options)),
    removeDirectory: (path) => pass(() => inner.removeDirectory(path)),
    rename: (from, to) => pass(() => inner.rename(from, to)),
    remove: (path) => pass(() => inner.remove(path)),
    syncDirectory: (path) => pass(() => inner.syncDirectory(path)),
    lock: (path, options) => pass(() => inner.lock(path, options)),
  };
}
