import { markAsUntransferable } from "node:worker_threads";
import { invariant } from "@seglog/errors";

/** Frames in memory that lie one behind the other in the store. */
export interface Block {
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** Position of the first frame. */
  start: number;
  /** How much of `bytes` holds frames. */
  used: number;
}

/**
 * The frames that the OS does not have yet: a pair of buffers, of which appends fill one while
 * the other is written. A buffer is a list of blocks; a frame lies in one block.
 */
export class Staging {
  /** Position of the first frame here; what lies before it is in the file. */
  start: number;
  /** Position behind the last frame: where the next one goes. */
  end: number;
  readonly #blockBytes: number;
  #filling: Block[] = [];
  #leaving: Block[] = [];
  #current: Block | undefined;

  constructor(end: number, blockBytes: number) {
    this.start = end;
    this.end = end;
    this.#blockBytes = blockBytes;
  }

  /** Room for one frame at {@link Staging.end}: its last `frameBytes` used bytes. */
  reserve(frameBytes: number): Block {
    let block = this.#current;
    if (block === undefined || block.used + frameBytes > block.bytes.length) {
      block = this.#addBlock(frameBytes);
    }
    block.used += frameBytes;
    this.end += frameBytes;
    return block;
  }

  /** The block that holds `position`, which is in `[start, end)`. */
  find(position: number): Block {
    const filling = this.#filling[0];
    const blocks =
      filling !== undefined && position >= filling.start ? this.#filling : this.#leaving;
    let low = 0;
    for (let high = blocks.length - 1; low < high; ) {
      const middle = (low + high + 1) >>> 1;
      if ((blocks[middle] as Block).start <= position) low = middle;
      else high = middle - 1;
    }
    const block = blocks[low];
    invariant(block !== undefined, "a staged position has a block");
    return block;
  }

  /** Swaps the buffers: what was filled is to be written to the file, at {@link Staging.start}. */
  swap(): readonly Uint8Array[] {
    invariant(this.#leaving.length === 0, "one buffer is written at a time");
    [this.#filling, this.#leaving] = [this.#leaving, this.#filling];
    this.#current = undefined;
    return this.#leaving.map(({ bytes, used }) => bytes.subarray(0, used));
  }

  /** The swapped buffer is in the file: its blocks are used again. */
  release(): void {
    for (const { bytes, start, used } of this.#leaving) {
      this.start = start + used;
      if (bytes.length === this.#blockBytes) freeBlocks.give(bytes);
    }
    this.#leaving.length = 0;
  }

  /** Drops what is staged, written in part or not at all. */
  forget(): void {
    this.end = this.start;
    this.#leaving.length = 0;
    this.#filling.length = 0;
    this.#current = undefined;
  }

  /** Goes on at `position`; nothing is staged. */
  restart(position: number): void {
    invariant(this.start === this.end, "nothing is staged");
    this.start = position;
    this.end = position;
  }

  #addBlock(frameBytes: number): Block {
    const length = Math.max(frameBytes, this.#blockBytes);
    const bytes = freeBlocks.take(length) ?? newBytes(length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const block = { bytes, view, start: this.end, used: 0 };
    this.#filling.push(block);
    this.#current = block;
    return block;
  }
}

/**
 * Blocks of one size that are not in use, for all stores of the thread: the next segment's store
 * goes on with those of the last. On a virtual machine a page that was never touched may cost
 * 10 µs.
 */
class FreeBlocks {
  #blocks: Uint8Array[] = [];

  /** A block of so many bytes, with anything in it. */
  take(length: number): Uint8Array | undefined {
    return this.#blocks[0]?.length === length ? this.#blocks.pop() : undefined;
  }

  give(block: Uint8Array): void {
    const { length } = block;
    if (this.#blocks[0]?.length !== length) this.#blocks = []; // of stores with another size
    if ((this.#blocks.length + 1) * length <= FREE_BYTES_MAX) this.#blocks.push(block);
  }
}

const FREE_BYTES_MAX = 16 * 2 ** 20;
const freeBlocks = new FreeBlocks();

/** Without clearing them: every byte that leaves a block was written to it. */
function newBytes(length: number): Uint8Array {
  const { buffer } = Buffer.allocUnsafeSlow(length);
  // who transfers what was lent to him would take it from the next store
  markAsUntransferable(buffer);
  return new Uint8Array(buffer);
}
