import { checkInteger, invalidArgument } from "@seglog/errors";
import type { CommitTarget, SubmitRequest } from "./contract.ts";

/** What a record costs beyond its bytes: its frame's header, and its share of an index. */
const RECORD_OVERHEAD_BYTES = 16;

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `target` has the two methods */
export function checkTarget(target: CommitTarget): void {
  if (typeof target?.append !== "function" || typeof target.sync !== "function") {
    throw invalidArgument("target", target, "an object with the methods append and sync");
  }
}

/** Bytes that `record` counts. Not `instanceof`, which fails for arrays of another realm. */
export function recordBytes(record: Uint8Array): number {
  // the length of what it nearly always is costs a load, the byteLength of any view a call
  if (record instanceof Uint8Array) return record.length + RECORD_OVERHEAD_BYTES;
  return viewBytes(record);
}

function viewBytes(record: unknown): number {
  if (!ArrayBuffer.isView(record)) throw invalidArgument("record", record, "a Uint8Array");
  return record.byteLength + RECORD_OVERHEAD_BYTES;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `request` can be submitted */
export function checkRequest(request: SubmitRequest<unknown>): void {
  if (typeof request?.stage !== "function") {
    throw invalidArgument("request.stage", request?.stage, "a function");
  }
  checkInteger("request.bytes", request.bytes, { min: 0 });
  checkSignal(request.signal);
}

/** The signal of an append's options. `for in` over so small an object allocates nothing. */
export function signalOf(
  options: { readonly signal?: AbortSignal | undefined } | undefined,
): AbortSignal | undefined {
  if (options === undefined) return undefined;
  for (const name in options) {
    if (name !== "signal")
      throw invalidArgument(name, options, "absent: the known option is signal");
  }
  checkSignal(options.signal);
  return options.signal;
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw invalidArgument("signal", signal, "an AbortSignal");
  }
}
