import { hasCode } from "@seglog/errors";
import type { Offset } from "@seglog/log";
import type { Seglog } from "../contract.ts";

/** Bytes of a value that a table shows; a single record shows more. */
const PREVIEW_BYTES = 512;
const VALUE_BYTES_MAX = 1 << 20;

/** A record as a page gets it: of a long value the beginning only. */
export interface PageRecord {
  readonly offset: Offset;
  /** `undefined` of a damaged one, as its bytes. */
  readonly time?: number;
  readonly bytes?: number;
  readonly base64?: string;
  /** Why it cannot be read. */
  readonly damage?: string;
}

/** The records `[from, from + limit)`, as far as they are there; a damaged one says so. */
export function pageRecords(
  log: Seglog<never, unknown>,
  { from, limit }: { readonly from: Offset; readonly limit: number },
): PageRecord[] {
  const begin = Math.max(from, log.firstOffset);
  const end = Math.min(begin + limit, log.committedOffset);
  const records: PageRecord[] = [];
  for (let offset = begin; offset < end; offset++) {
    records.push(pageRecord(log, offset, PREVIEW_BYTES));
  }
  return records;
}

export function wholeRecord(log: Seglog<never, unknown>, offset: Offset): PageRecord {
  return pageRecord(log, offset, VALUE_BYTES_MAX);
}

function pageRecord(log: Seglog<never, unknown>, offset: Offset, bytesMax: number): PageRecord {
  try {
    const { time, value } = log.read(offset);
    const { buffer, byteOffset, length } = bytesOf(value);
    const shown = Buffer.from(buffer, byteOffset, Math.min(length, bytesMax));
    return { offset, time, bytes: length, base64: shown.toString("base64") };
  } catch (error) {
    // the others are right all the same; out of range: dropped a moment ago
    const isTold =
      hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE");
    if (isTold) return { offset, damage: error.message };
    throw error;
  }
}

/** A codec's values are shown as what people read: text, or JSON. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}
