import type { FileHandle, FileSystem, Mapping } from "@seglog/fs";

/** Told of each call before it is made, with its path; what it throws, the call throws. */
export type Watch = (call: string, path: string) => void;

/** A file system that asks `watch` before each call, and counts what is open. */
export interface WatchedFileSystem {
  readonly fs: FileSystem;
  /** Handles, mappings and locks that were given out and not closed. */
  readonly open: () => number;
}

/** Behaves as `inner`, but for what `watch` throws. */
export function watchedFileSystem(inner: FileSystem, watch: Watch = () => {}): WatchedFileSystem {
  const things = new Set<object>();
  const fs = watched(inner, watch, {
    async open(path, options) {
      watch(`open ${options.access}`, path);
      const handle = await inner.open(path, options);
      things.add(handle);
      return watchedHandle(handle, watch, things);
    },
    async lock(path, options) {
      watch("lock", path);
      const lock = await inner.lock(path, options);
      things.add(lock);
      return {
        async release() {
          await lock.release();
          things.delete(lock);
        },
      };
    },
  });
  return { fs, open: () => things.size };
}

function watchedHandle(inner: FileHandle, watch: Watch, things: Set<object>): FileHandle {
  return watched(inner, (call) => watch(call, inner.path), {
    map(length, options) {
      watch("map", inner.path);
      const mapping = inner.map(length, options);
      things.add(mapping);
      return watched<Mapping>(mapping, () => {}, {
        close() {
          mapping.close();
          things.delete(mapping);
        },
      });
    },
    async close() {
      await inner.close();
      things.delete(inner);
    },
  });
}

function watched<T extends object>(inner: T, watch: Watch, members: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      const own = Reflect.get(members, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        watch(String(name), String(args[0]));
        return value.apply(target, args);
      };
    },
  });
}
