import {
  checkInteger,
  checkOneOf,
  checkOptions,
  invalidArgument,
  SeglogError,
} from "@seglog/errors";
import type { OpenFileOptions } from "./contract.ts";

/** Longest mapping in bytes: one less than 2 GiB, where mmap-io starts to truncate sizes. */
const MAPPING_BYTES_MAX = 2 ** 31 - 1;

/** {@link OpenFileOptions} with nothing left open. */
export type CheckedOpenOptions = Required<OpenFileOptions>;

const OPEN_DEFAULTS: Omit<CheckedOpenOptions, "access"> = Object.freeze({
  create: "never",
  mode: 0o666,
});
const ACCESS = ["read", "write"] as const;
const CREATE = ["never", "ifMissing", "exclusive"] as const;

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `path` can be the path of something */
export function checkPath(name: string, path: unknown): asserts path is string {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw invalidArgument(name, path, "a string that is not empty and holds no NUL");
  }
}

export function checkOpenOptions(options: OpenFileOptions): CheckedOpenOptions {
  checkOptions("options", options, ["access", "create", "mode"]);
  checkOneOf("access", options.access, ACCESS);
  const { access, create = OPEN_DEFAULTS.create, mode = OPEN_DEFAULTS.mode } = options;
  checkOneOf("create", create, CREATE);
  if (access === "read" && create !== "never") {
    throw invalidArgument("create", create, `"never" where access is "read"`);
  }
  checkInteger("mode", mode, { min: 0, max: 0o777 });
  return { access, create, mode };
}

/** @returns the permissions asked for, or `fallback` */
export function checkMode(
  options: { readonly mode?: number } | undefined,
  fallback: number,
): number {
  if (options === undefined) return fallback;
  checkOptions("options", options, ["mode"]);
  const { mode = fallback } = options;
  checkInteger("mode", mode, { min: 0, max: 0o777 });
  return mode;
}

export function checkBytes(name: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgument(name, value, "a Uint8Array");
}

/** @returns the sum of the lengths of `parts` */
export function checkParts(parts: readonly Uint8Array[], position: number): number {
  if (!Array.isArray(parts)) throw invalidArgument("parts", parts, "an array of Uint8Array");
  let bytes = 0;
  for (const part of parts) {
    checkBytes("parts", part);
    bytes += part.length;
  }
  checkInteger("position", position, { min: 0, max: Number.MAX_SAFE_INTEGER - bytes });
  return bytes;
}

export function checkRange(from: number, to: number): void {
  checkInteger("from", from, { min: 0 });
  checkInteger("to", to, { min: from });
}

/** What {@link FileHandle.map} asks of its arguments. */
export function checkMap(
  length: number,
  options: { readonly access: "read" | "write" },
  fileBytes: number,
): void {
  checkOptions("options", options, ["access"]);
  checkOneOf("access", options.access, ACCESS);
  checkInteger("length", length, { min: 1, max: MAPPING_BYTES_MAX });
  if (length > fileBytes) {
    throw invalidArgument("length", length, `at most ${fileBytes}, the length of the file`);
  }
}

export function closedError(what: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_CLOSED", `${what} is closed`, { what });
}

export function readOnlyError(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened for reading only`, { path });
}

/** The error of a lock that another handle, thread or process holds. */
export function lockedError(path: string): SeglogError {
  const text = `${path} is locked: somebody else has it open for writing`;
  return new SeglogError("ERR_SEGLOG_LOCKED", text, { path });
}
