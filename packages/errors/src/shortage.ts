import { hasCode } from "./seglog-error.ts";

/** What a system refuses with for want of room or means, having harmed nothing that was there. */
const SHORTAGES: readonly string[] = Object.freeze([
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "ENOMEM",
  "EMFILE",
  "ENFILE",
]);

/**
 * A sync that fails, for whatever reason, leaves unknown what is on the disk of what others wrote;
 * a durable write its own bytes only, of which nobody was told.
 */
const SYNCS: readonly string[] = Object.freeze(["sync", "syncDirectory"]);

/**
 * The system's code where `error` tells of a shortage, of room or of means, that was met before
 * anything could be acknowledged; `undefined` for every other error.
 */
export function shortageOf(error: unknown): string | undefined {
  if (hasCode(error, "ERR_SEGLOG_NOT_WRITTEN")) return error.context.errno ?? "ENOSPC";
  if (!hasCode(error, "ERR_SEGLOG_IO")) return undefined;
  const { errno, operation } = error.context;
  if (errno === undefined || SYNCS.includes(operation)) return undefined;
  return SHORTAGES.includes(errno) ? errno : undefined;
}
