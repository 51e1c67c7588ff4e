import { checkInteger, checkOptions, invalidArgument } from "@seglog/errors";
import type { FileSystem } from "@seglog/fs";
import { checkOpenLogOptions } from "@seglog/log";
import type { Durability, OpenLogOptions } from "./contract.ts";

/** An hour: whoever wants a sync less often wants `"os"`. */
const EVERY_MS_LIMIT = 3_600_000;

const OPTION_NAMES: readonly (keyof OpenLogOptions)[] = Object.freeze([
  "codec",
  "firstOffset",
  "durability",
  "segmentBytesMax",
  "segmentAgeMsMax",
  "indexEntriesMax",
  "recordBytesMax",
  "stagedBytesMax",
  "waitingMax",
  "frameFormat",
  "retention",
  "readOnly",
  "mode",
  "clock",
  "fs",
  "openStore",
  "openIndex",
] as const);

const FILE_SYSTEM_METHODS: readonly (keyof FileSystem)[] = Object.freeze([
  "open",
  "stat",
  "list",
  "makeDirectory",
  "removeDirectory",
  "rename",
  "remove",
  "syncDirectory",
  "lock",
] as const);

/** Limits that the layers below take from here, since they come in more than one. */
export interface SharedLimits {
  readonly recordBytesMax: number;
  readonly stagedBytesMax: number;
  readonly waitingMax: number;
  readonly durability: Durability;
}

/**
 * Checks what no single layer below checks; each of those checks its own options.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT naming the option that is wrong
 */
export function checkOpenOptions(
  directory: unknown,
  options: OpenLogOptions<never, unknown>,
): SharedLimits {
  checkDirectory(directory);
  checkOptions("options", options, OPTION_NAMES);
  const {
    recordBytesMax = 64 * 2 ** 20,
    stagedBytesMax = 16 * 2 ** 20,
    waitingMax = 1_000_000,
    durability = "commit",
    codec,
    readOnly,
    fs,
  } = options;
  checkInteger("stagedBytesMax", stagedBytesMax, { min: 1, max: 2 ** 30 });
  checkInteger("waitingMax", waitingMax, { min: 0 });
  checkDurability(durability);
  if (readOnly !== undefined && typeof readOnly !== "boolean") {
    throw invalidArgument("readOnly", readOnly, "true or false");
  }
  if (codec !== undefined) checkCodec(codec);
  if (fs !== undefined) checkFileSystem(fs);
  // before anything is made; the catalog checks its own options before it makes anything, too
  const { firstOffset, segmentAgeMsMax, retention, clock } = options;
  checkOpenLogOptions({ firstOffset, recordBytesMax, segmentAgeMsMax, retention, clock });
  return { recordBytesMax, stagedBytesMax, waitingMax, durability };
}

/** Options of calls on a directory that is not opened; each is checked where it is given. */
export interface DirectoryOptions {
  readonly fs?: unknown;
  readonly onProgress?: unknown;
  readonly signal?: unknown;
  readonly dryRun?: unknown;
  readonly clock?: unknown;
  readonly mode?: unknown;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the option that is wrong */
export function checkDirectoryOptions(
  directory: unknown,
  options: DirectoryOptions,
  names: readonly string[],
): void {
  checkDirectory(directory);
  checkOptions("options", options, names);
  const { fs, onProgress, signal, dryRun, clock, mode } = options;
  if (fs !== undefined) checkFileSystem(fs);
  for (const [name, value] of Object.entries({ onProgress, clock })) {
    if (value === undefined || typeof value === "function") continue;
    throw invalidArgument(name, value, "a function");
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidArgument("signal", signal, "an AbortSignal");
  }
  if (dryRun !== undefined && typeof dryRun !== "boolean") {
    throw invalidArgument("dryRun", dryRun, "true or false");
  }
  if (mode !== undefined) checkInteger("mode", mode, { min: 0, max: 0o777 });
}

function checkDirectory(directory: unknown): void {
  if (typeof directory === "string" && directory !== "" && !directory.includes("\0")) return;
  throw invalidArgument("directory", directory, "a path");
}

function checkDurability(durability: unknown): void {
  if (durability === "commit" || durability === "os") return;
  const allowed = '"commit", "os" or { everyMs }';
  if (typeof durability !== "object" || durability === null) {
    throw invalidArgument("durability", durability, allowed);
  }
  checkOptions("durability", durability, ["everyMs"]);
  const { everyMs } = durability as { everyMs?: unknown };
  checkInteger("durability.everyMs", everyMs, { min: 1, max: EVERY_MS_LIMIT });
}

function checkCodec(codec: unknown): void {
  const { encode, decode } = (codec ?? {}) as { encode?: unknown; decode?: unknown };
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw invalidArgument("codec", codec, "an object with functions encode and decode");
  }
}

function checkFileSystem(fs: unknown): void {
  const members = (fs ?? {}) as Record<string, unknown>;
  const missing = FILE_SYSTEM_METHODS.find((name) => typeof members[name] !== "function");
  if (missing !== undefined) throw invalidArgument("fs", fs, `a FileSystem, with ${missing}()`);
}
