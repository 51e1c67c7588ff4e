import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Store } from "@seglog/store";
import { checkBytes } from "../src/check-arguments.ts";

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

function inflate(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(inflateRawSync(bytes));
}
