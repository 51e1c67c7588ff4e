import { invariant } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";
import { CheckedFrames } from "./checked-frames.ts";
import { FileWindow } from "./file-window.ts";
import { FRAME_FLAGS, FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import type { FrameVisitor, InspectedEnd, InspectedFrame } from "./inspect-contract.ts";
import { isExplained } from "./later-frames.ts";
import { endOfNonZero } from "./non-zero-end.ts";
import { TURN_BYTES } from "./recover.ts";
import { recoveryRow, type StoreEnd } from "./recovery-table.ts";
import { TailSums } from "./tail-sums.ts";
import { Walk } from "./walk.ts";

export interface FrameWalkParts {
  readonly frames: FrameCodec;
  readonly fileBytes: number;
  readonly visitor: FrameVisitor;
  readonly live: boolean;
  readonly from: number;
}

/** The state of things where the first bad frame was met, and what was found behind it. */
interface FirstBad {
  readonly batch: StoreEnd["batch"];
  readonly before: number;
  found: number;
  later: boolean;
}

/** Goes along a whole file, over its damaged parts too, and shows a visitor what is there. */
export class FrameWalk {
  readonly #handle: FileHandle;
  readonly #visitor: FrameVisitor;
  readonly #walk: Walk;
  readonly #frame: { -readonly [K in keyof InspectedFrame]: InspectedFrame[K] };
  #sums: TailSums | undefined;
  /** One past the last byte that is not zero, once it was looked for. */
  #bytesEnd: number | undefined;
  /** Behind the last valid frame, and the generation of that. */
  #goodEnd: number;
  #lastGeneration = -1;
  /** What the first bad place leaves to be decided, and what was found behind it. */
  #first: FirstBad | undefined;
  #looksLeft: number;
  #turnAt: number;

  constructor(handle: FileHandle, parts: FrameWalkParts) {
    const { frames, fileBytes, visitor, live, from } = parts;
    this.#handle = handle;
    this.#visitor = visitor;
    this.#walk = new Walk(new FileWindow(handle, fileBytes), frames, from);
    this.#goodEnd = from;
    this.#turnAt = from + TURN_BYTES;
    this.#frame = {
      position: 0,
      frameBytes: 0,
      bytes: NOTHING,
      at: 0,
      generation: 0,
      batchContinues: false,
    };
    this.#looksLeft = live ? LOOKS_MAX : 0;
  }

  async run(): Promise<InspectedEnd> {
    const walk = this.#walk;
    for (;;) {
      while (this.#step()) {
        if (walk.position >= this.#turnAt) await this.#turn();
      }
      if (await this.#hasChanged()) continue;
      const from = walk.position;
      const bytesEnd = this.#findBytesEnd();
      if (bytesEnd <= from) break;
      const to = await this.#findFrame(from);
      this.#first ??= {
        batch: walk.openBatch === undefined ? "complete" : "open",
        before: walk.generation,
        found: -1,
        later: false,
      };
      const span = { from, to: to ?? bytesEnd, last: to === undefined };
      const resumed = this.#visitor.bad(span);
      walk.position = to ?? resumed ?? bytesEnd;
      walk.openBatch = undefined;
      if (to === undefined && resumed === undefined) break;
      invariant(walk.position > from, "a walk goes on");
    }
    return this.#end();
  }

  #step(): boolean {
    const walk = this.#walk;
    const position = walk.position;
    if (!walk.step()) return false;
    const frame = this.#frame;
    const from = STORE_HEADER_BYTES + position;
    const look = Math.min(walk.frameBytes, HEAD_BYTES);
    frame.at = walk.window.load(from, look) + FRAME_HEADER_BYTES;
    frame.bytes = walk.window.bytes;
    frame.position = position;
    frame.frameBytes = walk.frameBytes;
    frame.generation = walk.tags & FRAME_FLAGS.generation;
    frame.batchContinues = (walk.tags & FRAME_FLAGS.batchContinues) !== 0;
    if (!this.#visitor.frame(frame)) {
      walk.position = position;
      return false;
    }
    this.#goodEnd = walk.position;
    this.#lastGeneration = frame.generation;
    if (this.#first !== undefined) this.#judgeLater(this.#first, frame.generation);
    return true;
  }

  #judgeLater(first: FirstBad, generation: number): void {
    if (!isExplained(generation, first)) first.later = true;
    first.found = generation;
  }

  /** Whether the file is another than it was when what looks bad was read: by a live writer. */
  async #hasChanged(): Promise<boolean> {
    if (this.#looksLeft === 0) return false;
    this.#looksLeft--;
    const walk = this.#walk;
    const fileBytes = await this.#handle.size();
    const window = new FileWindow(this.#handle, fileBytes);
    const from = STORE_HEADER_BYTES + walk.position;
    if (from > fileBytes) return false;
    const again = new Walk(window, walk.frames, walk.position);
    walk.window = window;
    this.#sums = undefined;
    this.#bytesEnd = undefined;
    return again.step();
  }

  #findBytesEnd(): number {
    this.#bytesEnd ??= endOfNonZero(this.#walk.window, this.#walk.position);
    return this.#bytesEnd;
  }

  /** Position of the first valid frame behind the bad one at `from`. */
  async #findFrame(from: number): Promise<number | undefined> {
    const { frames, window } = this.#walk;
    if (!(frames instanceof CheckedFrames)) return undefined;
    const { fileBytes } = window;
    this.#sums ??= new TailSums({ handle: this.#handle, frames, fileBytes, position: from });
    const end = fileBytes - STORE_HEADER_BYTES;
    for (let p = from + 1; p < end; p += SEARCH_BYTES) {
      const found = this.#sums.find(p, Math.min(p + SEARCH_BYTES, end));
      if (found !== undefined) return found.position;
      await this.#turn(p);
    }
    return undefined;
  }

  async #turn(position = this.#walk.position): Promise<void> {
    this.#turnAt = position + TURN_BYTES;
    this.#visitor.turn(position);
    await new Promise((resolve) => setImmediate(resolve));
  }

  #end(): InspectedEnd {
    const { window, openBatch } = this.#walk;
    const { fileBytes } = window;
    const position = this.#goodEnd;
    const isWhole = fileBytes <= STORE_HEADER_BYTES + position;
    const first = this.#first;
    const rest = isWhole ? "nothing" : this.#findBytesEnd() > position ? "bytes" : "zeros";
    const row = recoveryRow({
      rest: first === undefined ? rest : "bytes",
      later: first === undefined || first.found === -1 ? "none" : laterOf(first.later),
      batch: first?.batch ?? (openBatch === undefined ? "complete" : "open"),
    });
    invariant(row !== undefined, "every end has its row");
    const { verdict } = row;
    return { position, rest, verdict, generation: this.#lastGeneration, fileBytes };
  }
}

function laterOf(isLater: boolean): StoreEnd["later"] {
  return isLater ? "laterSync" : "sameSync";
}

const NOTHING = new Uint8Array(0);
/** Of each frame so much is shown: its header, and the head of its record. */
const HEAD_BYTES = 16;
/** Searched between two turns of others: 3 ms where the bytes look random. */
const SEARCH_BYTES = 1 << 18;
/** A live writer is given the benefit of the doubt so many times. */
const LOOKS_MAX = 100;
