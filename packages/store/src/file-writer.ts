import { SeglogError } from "@seglog/errors";
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
  failure: { readonly cause: unknown } | undefined;
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
    this.#waitingFlush ??= this.#run(() => {
      this.#waitingFlush = undefined;
      return this.#write();
    });
    return this.#waitingFlush;
  }

  sync(): Promise<void> {
    this.#waitingSync ??= this.#run(() => {
      this.#waitingSync = undefined;
      return this.#writeAndSync();
    });
    return this.#waitingSync;
  }

  /**
   * Gives everything staged to the file, then runs `plan`, whose error changes nothing, then
   * `change` with what it returned, nothing else writing. `change` tells where the frames end.
   */
  rewrite<T>(plan: () => T, change: (plan: T) => Promise<FrameBoundary>): Promise<void> {
    return this.#queue.run(async () => {
      await this.#guard(() => this.#write());
      const planned = plan();
      await this.#guard(async () => {
        const { staging, preallocation, handle } = this.#parts;
        await preallocation.stop();
        const { position, generation } = await change(planned);
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
    return this.#run(async () => {
      const { staging, preallocation, handle, file } = this.#parts;
      await preallocation.stop();
      await this.#write();
      const fileBytes = STORE_HEADER_BYTES + staging.start;
      const cut = (await handle.size()) !== fileBytes;
      if (cut) {
        file.unmap(fileBytes);
        await handle.truncate(fileBytes);
      }
      if (cut || this.#durable < staging.start) await handle.sync();
      this.#durable = staging.start;
    });
  }

  /** Resolves when no job runs. */
  idle(): Promise<void> {
    return this.#queue.run(() => this.#parts.preallocation.stop());
  }

  async #writeAndSync(): Promise<void> {
    const { staging, handle } = this.#parts;
    const end = staging.end;
    if (end === this.#durable) return;
    // Not when nothing was staged in this generation: neighbouring frames differ by one at most.
    if (end > this.#generationStart) {
      this.generation = (this.generation + 1) % GENERATIONS;
      this.#generationStart = end;
    }
    await this.#write();
    await handle.sync();
    this.#durable = end;
  }

  /** Swaps synchronously, so that a new generation begins in the buffer that is filled next. */
  async #write(): Promise<void> {
    const { staging, handle, file, preallocation } = this.#parts;
    const { start, end } = staging;
    if (start === end) return;
    const parts = staging.swap();
    const fileEnd = STORE_HEADER_BYTES + end;
    await preallocation.makeWay(fileEnd);
    await handle.write(parts, STORE_HEADER_BYTES + start);
    staging.release();
    preallocation.written(fileEnd);
    file.grown(preallocation.fileBytes);
  }

  #run(job: () => Promise<void>): Promise<void> {
    return this.#queue.run(() => this.#guard(job));
  }

  async #guard(job: () => Promise<void>): Promise<void> {
    this.refuseIfPoisoned();
    try {
      await job();
    } catch (cause) {
      this.failure = { cause };
      throw cause;
    }
  }

  /** @throws ERR_SEGLOG_POISONED  after a failure */
  refuseIfPoisoned(): void {
    if (this.failure === undefined) return;
    const { path } = this.#parts.handle;
    throw new SeglogError(
      "ERR_SEGLOG_POISONED",
      `an earlier write or sync of ${path} failed; reopen it to recover`,
      { path },
      { cause: this.failure.cause },
    );
  }
}
