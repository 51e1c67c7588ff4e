import { deflateRawSync, inflateRawSync } from "node:zlib";

/** @typedef {import("@seglog/store").Store} Store */

/**
 * A log whose records are compressed, each on its own, in whatever store it has: the decorator of
 * docs/plugging.md.
 *
 * @type {import("../src/session.mjs").Plant}
 */
export default function compressed(options) {
  const { openStore } = options;
  if (openStore === undefined) throw new Error("needs a store to wrap");
  return { ...options, openStore: async (request) => compressedStore(await openStore(request)) };
}

/** @param {Store} inner @returns {Store} */
function compressedStore(inner) {
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
    append(record, { head, ...others } = {}) {
      const whole = head === undefined ? record : Buffer.concat([head, record]);
      return inner.append(deflateRawSync(whole), others);
    },
    read: (position) => inflate(inner.readView(position)),
    readView: (position) => inflate(inner.readView(position)),
    next: (position) => inner.next(position),
    scan(from, limits) {
      const scan = inner.scan(from, limits);
      return { ...scan, records: scan.records.map(inflate) };
    },
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
