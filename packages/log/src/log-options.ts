import { checkInteger, checkOneOf, checkOptions, invalidArgument } from "@seglog/errors";
import type { OpenLogOptions, Retention } from "./contract.ts";
import { checkRetention } from "./retention.ts";

/** A frame's length has 28 bits, of which a record's head takes 8 bytes. */
const RECORD_BYTES_LIMIT = 2 ** 28 - 9;

/** {@link OpenLogOptions} with every default in place. */
export interface ResolvedLogOptions {
  readonly firstOffset: number;
  /** `Infinity` for never. */
  readonly segmentAgeMsMax: number;
  readonly recordBytesMax: number;
  readonly stagedBytesMax: number;
  readonly commitOn: "sync" | "flush";
  readonly retention: Retention;
  readonly clock: () => number;
}

const DEFAULTS: ResolvedLogOptions = Object.freeze({
  firstOffset: 0,
  segmentAgeMsMax: Number.POSITIVE_INFINITY,
  recordBytesMax: 64 * 2 ** 20,
  stagedBytesMax: 64 * 2 ** 20,
  commitOn: "sync",
  retention: Object.freeze({}),
  clock: Date.now,
});

/**
 * Checks options as `openLog` does, for who must know before anything is made.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the option that is wrong
 */
export function checkOpenLogOptions(options: OpenLogOptions): void {
  resolveLogOptions(options);
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT naming the option that is wrong */
export function resolveLogOptions(options: OpenLogOptions): ResolvedLogOptions {
  checkOptions("options", options, Object.keys(DEFAULTS));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const resolved: ResolvedLogOptions = { ...DEFAULTS, ...Object.fromEntries(given) };
  checkInteger("firstOffset", resolved.firstOffset, { min: 0 });
  checkInteger("recordBytesMax", resolved.recordBytesMax, { min: 0, max: RECORD_BYTES_LIMIT });
  checkInteger("stagedBytesMax", resolved.stagedBytesMax, { min: 1 });
  if (resolved.segmentAgeMsMax !== DEFAULTS.segmentAgeMsMax) {
    checkInteger("segmentAgeMsMax", resolved.segmentAgeMsMax, { min: 1 });
  }
  checkOneOf("commitOn", resolved.commitOn, ["sync", "flush"]);
  checkRetention(resolved.retention);
  if (typeof resolved.clock !== "function") {
    throw invalidArgument("clock", resolved.clock, "a function that gives ms since the epoch");
  }
  return resolved;
}
