import { checkInteger, invalidArgument } from "@seglog/errors";
import type { IndexEntry, Offset, Position } from "./contract.ts";

/** What the next entry of an index must follow. */
export interface WrittenSoFar {
  readonly nextOffset: Offset | undefined;
  /** Position of the last entry, or the least that it can have been; -1 before the first. */
  readonly lastPosition: Position;
}

/** @throws ERR_SEGLOG_INVALID_ARGUMENT unless `entry` may follow what was written so far */
export function checkWrite(entry: IndexEntry, soFar: WrittenSoFar): void {
  checkInteger("offset", entry.offset, { min: 0 });
  if (soFar.nextOffset !== undefined && entry.offset !== soFar.nextOffset) {
    throw invalidArgument("offset", entry.offset, `the next one, ${soFar.nextOffset}`);
  }
  checkInteger("position", entry.position, { min: soFar.lastPosition + 1 });
}
