import { checkInteger, checkOptions, invalidArgument, type SeglogError } from "@seglog/errors";
import { closedError } from "./commit-errors.ts";
import type { GroupCommitOptions } from "./contract.ts";

/** Every option, as used. */
export interface ResolvedOptions {
  readonly bytesMax: number;
  readonly syncBytes: number;
  readonly waitingMax: number;
  readonly lingerMs: number;
  readonly now: () => number;
  readonly resume: (() => Promise<void>) | undefined;
  readonly closedError: () => SeglogError;
}

const KNOWN = [
  "bytesMax",
  "syncBytes",
  "waitingMax",
  "lingerMs",
  "now",
  "resume",
  "closedError",
] as const;
const BYTES_LIMIT = 2 ** 40;
const LINGER_MS_LIMIT = 60_000;

const DEFAULTS = Object.freeze({
  bytesMax: 64 * 2 ** 20,
  /** `syncBytes` is `bytesMax` divided by this: staging goes on while a quarter is being synced. */
  syncsPerBytesMax: 4,
  waitingMax: 1_000_000,
  lingerMs: 0,
  now: (): number => performance.now(),
  closedError,
});

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  an unknown name, or a value out of its range */
export function resolveOptions(options: GroupCommitOptions): ResolvedOptions {
  checkOptions("options", options, KNOWN);
  const bytesMax = options.bytesMax ?? DEFAULTS.bytesMax;
  checkInteger("bytesMax", bytesMax, { min: 1, max: BYTES_LIMIT });
  const syncBytes =
    options.syncBytes ?? Math.max(1, Math.floor(bytesMax / DEFAULTS.syncsPerBytesMax));
  checkInteger("syncBytes", syncBytes, { min: 1, max: bytesMax });
  const waitingMax = options.waitingMax ?? DEFAULTS.waitingMax;
  checkInteger("waitingMax", waitingMax, { min: 0 });
  const lingerMs = options.lingerMs ?? DEFAULTS.lingerMs;
  if (typeof lingerMs !== "number" || !(lingerMs >= 0 && lingerMs <= LINGER_MS_LIMIT)) {
    throw invalidArgument("lingerMs", lingerMs, `a number from 0 to ${LINGER_MS_LIMIT}`);
  }
  const now = options.now ?? DEFAULTS.now;
  if (typeof now !== "function") throw invalidArgument("now", now, "a function");
  const { resume } = options;
  if (resume !== undefined && typeof resume !== "function") {
    throw invalidArgument("resume", resume, "a function that resolves when the target goes on");
  }
  const { closedError: makeClosed = DEFAULTS.closedError } = options;
  if (typeof makeClosed !== "function") {
    throw invalidArgument("closedError", makeClosed, "a function that makes a SeglogError");
  }
  return { bytesMax, syncBytes, waitingMax, lingerMs, now, resume, closedError: makeClosed };
}
