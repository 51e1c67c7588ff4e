import { SeglogError } from "@seglog/errors";

/** What every call but `close` and `stats` gets once `close` was called. */
export function closedError(): SeglogError {
  const what = "group commit";
  return new SeglogError("ERR_SEGLOG_CLOSED", "the group commit is closed", { what });
}
