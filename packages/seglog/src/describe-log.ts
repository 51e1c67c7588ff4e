import { hasCode } from "@seglog/errors";
import type { Seglog } from "./contract.ts";

const UNITS = Object.freeze(["B", "KiB", "MiB", "GiB", "TiB"]);

/** What matters about a log, in one line: what `util.inspect`, and so `console.log`, shows. */
export function describeLog(log: Seglog<never, unknown>): string {
  const { path, firstOffset, committedOffset, nextOffset } = log;
  const pending = nextOffset - committedOffset;
  const parts = [
    `records [${firstOffset}, ${committedOffset})`,
    ...(pending > 0 ? [`${pending} not committed`] : []),
    ...sizesOf(log),
  ];
  return `Seglog { ${path}: ${parts.join(", ")} }`;
}

/** Sizes and state; a log that is closed has no sizes. */
function sizesOf(log: Seglog<never, unknown>): string[] {
  try {
    const { segments, storeBytes, indexBytes, poisoned, stalled } = log.stats();
    const state = poisoned ? "poisoned" : stalled ? "stalled" : log.readOnly ? "read-only" : "open";
    return [
      `${segments} ${segments === 1 ? "segment" : "segments"}`,
      readableBytes(storeBytes + indexBytes),
      state,
    ];
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_CLOSED")) return ["closed"];
    throw error;
  }
}

/** Three digits at least, and so wrong by less than a percent. */
function readableBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[unit]}`;
}
