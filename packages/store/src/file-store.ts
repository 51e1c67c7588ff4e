import { SeglogError } from "@seglog/errors";
import type { FileHandle, FileSystem } from "@seglog/fs";
import {
  checkAppendOptions,
  checkBytes,
  checkPosition,
  checkRecordsMax,
  checkScanLimits,
  checkScanWishes,
  checkSplitRead,
  recordTooLarge,
  storeClosed,
} from "./check-arguments.ts";
import type {
  AppendOptions,
  Position,
  ScanLimits,
  ScanWishes,
  SplitRead,
  Store,
  StoreScan,
} from "./contract.ts";
import type { FileBytes } from "./file-bytes.ts";
import { FileWriter } from "./file-writer.ts";
import { FRAME_FLAGS, FRAME_HEADER_BYTES, STORE_HEADER_BYTES } from "./format.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Preallocation } from "./preallocation.ts";
import type { Staging } from "./staging.ts";
import { frameBefore, truncateFile } from "./truncate-file.ts";
import { walkOn } from "./walk-on.ts";

/** What `openFileStore` has made ready. */
export interface FileStoreParts {
  readonly fs: FileSystem;
  readonly handle: FileHandle;
  /** Whether somebody else may be appending to the file. */
  readonly follows: boolean;
  readonly frames: FrameCodec;
  readonly staging: Staging;
  readonly file: FileBytes;
  readonly preallocation: Preallocation;
  /** Generation of the first frame that is appended. */
  readonly generation: number;
  readonly tornBytes: number;
  readonly readOnly: boolean;
  readonly recordBytesMax: number;
  readonly stagedBytesMax: number;
}

/** A store in one file: see FORMAT.md. Appends fill memory, reads use a mapping if there is one. */
export class FileStore implements Store {
  readonly tornBytes: number;
  readonly #parts: FileStoreParts;
  readonly #frames: FrameCodec;
  readonly #staging: Staging;
  readonly #writer: FileWriter;
  readonly #reader: FrameReader;
  readonly #recordBytesMax: number;
  readonly #stagedBytesMax: number;
  /** Opened for reading, or sealed. */
  #readOnly: boolean;
  #checkedOptions: AppendOptions | undefined;
  #sealing: Promise<void> | undefined;
  /** Of a store that was sealed: what is read through until it is mapped. */
  #reading: FileHandle | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: FileStoreParts) {
    this.tornBytes = parts.tornBytes;
    this.#parts = parts;
    this.#frames = parts.frames;
    this.#staging = parts.staging;
    this.#writer = new FileWriter(parts);
    this.#reader = new FrameReader({ ...parts, path: parts.handle.path });
    this.#recordBytesMax = parts.recordBytesMax;
    this.#stagedBytesMax = parts.stagedBytesMax;
    this.#readOnly = parts.readOnly;
  }

  get size(): Position {
    return this.#staging.end;
  }

  get stagedBytes(): number {
    return this.#staging.end - this.#staging.start;
  }

  append(record: Uint8Array, options?: AppendOptions): Position {
    checkBytes("record", record);
    let head: Uint8Array | undefined;
    let tags = this.#writer.generation;
    if (options !== undefined) {
      if (options !== this.#checkedOptions) this.#checkOptions(options);
      head = options.head;
      if (options.batchContinues === true) tags |= FRAME_FLAGS.batchContinues;
    }
    if (this.#writer.failure !== undefined || this.#readOnly || this.#closing !== undefined) {
      this.#refuseWrite();
    }
    const payloadBytes = record.length + (head === undefined ? 0 : head.length);
    const staging = this.#staging;
    const position = staging.end;
    const staged = position - staging.start;
    const frameBytes = FRAME_HEADER_BYTES + payloadBytes;
    if (payloadBytes > this.#recordBytesMax) {
      throw recordTooLarge(payloadBytes, this.#recordBytesMax);
    }
    if (staged > 0 && staged + frameBytes > this.#stagedBytesMax) {
      throw overloaded(staged, this.#stagedBytesMax);
    }
    const block = staging.reserve(frameBytes);
    this.#frames.write(block, block.used - frameBytes, position, tags, head, record);
    return position;
  }

  read(position: Position): Uint8Array {
    return this.readView(position).slice();
  }

  readView(position: Position, split?: SplitRead): Uint8Array {
    this.#refuseClosed();
    if (split !== undefined) checkSplitRead(split);
    checkPosition("position", position, this.size);
    return this.#reader.view(position, split);
  }

  next(position: Position): Position {
    this.#refuseClosed();
    checkPosition("position", position, this.size);
    return this.#reader.next(position);
  }

  scan(from: Position, limits: ScanLimits, wishes?: ScanWishes): StoreScan {
    this.#refuseClosed();
    checkScanLimits(limits);
    if (wishes !== undefined) checkScanWishes(wishes);
    checkPosition("from", from, this.size + 1);
    return this.#reader.scan(from, limits, wishes);
  }

  async refresh(recordsMax: number): Promise<void> {
    this.#refuseClosed();
    checkRecordsMax(recordsMax);
    const { follows, handle, frames, file, staging } = this.#parts;
    if (!follows) return;
    const seen = await walkOn({ handle, frames, position: this.size, recordsMax });
    if (this.#closing !== undefined || seen.position <= this.size) return;
    file.grown(seen.fileBytes);
    staging.restart(seen.position);
  }

  flush(): Promise<void> {
    return this.#isWriting ? this.#writer.flush() : this.#sealed();
  }

  sync(): Promise<void> {
    return this.#isWriting ? this.#writer.sync() : this.#sealed();
  }

  async truncate(size: Position): Promise<void> {
    this.#refuseClosed();
    if (this.#writer.failure?.shortage === undefined) this.#refuseWrite();
    checkPosition("size", size, this.size + 1);
    await this.#writer.rewrite(
      () => {
        // after a shortage: what lies behind is not in the file
        if (size > this.#staging.start) this.#writer.refuseIfFailed();
        const last = frameBefore(this.#parts, size);
        // Where a good frame ends, or at least begins: what is around a damage can be dropped.
        if (last === undefined && size !== 0 && size !== this.size) this.#reader.view(size);
        return last;
      },
      (last) => truncateFile(this.#parts, size, last).finally(() => this.#reader.letGo()),
    );
  }

  async seal(): Promise<void> {
    this.#refuseClosed();
    this.#writer.refuseIfFailed();
    if (!this.#readOnly) {
      this.#readOnly = true;
      this.#sealing = this.#seal();
    }
    await this.#sealing;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #seal(): Promise<void> {
    const { fs, handle, file, staging } = this.#parts;
    await this.#writer.finish();
    const fileBytes = STORE_HEADER_BYTES + staging.end;
    // what was written through has descriptors besides this one
    const reading = await openAgain(fs, handle, fileBytes);
    this.#reading = reading;
    file.unmap(fileBytes);
    this.#reader.letGo();
    if (reading !== undefined) file.mapLate(fs, reading);
    else if (!file.mapForGood()) return;
    await handle.close();
  }

  async #close(): Promise<void> {
    try {
      await this.#sealing?.catch(() => {}); // who sealed is told
      await this.#writer.idle();
      if (!this.#readOnly && this.#writer.failure === undefined) await this.#writer.finish();
    } finally {
      await this.#release();
    }
  }

  async #release(): Promise<void> {
    const { handle, file } = this.#parts;
    try {
      this.#reader.letGo();
      file.unmap(0);
    } finally {
      try {
        await handle.close();
      } finally {
        await this.#reading?.close();
      }
    }
  }

  get #isWriting(): boolean {
    return this.#closing === undefined && !this.#readOnly;
  }

  /** A store is sealed when everything is durable: there is nothing else to do. */
  async #sealed(): Promise<void> {
    this.#refuseClosed();
    this.#writer.refuseIfFailed();
    await this.#sealing;
  }

  /** Options that are frozen are checked once: whoever appends much gives the same each time. */
  #checkOptions(options: AppendOptions): void {
    checkAppendOptions(options);
    if (Object.isFrozen(options)) this.#checkedOptions = options;
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw storeClosed(this.#parts.handle.path);
  }

  #refuseWrite(): void {
    this.#refuseClosed();
    this.#writer.refuseIfFailed();
    if (!this.#readOnly) return;
    const { path } = this.#parts.handle;
    const text = `${path} is sealed or open for reading`;
    throw new SeglogError("ERR_SEGLOG_READ_ONLY", text, { path });
  }
}

/**
 * The same file for reading, which has so many bytes; `undefined` where the system does not give
 * it, or gives another one under its name.
 */
async function openAgain(
  fs: FileSystem,
  own: FileHandle,
  fileBytes: number,
): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await fs.open(own.path, { access: "read" });
    const isSame = Buffer.compare(headerOf(handle), headerOf(own)) === 0;
    if (isSame && (await handle.size()) === fileBytes) return handle;
  } catch {
    // there is another way
  }
  await handle?.close().catch(() => {});
  return undefined;
}

/** With a salt that no other store has. */
function headerOf(handle: FileHandle): Uint8Array {
  const bytes = new Uint8Array(STORE_HEADER_BYTES);
  handle.read(bytes, 0);
  return bytes;
}

function overloaded(stagedBytes: number, bytesMax: number): SeglogError {
  return new SeglogError(
    "ERR_SEGLOG_OVERLOADED",
    `${stagedBytes} bytes are staged and the limit is ${bytesMax}: await flush()`,
    { stagedBytes, bytesMax },
  );
}
