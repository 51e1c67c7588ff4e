import { SeglogError, shortageOf } from "@seglog/errors";
import type { FileHandle } from "@seglog/fs";
import type { FileBytes } from "./file-bytes.ts";
import { GENERATIONS, STORE_HEADER_BYTES } from "./format.ts";
import type { Preallocation } from "./preallocation.ts";
import { SerialQueue } from "./serial-queue.ts";
import type { Staging } from "./staging.ts";
import type { FrameBoundary } from "./walk.ts";

export interface FileWriterParts {
  readonly handle: FileHandle;
  readonly staging: Staging;
  readonly file: FileBytes;
  readonly preallocation: Preallocation;
  /** Generation of the frames staged next. */
  readonly generation: number;
}

/** Why nothing is written. */
export interface WriteFailure {
  readonly cause: unknown;
  /**
   * Set where the disk had no room for a write, durable or not, and no sync has failed: the
   * system's code. What is in the file up to the first frame of that write is known, and the rest
   * can be cut.
   */
  readonly shortage: string | undefined;
}

/**
 * Brings staged frames into the file and makes them durable.
 *
 * One job at a time: while a sync runs nothing is written. Frames staged after a sync began, which
 * carry the next generation, therefore reach the disk after that sync has finished, and all
 * frames on the disk that are not durable carry one generation. Recovery rests on this.
 */
export class FileWriter {
  /** Generation of the frames staged now, 0 to 3. */
  generation: number;
  /** The first failure of a write or sync; nothing is written from then on. */
  failure: WriteFailure | undefined;
  readonly #parts: FileWriterParts;
  readonly #queue = new SerialQueue();
  /** Where the frames of {@link FileWriter.generation} begin. */
  #generationStart: number;
  /** End of the frames that a finished sync covers. */
  #durable: number;
  #waitingFlush: Promise<void> | undefined;
  #waitingSync: Promise<void> | undefined;

  /** All frames in the file are durable. */
  constructor(parts: FileWriterParts) {
    this.#parts = parts;
    this.generation = parts.generation;
    this.#generationStart = parts.staging.end;
    this.#durable = parts.staging.end;
  }

  /** Calls that wait for their turn share one job: it starts after all of them were made. */
  flush(): Promise<void> {
    if (this.#queue.isIdle) return this.#queue.run(this.#flush);
    this.#waitingFlush ??= this.#queue.run(() => {
      this.#waitingFlush = undefined;
      return this.#flush();
    });
    return this.#waitingFlush;
  }

  sync(): Promise<void> {
    if (this.#queue.isIdle) return this.#queue.run(this.#sync);
    this.#waitingSync ??= this.#queue.run(() => {
      this.#waitingSync = undefined;
      return this.#sync();
    });
    return this.#waitingSync;
  }

  /**
   * Gives everything staged to the file, then runs `plan`, whose error changes nothing, then
   * `change` with what it returned, nothing else writing. `change` tells where the frames end.
   *
   * After a shortage nothing staged is written: `change` must cut at or before
   * {@link Staging.start}, and what is staged is forgotten. From then on writing goes on.
   */
  rewrite<T>(plan: () => T, change: (plan: T) => Promise<FrameBoundary>): Promise<void> {
    return this.#queue.run(async () => {
      if (this.failure?.shortage === undefined) await this.#flush();
      const planned = plan();
      await this.#attempt(async () => {
        const { staging, preallocation, handle } = this.#parts;
        await preallocation.stop();
        const { position, generation } = await change(planned);
        if (this.failure !== undefined) staging.forget();
        this.failure = undefined;
        staging.restart(position);
        this.#durable = position;
        this.#generationStart = position;
        this.generation = (generation + 1) % GENERATIONS;
        preallocation.restart(await handle.size());
      });
    });
  }

  /** Writes what is staged, cuts the file behind it, syncs. Nothing may be called afterwards. */
  finish(): Promise<void> {
    return this.#queue.run(() => this.#guard(() => this.#finish()));
  }

  /** Resolves when no job runs. */
  idle(): Promise<void> {
    return this.#queue.run(() => this.#parts.preallocation.stop());
  }

  async #finish(): Promise<void> {
    const { staging, preallocation, handle, file } = this.#parts;
    await preallocation.stop();
    await this.#write("only");
    const fileBytes = STORE_HEADER_BYTES + staging.start;
    const cut = (await handle.size()) !== fileBytes;
    if (cut) {
      file.unmap(fileBytes);
      await handle.truncate(fileBytes);
    }
    if (cut || this.#durable < staging.start) await handle.sync();
    this.#durable = staging.start;
  }

  // made once: a sync makes no closure
  readonly #flush = (): Promise<void> => this.#guard(this.#writeOnly);
  readonly #sync = (): Promise<void> => this.#guard(this.#writeAndSync);
  readonly #writeOnly = (): Promise<void> => this.#write("only");

  readonly #writeAndSync = (): Promise<void> => {
    const { end } = this.#parts.staging;
    if (end === this.#durable) return DONE;
    // Not when nothing was staged in this generation: neighbouring frames differ by one at most.
    if (end > this.#generationStart) {
      this.generation = (this.generation + 1) % GENERATIONS;
      this.#generationStart = end;
    }
    return this.#write("durably");
  };

  /**
   * Swaps synchronously, so that a new generation begins in the buffer that is filled next.
   *
   * With all frames before it durable, a durable write is one call instead of two: nobody has to
   * come back in between, who may be busy. Where it finds no room, whatever it left lies behind
   * what is durable, and can be cut.
   */
  async #write(how: "durably" | "only"): Promise<void> {
    const { staging, handle, file, preallocation } = this.#parts;
    const { start, end } = staging;
    const isDurable = this.#durable === start;
    if (start < end) {
      const parts = staging.swap();
      const from = STORE_HEADER_BYTES + start;
      const fileEnd = STORE_HEADER_BYTES + end;
      if (preallocation.isInTheWay(fileEnd)) await preallocation.makeWay();
      const isOneCall = how === "durably" && isDurable;
      await this.#noting(isOneCall ? handle.writeDurably(parts, from) : handle.write(parts, from));
      if (isOneCall) this.#durable = end;
      staging.release();
      preallocation.written(from, fileEnd);
      file.grown(preallocation.fileBytes);
    }
    if (how === "only" || this.#durable === end) return;
    await handle.sync();
    this.#durable = end;
  }

  async #noting(written: Promise<void>): Promise<void> {
    try {
      await written;
    } catch (cause) {
      this.failure = { cause, shortage: shortageOf(cause) };
      throw cause;
    }
  }

  async #guard(job: () => Promise<void>): Promise<void> {
    this.refuseIfFailed();
    await this.#attempt(job);
  }

  /** A failure of `job` is the end of writing; the one of a shortage was noted where it was met. */
  async #attempt(job: () => Promise<void>): Promise<void> {
    const before = this.failure;
    try {
      await job();
    } catch (cause) {
      if (this.failure === before) this.failure = { cause, shortage: undefined };
      if (this.failure?.shortage !== undefined) this.refuseIfFailed();
      throw cause;
    }
  }

  /** @throws ERR_SEGLOG_POISONED | ERR_SEGLOG_NOT_WRITTEN  after a failure */
  refuseIfFailed(): void {
    if (this.failure === undefined) return;
    const { path } = this.#parts.handle;
    const { cause, shortage: errno } = this.failure;
    if (errno !== undefined) {
      const text = `${path} was refused what it had to write (${errno}); cut it to go on`;
      throw new SeglogError("ERR_SEGLOG_NOT_WRITTEN", text, { path, errno }, { cause });
    }
    const text = `an earlier write or sync of ${path} failed; reopen it to recover`;
    throw new SeglogError("ERR_SEGLOG_POISONED", text, { path }, { cause });
  }
}

const DONE: Promise<void> = Promise.resolve();
