import type { FrameFormat } from "./contract.ts";
import type { Block } from "./staging.ts";

/**
 * One way of framing a payload: eight bytes of header, then the payload. Pure: no I/O.
 * `at` is always the index in `bytes` of the frame's first byte; eight bytes are there.
 */
export interface FrameCodec {
  readonly format: FrameFormat;

  /**
   * Writes a whole frame whose payload is `head`, where there is one, and `record`. Plain
   * arguments, not an object: this runs once per append, and an object costs as much as the rest.
   *
   * @param at  index in the block of the frame's first byte; there is room from there on
   * @param position  where in the store the frame goes
   * @param tags  batch flag and generation, as in the top four bits of a checked frame
   */
  write(
    block: Block,
    at: number,
    position: number,
    tags: number,
    head: Uint8Array | undefined,
    record: Uint8Array,
  ): void;

  /** Writes the header of a frame whose payload is in place already; otherwise the same. */
  seal(bytes: Uint8Array, at: number, position: number, payloadBytes: number, tags: number): void;

  /** Length of the payload; -1 when no frame begins like this. */
  payloadBytes(bytes: Uint8Array, at: number): number;

  /** Batch flag and generation; 0 where the format has none. */
  tags(bytes: Uint8Array, at: number): number;

  /**
   * Whether header and payload, all of which is in `view`, are those of a frame that was
   * written at `position` of this store; `payloadBytes` has found a frame there.
   */
  verify(view: DataView, at: number, position: number): boolean;

  /**
   * Whether all frames of a run are valid, which costs one checksum however many they are. What is
   * not valid is told apart as surely as by one checksum: a run with one bad frame always, with
   * several in all but one of 2^32 cases. May be false where a valid frame is unusual.
   *
   * @param bytes  frames one behind the other, from index 0; their checksums are written over
   * @param position  where in the store the first belongs
   * @param ends  where each of the `count` frames ends, in `bytes`
   */
  verifyRun(bytes: Uint8Array, position: number, ends: readonly number[], count: number): boolean;

  /**
   * As {@link FrameCodec.verify}, of a frame whose payload is not in memory as a whole.
   *
   * @param header  its first eight bytes
   * @param payload  the rest, part after part; may be asked for twice
   */
  verifyParts(header: Uint8Array, position: number, payload: () => Iterable<Uint8Array>): boolean;
}
