import { SeglogError } from "./seglog-error.ts";

/**
 * Asserts what only a bug in seglog, or in a custom part, can break.
 *
 * @throws ERR_SEGLOG_INVARIANT with `text`, which is constant, when `condition` is false
 */
export function invariant(condition: boolean, text: string): asserts condition {
  if (!condition) throw new SeglogError("ERR_SEGLOG_INVARIANT", text, {});
}
