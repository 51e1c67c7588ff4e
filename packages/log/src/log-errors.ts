import { SeglogError } from "@seglog/errors";
import type { Offset } from "./contract.ts";

/** What is too large: a record, or a batch as a whole. */
export function tooLarge(what: string, bytes: number, bytesMax: number): SeglogError {
  return new SeglogError(
    "ERR_SEGLOG_RECORD_TOO_LARGE",
    `${what} of ${bytes} bytes is larger than the limit of ${bytesMax}`,
    { bytes, bytesMax },
  );
}

export function overloaded(stagedBytes: number, bytesMax: number): SeglogError {
  return new SeglogError(
    "ERR_SEGLOG_OVERLOADED",
    `${stagedBytes} bytes are staged, of at most ${bytesMax}: wait for a flush or sync`,
    { stagedBytes, bytesMax },
  );
}

/** An argument `name` that is not in `[from, to)`. */
export function outOfRange(
  name: string,
  value: Offset,
  range: { readonly from: Offset; readonly to: Offset },
): SeglogError {
  return new SeglogError(
    "ERR_SEGLOG_OUT_OF_RANGE",
    range.from === range.to
      ? `${name} ${value} is not held: the log is empty, the next offset is ${range.to}`
      : `${name} ${value} is not in [${range.from}, ${range.to})`,
    { name, value, ...range },
  );
}

export function readOnly(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened read-only`, { path });
}

export function noLog(path: string): SeglogError {
  return new SeglogError("ERR_SEGLOG_NOT_FOUND", `no log in ${path}`, { path });
}

export function corrupt(path: string, text: string, offset?: Offset): SeglogError {
  return new SeglogError("ERR_SEGLOG_CORRUPT", text, {
    path,
    ...(offset === undefined ? {} : { offset }),
  });
}
