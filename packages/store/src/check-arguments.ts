import { checkInteger, checkOptions, invalidArgument, SeglogError } from "@seglog/errors";
import type { AppendOptions, ScanLimits, ScanWishes, SplitRead } from "./contract.ts";
import { RECORD_BYTES_LIMIT } from "./format.ts";

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  unless `value` is a Uint8Array */
export function checkBytes(name: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgument(name, value, "a Uint8Array");
}

/** Checks the options of an append; called only where there are some. */
export function checkAppendOptions(options: AppendOptions): void {
  checkOptions("options", options, APPEND_OPTIONS);
  if (options.head !== undefined) checkBytes("options.head", options.head);
  const { batchContinues } = options;
  if (batchContinues !== undefined && typeof batchContinues !== "boolean") {
    throw invalidArgument("options.batchContinues", batchContinues, "a boolean");
  }
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  unless both limits are integers from 1 */
export function checkScanLimits(limits: ScanLimits): void {
  checkOptions("limits", limits, ["recordsMax", "bytesMax"]);
  checkInteger("limits.recordsMax", limits.recordsMax, { min: 1 });
  checkInteger("limits.bytesMax", limits.bytesMax, { min: 1 });
}

/** Checks the wishes of a scan; called only where there are some. */
export function checkScanWishes(wishes: ScanWishes): void {
  checkOptions("wishes", wishes, ["into", "headBytes"]);
  const { into, headBytes = 0 } = wishes;
  if (into !== undefined) {
    checkOptions("wishes.into", into, ["bytes", "views", "starts"]);
    checkBytes("wishes.into.bytes", into.bytes);
    for (const name of ["views", "starts"] as const) {
      if (Array.isArray(into[name])) continue;
      throw invalidArgument(`wishes.into.${name}`, into[name], "an array");
    }
  }
  checkInteger("wishes.headBytes", headBytes, { min: 0, max: RECORD_BYTES_LIMIT });
}

/** Of `Store.readView`. */
export function checkSplitRead(split: SplitRead): void {
  if (typeof split !== "object" || split === null) {
    throw invalidArgument("split", split, "a SplitRead");
  }
  checkInteger("split.headBytes", split.headBytes, { min: 0, max: RECORD_BYTES_LIMIT });
}

/** Of `Store.refresh`. */
export function checkRecordsMax(recordsMax: unknown): void {
  checkInteger("recordsMax", recordsMax, { min: 1 });
}

/**
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  `value` is not a safe integer from 0
 * @throws ERR_SEGLOG_OUT_OF_RANGE  it is not below `to`
 */
export function checkPosition(name: string, value: unknown, to: number): void {
  checkInteger(name, value, { min: 0 });
  if (value < to) return;
  throw new SeglogError("ERR_SEGLOG_OUT_OF_RANGE", `${name} ${value} is not in [0, ${to})`, {
    name,
    value,
    from: 0,
    to,
  });
}

/** @throws ERR_SEGLOG_RECORD_TOO_LARGE  more than `bytesMax` */
export function recordTooLarge(bytes: number, bytesMax: number): SeglogError {
  return new SeglogError(
    "ERR_SEGLOG_RECORD_TOO_LARGE",
    `a record of ${bytes} bytes is longer than the limit of ${bytesMax}`,
    { bytes, bytesMax },
  );
}

/** The error for every call but `close` on a closed store. */
export function storeClosed(what: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_CLOSED", `${what} is closed`, { what });
}

const APPEND_OPTIONS = ["head", "batchContinues"];
