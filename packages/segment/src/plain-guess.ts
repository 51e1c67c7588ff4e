import type { InspectedFrame, StoreHeader, StoreInspection } from "@seglog/store";
import type { Offset } from "./contract.ts";
import type { IndexCheck } from "./index-check.ts";
import { FRAME_HEADER_BYTES, type PayloadKind, payloadKind } from "./lost-record.ts";

/**
 * Tells plain frames with a damaged length, which nothing in them does: where the index and a
 * frame disagree about where the next record is, the one is believed where that record is.
 */
export class PlainGuess {
  readonly #store: StoreInspection;
  readonly #header: StoreHeader;
  readonly #index: IndexCheck;
  /** Where the store goes on behind the frame refused last. */
  #resume: number | undefined;

  constructor(store: StoreInspection, header: StoreHeader, index: IndexCheck) {
    this.#store = store;
    this.#header = header;
    this.#index = index;
  }

  /** Whether a frame, taken for the record with `offset`, does not lead to the next. */
  isMisplaced(frame: InspectedFrame, kind: PayloadKind, offset: Offset): boolean {
    const end = frame.position + frame.frameBytes;
    const indexed = this.#index.positionOf(offset + 1);
    const isAgreed = indexed === undefined || indexed === end;
    if ((kind === "record" && isAgreed) || this.#isThere(offset + 1, end)) return false;
    this.#resume = this.#find(offset, frame.position);
    return this.#resume !== undefined;
  }

  /** Where the first record lies that is known behind what is bad at `position`. */
  goesOn(offset: Offset, position: number): number | undefined {
    const resume = this.#resume ?? this.#find(offset, position);
    this.#resume = undefined;
    return resume;
  }

  #find(offset: Offset, position: number): number | undefined {
    const isThere = this.#isThere.bind(this);
    return this.#index.goesOn(offset, { position, isThere });
  }

  #isThere(offset: Offset, position: number): boolean {
    const peeked = this.#store.peek(this.#header, position);
    if (peeked === undefined) return false;
    const { frameBytes, head: bytes } = peeked;
    const payloadBytes = frameBytes - FRAME_HEADER_BYTES;
    return payloadKind({ bytes, at: 0, payloadBytes }, offset) === "record";
  }
}
