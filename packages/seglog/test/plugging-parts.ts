import { deflateRawSync, inflateRawSync } from "node:zlib";
import { invalidArgument, SeglogError } from "@seglog/errors";
import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { type Index, memoryIndex } from "@seglog/index";
import type { OpenIndexRequest, OpenStoreRequest } from "@seglog/segment";
import { openFileStore, type Store } from "@seglog/store";
import { type OpenLogOptions, openLog, type Seglog } from "seglog";
import { expect } from "vitest";
import { collect, textOf } from "./temporary.ts";

/** What is plugged. */
export type Parts = Pick<OpenLogOptions, "openStore" | "openIndex">;

/** A directory of a disk in memory, for logs with segments of some dozen records. */
export interface Place {
  readonly fs: FileSystem;
  open(more?: OpenLogOptions & { readonly codec?: undefined }): Promise<Seglog>;
}

export function place(parts: Parts = {}): Place {
  const fs = memoryFileSystem();
  return {
    fs,
    open: (more = {}) => openLog("/log", { fs, segmentBytesMax: 500, ...parts, ...more }),
  };
}

/** What a process that is killed now leaves: the files as they are, and no lock. */
export async function copyOf({ fs }: Place): Promise<Place> {
  const copy = place();
  await copy.fs.makeDirectory("/log");
  for (const name of await fs.list("/log")) {
    const path = `/log/${name}`;
    const from = await fs.open(path, { access: "read" });
    const bytes = new Uint8Array(await from.size());
    from.read(bytes, 0);
    await from.close();
    const to = await copy.fs.open(path, { access: "write", create: "exclusive" });
    await to.write([bytes], 0);
    await to.close();
  }
  return copy;
}

/** The decorator of examples/custom-store, which this package cannot depend on. */
export function compressedStore(inner: Store): Store {
  return {
    get size() {
      return inner.size;
    },
    get stagedBytes() {
      return inner.stagedBytes;
    },
    get tornBytes() {
      return inner.tornBytes;
    },
    append(record, options) {
      checkBytes("record", record);
      if (options?.head === undefined) return inner.append(deflateRawSync(record), options);
      const { head, ...others } = options;
      checkBytes("options.head", head);
      return inner.append(deflateRawSync(Buffer.concat([head, record])), others);
    },
    read: (position) => inflate(inner.readView(position)),
    readView: (position) => inflate(inner.readView(position)),
    next: (position) => inner.next(position),
    scan(from, limits) {
      const scan = inner.scan(from, limits);
      return { ...scan, records: scan.records.map(inflate) };
    },
    refresh: (recordsMax) => inner.refresh(recordsMax),
    flush: () => inner.flush(),
    sync: () => inner.sync(),
    truncate: (size) => inner.truncate(size),
    seal: () => inner.seal(),
    close: () => inner.close(),
  };
}

export async function openCompressedStore(request: OpenStoreRequest): Promise<Store> {
  return compressedStore(await openFileStore(request));
}

/** An index that only passes on what it is asked. */
export function passingIndex(inner: Index): Index {
  return {
    get nextOffset() {
      return inner.nextOffset;
    },
    get bytes() {
      return inner.bytes;
    },
    write: (offset, position) => inner.write(offset, position),
    read: (offset) => inner.read(offset),
    floor: (offset) => inner.floor(offset),
    truncate: (offset) => inner.truncate(offset),
    sync: () => inner.sync(),
    close: () => inner.close(),
  };
}

/** An index in memory that says, as the request's contract has it, that there is none to read. */
export async function openPassingIndex({ access, path }: OpenIndexRequest): Promise<Index> {
  if (access !== "read") return passingIndex(memoryIndex());
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `no ${path}`, { path });
}

/** The text appended for `offset`. */
export function textAt(offset: number, what = "record"): string {
  return `${what} ${offset} `.repeat(offset % 4);
}

/** Appends the texts for `[from, to)`; resolves with them when all are acknowledged. */
export async function appendTexts(
  log: Seglog,
  from: number,
  to: number,
  what?: string,
): Promise<string[]> {
  const texts = Array.from({ length: to - from }, (_, i) => textAt(from + i, what));
  const offsets = await Promise.all(texts.map((text) => log.append(text)));
  expect(offsets).toEqual(texts.map((_, i) => from + i));
  return texts;
}

/** The log holds `texts` from `firstOffset` on, by every way of reading. */
export async function expectHolds(
  log: Seglog,
  firstOffset: number,
  texts: readonly string[],
): Promise<void> {
  expect([log.firstOffset, log.nextOffset]).toEqual([firstOffset, firstOffset + texts.length]);
  expect(texts.map((_, i) => textOf(log.read(firstOffset + i)))).toEqual(texts);
  expect((await collect(log.records())).map(textOf)).toEqual(texts);
  const reverse = await collect(log.records({ reverse: true }));
  expect(reverse.map(textOf)).toEqual(texts.toReversed());
}

function inflate(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(inflateRawSync(bytes));
}

function checkBytes(name: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgument(name, value, "a Uint8Array");
}
