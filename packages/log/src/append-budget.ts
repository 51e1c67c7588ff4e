import type { Segment } from "@seglog/segment";
import { FRAME_OVERHEAD_BYTES } from "./staging-queue.ts";

/** Bytes of one grant. A store that frames otherwise than ours fills by so much unobserved. */
const GRANT_BYTES = 64 * 1024;

/**
 * How much may go straight into the active segment before its limits have to be looked at again:
 * asking the segment, the staging area and the roll for each record costs as much as appending it.
 * Whoever changes what was looked at revokes it first.
 */
export class AppendBudget {
  #bytes = 0;
  /** Records from this time on are too late for the segment. */
  #until = 0;

  /** Whether a record of so many bytes, framing included, and this time is within the budget. */
  take(bytes: number, time: number): boolean {
    if (bytes > this.#bytes || time >= this.#until) return false;
    this.#bytes -= bytes;
    return true;
  }

  /**
   * Looks once for the next {@link GRANT_BYTES}, and grants them if all of them fit.
   *
   * @param stagedBytesMax  what `segment` may hold staged
   */
  grant(segment: Segment, until: number, stagedBytesMax: number): void {
    // an empty segment has room for anything, which says nothing of its limits
    if (segment.nextOffset === segment.baseOffset) return;
    if (!segment.hasRoom(0, GRANT_BYTES / FRAME_OVERHEAD_BYTES)) return;
    if (segment.stagedBytes + GRANT_BYTES > stagedBytesMax) return;
    this.#bytes = GRANT_BYTES;
    this.#until = until;
  }

  revoke(): void {
    this.#bytes = 0;
  }
}
