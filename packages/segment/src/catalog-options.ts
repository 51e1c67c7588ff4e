import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import type { OpenListedOptions } from "./contract.ts";
import type { DirectoryCatalogOptions } from "./directory-contract.ts";
import { INDEX_ENTRIES_LIMIT, SEGMENT_BYTES_DEFAULT, SEGMENT_BYTES_LIMIT } from "./open-segment.ts";
import { RECORD_HEAD_BYTES } from "./record-head.ts";

/** The most that one frame can hold: its length has 28 bits. */
const STORE_RECORD_BYTES_LIMIT = 2 ** 28 - 1;

const DEFAULTS = Object.freeze({
  readOnly: false,
  segmentBytesMax: SEGMENT_BYTES_DEFAULT,
  indexEntriesMax: INDEX_ENTRIES_LIMIT,
  recordBytesMax: 64 * 2 ** 20 + RECORD_HEAD_BYTES,
  stagedBytesMax: 64 * 2 ** 20,
  frameFormat: "checked" as const,
  mode: 0o644,
});

/** {@link DirectoryCatalogOptions} with every default in place. */
export type ResolvedCatalogOptions = Required<Omit<DirectoryCatalogOptions, "random">> &
  Pick<DirectoryCatalogOptions, "random">;

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the option that is wrong */
export function checkCatalogOptions(options: DirectoryCatalogOptions): ResolvedCatalogOptions {
  checkOptions("options", options, [
    "fs",
    "directory",
    "openStore",
    "openIndex",
    "random",
    ...Object.keys(DEFAULTS),
  ]);
  const resolved = { ...DEFAULTS, ...defined(options) } as ResolvedCatalogOptions;
  if (typeof resolved.directory !== "string" || resolved.directory === "") {
    throw invalidArgument("directory", resolved.directory, "a path");
  }
  if (typeof resolved.fs?.open !== "function") {
    throw invalidArgument("fs", resolved.fs, "a FileSystem");
  }
  for (const name of ["openStore", "openIndex", "random"] as const) {
    const isLeftOut = name === "random" && resolved.random === undefined;
    if (typeof resolved[name] !== "function" && !isLeftOut) {
      throw invalidArgument(name, resolved[name], "a function");
    }
  }
  if (typeof resolved.readOnly !== "boolean") {
    throw invalidArgument("readOnly", resolved.readOnly, "a boolean");
  }
  checkInteger("segmentBytesMax", resolved.segmentBytesMax, { min: 1, max: SEGMENT_BYTES_LIMIT });
  checkInteger("indexEntriesMax", resolved.indexEntriesMax, { min: 1, max: INDEX_ENTRIES_LIMIT });
  checkInteger("recordBytesMax", resolved.recordBytesMax, {
    min: RECORD_HEAD_BYTES,
    max: STORE_RECORD_BYTES_LIMIT,
  });
  checkInteger("stagedBytesMax", resolved.stagedBytesMax, { min: 1 });
  checkInteger("mode", resolved.mode, { min: 0, max: 0o777 });
  checkOneOf("frameFormat", resolved.frameFormat, ["checked", "plain"]);
  return resolved;
}

/** Without the members that are `undefined`, which stand for their defaults. */
function defined<T extends object>(options: T): Partial<T> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the option that is wrong */
export function checkOpenListed(options: OpenListedOptions): void {
  checkOptions("options", options, ["mode", "nextOffset", "cutAt", "zerosOnly"]);
  checkOneOf("mode", options.mode, ["sealed", "closed", "crashed"]);
  if (options.mode === "sealed" || options.nextOffset !== undefined) {
    checkInteger("nextOffset", options.nextOffset, { min: 0 });
  }
  if (options.cutAt === undefined) return;
  checkInteger("cutAt", options.cutAt, { min: 0 });
  if (options.mode !== "crashed") throw invalidArgument("cutAt", options.cutAt, 'of "crashed"');
}
