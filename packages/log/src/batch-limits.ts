import { checkInteger, checkOptions, invalidArgument } from "@seglog/errors";
import type { SegmentScanLimits } from "@seglog/segment";
import type { BatchesOptions, ReadOptions, TailOptions } from "./contract.ts";

/** How much a batch may hold, and what it may be put into. */
export type BatchLimits = Omit<SegmentScanLimits, "to">;

const RECORDS_MAX_DEFAULT = 1024;
const BYTES_MAX_DEFAULT = 256 * 1024;
/** Larger batches than this are not asked for to save copies. */
const SPACE_BYTES_MAX = 2 ** 20;
const READ_OPTIONS = Object.freeze(["uncommitted"]);

/** `limits` for batches that are lent, and put into the same memory each time. */
export function lending(limits: BatchLimits): BatchLimits {
  const bytes = new Uint8Array(Math.min(limits.bytesMax, SPACE_BYTES_MAX));
  return { ...limits, into: { bytes, views: [], starts: [], records: [] } };
}

export function isUncommitted(options: ReadOptions): boolean {
  checkOptions("options", options, READ_OPTIONS);
  const { uncommitted = false } = options;
  checkBoolean("uncommitted", uncommitted);
  return uncommitted;
}

export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw invalidArgument(name, value, "true or false");
}

export function checkLimits(options: BatchesOptions | TailOptions): BatchLimits {
  const { recordsMax = RECORDS_MAX_DEFAULT, bytesMax = BYTES_MAX_DEFAULT, signal } = options;
  checkInteger("recordsMax", recordsMax, { min: 1 });
  checkInteger("bytesMax", bytesMax, { min: 1 });
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidArgument("signal", signal, "an AbortSignal");
  }
  return { recordsMax, bytesMax };
}
