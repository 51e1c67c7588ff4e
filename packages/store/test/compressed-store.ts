import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Store } from "@seglog/store";
import { checkBytes } from "../src/check-arguments.ts";

/** A decorator as a stranger would write it: every record compressed on its own. */
export function compressedStore(inner: Store): Store {
  const inflate = (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes));
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
      const { head, ...rest } = options;
      checkBytes("options.head", head);
      return inner.append(deflateRawSync(Buffer.concat([head, record])), rest);
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
