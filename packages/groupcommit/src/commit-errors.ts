import { SeglogError } from "@seglog/errors";

/** What every call but `close` and `stats` gets once `close` was called, unless told otherwise. */
export function closedError(): SeglogError {
  const what = "group commit";
  return new SeglogError("ERR_SEGLOG_CLOSED", "the group commit is closed", { what });
}

/** What every call but `close` and `stats` gets once a sync has failed. */
export function poisonedError(cause: unknown): SeglogError {
  const text = "a sync failed: nothing is written any more; reopen the target to recover";
  return new SeglogError("ERR_SEGLOG_POISONED", text, {}, { cause });
}

/** What `stage` throws where `bytes` do not fit beside the `stagedBytes` that are staged. */
export function overloadedError(bytes: number, stagedBytes: number, bytesMax: number): SeglogError {
  const text = `no room for ${bytes} bytes, await ready(): ${stagedBytes} of ${bytesMax} staged`;
  return new SeglogError("ERR_SEGLOG_OVERLOADED", text, { stagedBytes, bytesMax });
}

/** What an append rejects with where `waiting` others wait for room, and no more may. */
export function crowdedError(waiting: number, stagedBytes: number, bytesMax: number): SeglogError {
  const text = `${waiting} appends wait for room: ${stagedBytes} of ${bytesMax} bytes are staged`;
  return new SeglogError("ERR_SEGLOG_OVERLOADED", text, { stagedBytes, bytesMax });
}
