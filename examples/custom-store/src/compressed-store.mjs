import { deflateRawSync, inflateRawSync } from "node:zlib";
import { invalidArgument } from "@seglog/errors";
import { openFileStore } from "@seglog/store";

/** @typedef {import("@seglog/store").Store} Store */

/**
 * Opens a segment's store for `openLog`: a file store, and around it one that compresses.
 *
 * @param {import("seglog").OpenStoreRequest} request
 * @returns {Promise<Store>}
 */
export async function openCompressedStore(request) {
  return compressedStore(await openFileStore(request));
}

/**
 * Every record compressed on its own. Positions, recovery, durability and files stay those of the
 * store inside; the head that a segment puts before a value is part of the record.
 *
 * @param {Store} inner
 * @returns {Store}
 */
export function compressedStore(inner) {
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

/** @param {Uint8Array} bytes */
function inflate(bytes) {
  return new Uint8Array(inflateRawSync(bytes));
}

/** @param {string} name @param {unknown} value */
function checkBytes(name, value) {
  if (!(value instanceof Uint8Array)) throw invalidArgument(name, value, "a Uint8Array");
}
