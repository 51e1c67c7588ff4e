import type { FileHandle, FileSystem, Mapping } from "@seglog/fs";

/** Told of each call on a handle or mapping before it is made; what it throws, the call throws. */
export type Watch = (call: string) => void;

/** Behaves as `inner`, but asks `watch` before each call that touches an open file. */
export function watchedFileSystem(inner: FileSystem, watch: Watch): FileSystem {
  return {
    ...inner,
    async open(path, options) {
      return watchedHandle(await inner.open(path, options), watch);
    },
  };
}

function watchedHandle(inner: FileHandle, watch: Watch): FileHandle {
  return {
    path: inner.path,
    async size() {
      watch("size");
      return inner.size();
    },
    read(target, position) {
      watch("read");
      return inner.read(target, position);
    },
    async write(parts, position) {
      watch("write");
      await inner.write(parts, position);
    },
    writeNow(bytes, position) {
      watch(`writeNow ${bytes.length} ${position}`);
      inner.writeNow(bytes, position);
    },
    async writeDurably(parts, position) {
      watch("writeDurably");
      await inner.writeDurably(parts, position);
    },
    allocate(from, to) {
      watch(`allocate ${from} ${to}`);
      inner.allocate(from, to);
    },
    async sync() {
      watch("sync");
      await inner.sync();
    },
    async truncate(size) {
      watch(`truncate ${size}`);
      await inner.truncate(size);
    },
    map(length, options) {
      watch(`map ${length}`);
      return watchedMapping(inner.map(length, options), watch);
    },
    async close() {
      watch("close");
      await inner.close();
    },
  };
}

function watchedMapping(inner: Mapping, watch: Watch): Mapping {
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
      watch("flush");
      inner.flush();
    },
    close() {
      watch("unmap");
      inner.close();
    },
  };
}
