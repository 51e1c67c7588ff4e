import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FileHandle,
  type FileSystem,
  memoryFileSystem,
  type NodeFileSystemOptions,
  nodeFileSystem,
} from "@seglog/fs";
import { type OpenFileStoreOptions, openFileStore, type Store } from "@seglog/store";
import type { StorePlace } from "@seglog/store/conformance";

/** Options of the store beside disk and path. */
export type StoreOptions = Omit<OpenFileStoreOptions, "fs" | "path">;

/** A place on a disk in memory, with power cuts. */
export async function memoryPlace(options: StoreOptions = {}): Promise<StorePlace> {
  const disk = losingFileSystem(memoryFileSystem());
  return {
    open: () => openFileStore({ ...options, fs: disk.fs, path: "/a.store" }),
    openReader: () => reader(disk.fs, "/a.store", options),
    powerCut: () => disk.powerCut(),
    dispose: async () => undefined,
  };
}

/** A place in the machine's temporary directory. */
export async function nodePlace(
  mapper: NonNullable<NodeFileSystemOptions["mapper"]>,
  options: StoreOptions = {},
): Promise<StorePlace> {
  const directory = await mkdtemp(join(tmpdir(), "seglog-store-"));
  const fs = nodeFileSystem({ mapper });
  return {
    open: () => openFileStore({ ...options, fs, path: join(directory, "a.store") }),
    // by calls: a mapping would be cut by the writer
    openReader: () =>
      reader(nodeFileSystem({ mapper: "read-through" }), join(directory, "a.store"), options),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Opens the store for reading beside its writer. */
function reader(fs: FileSystem, path: string, options: StoreOptions): Promise<Store> {
  const { recordBytesMax } = options;
  const limits = recordBytesMax === undefined ? {} : { recordBytesMax };
  return openFileStore({ fs, path, access: "read", ...limits });
}

/** A disk that can lose all that no sync covered. Enough for stores: one directory, no renames. */
export function losingFileSystem(inner: FileSystem): {
  readonly fs: FileSystem;
  powerCut(): Promise<void>;
} {
  const durable = new Map<string, Uint8Array>();
  const fs: FileSystem = {
    ...inner,
    mapper: inner.mapper,
    bootId: inner.bootId,
    watch: (directory, onChange) => inner.watch(directory, onChange),
    async open(path, options) {
      const handle = await inner.open(path, options);
      return overridden(handle, {
        async sync() {
          const content = await contentOf(handle);
          await handle.sync();
          durable.set(path, content);
        },
        async writeDurably(parts, position) {
          await handle.writeDurably(parts, position);
          durable.set(path, patched(durable.get(path), Buffer.concat(parts), position));
        },
      });
    },
  };
  return {
    fs,
    async powerCut() {
      for (const [path, content] of durable) await putContent(inner, path, content);
    },
  };
}

/** `content`, longer where need be, with `bytes` at `position`. */
function patched(content: Uint8Array | undefined, bytes: Uint8Array, position: number): Uint8Array {
  const length = Math.max(content?.length ?? 0, position + bytes.length);
  const result = new Uint8Array(length);
  if (content !== undefined) result.set(content);
  result.set(bytes, position);
  return result;
}

/** A handle some of whose members are others. */
export function overridden(handle: FileHandle, members: Partial<FileHandle>): FileHandle {
  return new Proxy(handle, {
    get(target, name) {
      const own = Reflect.get(members, name);
      if (own !== undefined) return own;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** All bytes of an open file. */
export async function contentOf(handle: FileHandle): Promise<Uint8Array> {
  const bytes = new Uint8Array(await handle.size());
  handle.read(bytes, 0);
  return bytes;
}

/** All bytes of a file. */
export async function fileContent(fs: FileSystem, path: string): Promise<Uint8Array> {
  const handle = await fs.open(path, { access: "read" });
  const bytes = await contentOf(handle);
  await handle.close();
  return bytes;
}

/** Makes a file with these bytes and nothing else; an open one of the name is left behind. */
export async function putContent(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  if ((await fs.stat(path)) !== undefined) await fs.remove(path);
  const handle = await fs.open(path, { access: "write", create: "exclusive" });
  await handle.write([bytes], 0);
  await handle.close();
}
