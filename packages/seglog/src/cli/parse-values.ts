import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Record<string, number>> = Object.freeze({
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
});
const UNITS_BYTES: Readonly<Record<string, number>> = Object.freeze({
  "": 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
});

/** A whole number from 0, of an option. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("A whole number from 0 is needed.");
}

/** An offset that may be one before the first. */
export function parseOffset(text: string): number {
  return text === "-1" ? -1 : parseCount(text);
}

/** Bytes, as `1048576` or `1MiB`. */
export function parseBytes(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS_BYTES[unit] as number);
  if (digits !== "" && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("Bytes are needed, as 1048576 or 1MiB.");
}

/** A time in ms since the epoch: ISO 8601, such a number itself, or how long ago, as `15m`. */
export function parseTime(text: string, now: number = Date.now()): number {
  if (/^\d+$/.test(text)) return parseCount(text);
  const [, count = "", unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (count !== "") return Math.max(0, now - Number(count) * (UNITS_MS[unit] as number));
  // Date.parse takes much else for a date: "-1" is one of 2001
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw new InvalidArgumentError("A time is needed, as 2026-11-24T08:00:00Z, 15m (ago), or in ms.");
}
