import type { FileHandle, FileSystem, Mapping } from "./parts.ts";

/**
 * The disk `inner` for whoever reads beside a writer: nothing is mapped, since the writer may cut
 * what it is a mapping of. As `nodeFileSystem({ mapper: "read-through" })`.
 */
export function unmappedDisk(inner: FileSystem): FileSystem {
  const { mapper, bootId } = inner;
  return {
    mapper,
    bootId,
    open: async (path, options) => unmapped(await inner.open(path, options)),
    stat: (path) => inner.stat(path),
    list: (directory) => inner.list(directory),
    makeDirectory: (path, options) => inner.makeDirectory(path, options),
    removeDirectory: (path) => inner.removeDirectory(path),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    syncDirectory: (path) => inner.syncDirectory(path),
    lock: (path, options) => inner.lock(path, options),
    watch: (directory, onChange) => inner.watch(directory, onChange),
  };
}

function unmapped(handle: FileHandle): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      if (name === "map") return (length: number) => readThrough(target, length);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function readThrough(handle: FileHandle, length: number): Mapping {
  const view = (position: number, byteCount: number): Uint8Array => {
    const bytes = new Uint8Array(byteCount);
    handle.read(bytes, position);
    return bytes;
  };
  return {
    length,
    outlivesHandle: false,
    bytes: undefined,
    willNeed() {},
    view,
    u64: (position) => Number(Buffer.from(view(position, 8)).readBigUInt64BE()),
    setU64: () => {
      throw new Error("a reader does not write");
    },
    flush() {},
    close() {},
  };
}
