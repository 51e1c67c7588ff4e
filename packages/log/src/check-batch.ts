import { invalidArgument } from "@seglog/errors";

/** @throws ERR_SEGLOG_INVALID_ARGUMENT  what is appended as a batch is none */
export function checkBatch(values: readonly Uint8Array[]): void {
  if (!Array.isArray(values) || values.length === 0) {
    throw invalidArgument("values", values, "an array of at least one Uint8Array");
  }
  for (let i = 0; i < values.length; i++) {
    if (values[i] instanceof Uint8Array) continue;
    throw invalidArgument(`values[${i}]`, values[i], "a Uint8Array");
  }
}
