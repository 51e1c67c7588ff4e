import type { TypedRecord } from "../contract.ts";
import { badInput } from "./bad-input.ts";

/** A record as one line of JSON; see docs/cli.md, "One record as JSON". */
export interface RecordLine {
  readonly offset: number | undefined;
  readonly time: number | undefined;
  readonly value: Uint8Array;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes that are UTF-8; `undefined` of others. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    // the only failure of a fatal decoder: these bytes are no text
    return undefined;
  }
}

/** A record as an object that is JSON: its value as text, or in base64 where it is none. */
export function recordObject({ offset, time, value }: TypedRecord<Uint8Array>): object {
  const text = utf8Of(value);
  if (text !== undefined) return { offset, time, value: text };
  return { offset, time, base64: bufferOf(value).toString("base64") };
}

/**
 * Reads what {@link recordObject} gives, as a line of JSON. `offset` and `time` may be missing.
 *
 * @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the line
 */
export function parseRecordLine(line: Uint8Array, lineNumber: number): RecordLine {
  const refuse = (reason: string): never => {
    throw badInput(`line ${lineNumber}: ${reason}`, "an object with value or base64");
  };
  const parsed = parseJson(line, lineNumber);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return refuse("not an object");
  }
  const { offset, time, value, base64 } = parsed as Record<string, unknown>;
  if (offset !== undefined && !isCount(offset)) return refuse("offset is no offset");
  if (time !== undefined && !isCount(time)) return refuse("time is not in ms since the epoch");
  if ((value === undefined) === (base64 === undefined)) {
    return refuse("either value or base64 is needed");
  }
  if (value !== undefined) {
    // a lone surrogate has no UTF-8: it would come back as something else
    if (typeof value !== "string" || /\p{Surrogate}/u.test(value))
      return refuse("value is no text");
    return { offset, time, value: Buffer.from(value) };
  }
  const bytes = Buffer.from(String(base64), "base64");
  if (bytes.toString("base64") !== base64) return refuse("base64 is not base64");
  return { offset, time, value: bytes };
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  naming the line */
export function parseJson(line: Uint8Array, lineNumber: number): unknown {
  const text = utf8Of(line);
  if (text === undefined) throw badInput(`line ${lineNumber}: not UTF-8`, "JSON in UTF-8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw badInput(`line ${lineNumber}: not JSON: ${reason}`, "one JSON value a line");
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
