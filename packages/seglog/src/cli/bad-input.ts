import { SeglogError } from "@seglog/errors";

/** Input, or an argument, that cannot be taken for what it should be. */
export function badInput(message: string, allowed: string, value?: unknown): SeglogError {
  return new SeglogError("ERR_SEGLOG_INVALID_ARGUMENT", message, {
    name: "input",
    value,
    allowed,
  });
}
