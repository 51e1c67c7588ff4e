import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FileSystem,
  memoryFileSystem,
  type NodeFileSystemOptions,
  nodeFileSystem,
} from "@seglog/fs";
import { type Index, memoryIndex, openMappedIndex, sparseIndex } from "@seglog/index";
import {
  type DirectoryCatalogOptions,
  type OpenIndexRequest,
  openDirectoryCatalog,
  openSegment,
  type SegmentCatalog,
} from "@seglog/segment";
import type { SegmentHarness, SegmentRequest } from "@seglog/segment/conformance";
import { type FrameFormat, memoryStore, openFileStore, type Store } from "@seglog/store";

/** A disk and an empty directory of it. */
export interface Place {
  readonly fs: FileSystem;
  readonly directory: string;
  dispose(): Promise<void>;
}

export type Mapper = NonNullable<NodeFileSystemOptions["mapper"]>;

/** On a disk in memory. */
export async function memoryPlace(): Promise<Place> {
  const fs = memoryFileSystem();
  await fs.makeDirectory("/log");
  return { fs, directory: "/log", dispose: async () => {} };
}

/** In the machine's temporary directory. */
export async function nodePlace(mapper: Mapper = "auto"): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "seglog-segment-"));
  const dispose = () => rm(directory, { recursive: true, force: true });
  return { fs: nodeFileSystem({ mapper }), directory, dispose };
}

/** Opens the catalog of a place with file stores and mapped indexes. */
export function openCatalog(
  { fs, directory }: Pick<Place, "fs" | "directory">,
  options: Partial<DirectoryCatalogOptions> = {},
): Promise<SegmentCatalog> {
  const openStore = openFileStore;
  return openDirectoryCatalog({ fs, directory, openStore, openIndex, ...options });
}

/** The index of a request: in its file, or in memory where it is scratch. */
export async function openIndex(request: OpenIndexRequest): Promise<Index> {
  const { fs, path, access, mode } = request;
  return access === "scratch" ? memoryIndex() : openMappedIndex({ fs, path, access, mode });
}

/** How the parts of a segment are made. Files are in the place; the rest is in memory. */
export interface Parts {
  openStore(place: Place, baseOffset: number): Promise<Store>;
  openIndex(place: Place): Promise<Index>;
  readonly reopens: boolean;
}

const STORES: Readonly<Record<string, Pick<Parts, "openStore" | "reopens">>> = {
  "memory store": { openStore: async () => memoryStore(), reopens: false },
  "checked file store": { openStore: fileStore("checked"), reopens: true },
  "plain file store": { openStore: fileStore("plain"), reopens: true },
};

const INDEXES: Readonly<Record<string, Parts["openIndex"]>> = {
  "memory index": async () => memoryIndex(),
  "mapped index": ({ fs, directory }) => openMappedIndex({ fs, path: `${directory}/0.index` }),
  "sparse index": async () => sparseIndex({ bytesBetween: 200 }),
};

/** Every store with every index, by name. */
export const COMBINATIONS: Readonly<Record<string, Parts>> = Object.fromEntries(
  Object.entries(STORES).flatMap(([storeName, store]) =>
    Object.entries(INDEXES).map(([indexName, open]) => [
      `${storeName} and ${indexName}`,
      { ...store, openIndex: open },
    ]),
  ),
);

/** A harness for the kit. */
export async function harnessOf(
  parts: Parts,
  makePlace: () => Promise<Place>,
): Promise<SegmentHarness> {
  const place = await makePlace();
  let asked: SegmentRequest = { baseOffset: 0 };
  const open = async (options: { trustIndex: boolean }) =>
    openSegment({
      ...asked,
      ...options,
      store: await parts.openStore(place, asked.baseOffset),
      index: await parts.openIndex(place),
    });
  return {
    open(request) {
      asked = request;
      return open({ trustIndex: false });
    },
    ...(parts.reopens ? { reopen: () => open({ trustIndex: true }) } : {}),
    dispose: () => place.dispose(),
  };
}

function fileStore(frameFormat: FrameFormat): Parts["openStore"] {
  return ({ fs, directory }, baseOffset) =>
    openFileStore({ fs, path: `${directory}/0.store`, baseOffset, frameFormat });
}
