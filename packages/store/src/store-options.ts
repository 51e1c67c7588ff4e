import { randomBytes } from "node:crypto";
import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import type { MemoryStoreOptions, OpenFileStoreOptions } from "./contract.ts";
import { RECORD_BYTES_LIMIT } from "./format.ts";

/** Every option of a file store, checked, with its default where it has one. */
export type FileStoreOptions = Required<Omit<OpenFileStoreOptions, Optional>> &
  Pick<OpenFileStoreOptions, Optional>;

type Optional = "baseOffset" | "mode" | "keepRecords";

const DEFAULT_STORE_OPTIONS = Object.freeze({
  access: "write",
  create: "ifMissing",
  frameFormat: "checked",
  recordBytesMax: 64 * 2 ** 20,
  stagedBytesMax: 64 * 2 ** 20,
  bufferBytes: 2 ** 20,
  expectedBytes: Number.MAX_SAFE_INTEGER,
  preallocate: true,
  logId: 0,
  end: "crashed",
  random: (): number => randomBytes(4).readUInt32BE(),
} as const satisfies Partial<OpenFileStoreOptions>);

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  for an unknown name or a value out of bounds */
export function checkFileStoreOptions(options: OpenFileStoreOptions): FileStoreOptions {
  checkOptions("options", options, FILE_STORE_OPTIONS);
  const all = { ...DEFAULT_STORE_OPTIONS, ...withoutUndefined(options) } as FileStoreOptions;
  if (typeof all.fs?.open !== "function") throw invalidArgument("fs", all.fs, "a FileSystem");
  if (typeof all.path !== "string" || all.path === "") {
    throw invalidArgument("path", all.path, "a path");
  }
  checkOneOf("access", all.access, ["write", "read"]);
  checkOneOf("create", all.create, ["ifMissing", "exclusive", "never"]);
  checkOneOf("frameFormat", all.frameFormat, ["checked", "plain"]);
  checkOneOf("end", all.end, ["crashed", "closed", "sealed"]);
  checkSizes(all);
  if (typeof all.preallocate !== "boolean") {
    throw invalidArgument("preallocate", all.preallocate, "a boolean");
  }
  if (typeof all.random !== "function") throw invalidArgument("random", all.random, "a function");
  if (all.access === "write") return all;
  if ((options.create ?? "never") !== "never") {
    throw invalidArgument("create", options.create, '"never" with access "read"');
  }
  return { ...all, create: "never" };
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  for an unknown name or a value out of bounds */
export function checkMemoryStoreOptions(options: MemoryStoreOptions): Required<MemoryStoreOptions> {
  checkOptions("options", options, ["recordBytesMax"]);
  const { recordBytesMax = DEFAULT_STORE_OPTIONS.recordBytesMax } = options;
  checkInteger("recordBytesMax", recordBytesMax, { min: 1, max: RECORD_BYTES_LIMIT });
  return { recordBytesMax };
}

function checkSizes(all: FileStoreOptions): void {
  checkInteger("recordBytesMax", all.recordBytesMax, { min: 1, max: RECORD_BYTES_LIMIT });
  checkInteger("stagedBytesMax", all.stagedBytesMax, { min: 1 });
  checkInteger("bufferBytes", all.bufferBytes, { min: 4096, max: 2 ** 28 });
  checkInteger("expectedBytes", all.expectedBytes, { min: 0 });
  checkInteger("logId", all.logId, { min: 0, max: 2 ** 32 - 1 });
  if (all.baseOffset !== undefined) checkInteger("baseOffset", all.baseOffset, { min: 0 });
  if (all.keepRecords !== undefined) checkInteger("keepRecords", all.keepRecords, { min: 0 });
  if (all.mode !== undefined) checkInteger("mode", all.mode, { min: 0, max: 0o777 });
}

/** An option given as `undefined` is one not given. */
function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const FILE_STORE_OPTIONS = [
  "fs",
  "path",
  "baseOffset",
  "mode",
  "keepRecords",
  ...Object.keys(DEFAULT_STORE_OPTIONS),
];
