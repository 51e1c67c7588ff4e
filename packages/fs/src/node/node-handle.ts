import {
  close,
  fdatasync,
  fstat,
  fstatSync,
  ftruncate,
  readSync,
  type Stats,
  write,
  writeSync,
  writev,
} from "node:fs";
import { checkInteger } from "@seglog/errors";
import {
  checkBytes,
  checkMap,
  checkParts,
  checkRange,
  closedError,
  readOnlyError,
} from "../checks.ts";
import type { FileHandle, Mapping } from "../contract.ts";
import { diskError, type FileSystemOperation } from "../disk-error.ts";
import type { MappedFile, Mapper } from "../mapping/mapper.ts";
import { SyncingTwins } from "./syncing-twins.ts";
import { type WriteDevice, writeAll } from "./write-all.ts";

type Done = (error: NodeJS.ErrnoException | null) => void;
type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

/** What {@link NodeHandle.allocate} writes, 256 KiB at a time. Never written to. */
const ZEROS = new Uint8Array(2 ** 18);
/** One read of the system is cut short from 2 GiB on, and Node refuses to ask for it. */
const READ_BYTES_MAX = 2 ** 30;

/** One descriptor of a regular file. */
export class NodeHandle implements FileHandle, MappedFile {
  readonly path: string;
  readonly #fd: number;
  readonly #writable: boolean;
  readonly #mapper: Mapper;
  readonly #device: WriteDevice;
  /** Calls that the thread pool has not answered: the descriptor must not be closed under them. */
  #inFlight = 0;
  /** What {@link NodeHandle.writeDurably} writes through. */
  readonly #twins: SyncingTwins;
  /** Set where there are none: its failure stays, see {@link NodeHandle.#syncAlone}. */
  #lastSync: Promise<void> | undefined;
  /** The latest that was not made to wait. */
  #sharedSync: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(fd: number, path: string, writable: boolean, mapper: Mapper) {
    this.#fd = fd;
    this.path = path;
    this.#writable = writable;
    this.#mapper = mapper;
    this.#device = this.#deviceOf(fd, "write");
    this.#twins = new SyncingTwins(fd);
  }

  /** The descriptor, for a mapping of this handle. */
  fd(): number {
    if (this.#closed !== undefined) throw closedError(this.path);
    return this.#fd;
  }

  async size(): Promise<number> {
    const fd = this.fd();
    const stats = await this.#call<Stats>("size", (done) => fstat(fd, done));
    return stats.size;
  }

  read(target: Uint8Array, position: number): number {
    const fd = this.fd();
    checkBytes("target", target);
    checkInteger("position", position, { min: 0 });
    let done = 0;
    try {
      while (done < target.length) {
        const length = Math.min(target.length - done, READ_BYTES_MAX);
        const count = readSync(fd, target, done, length, position + done);
        if (count === 0) break;
        done += count;
      }
    } catch (error) {
      throw diskError("read", this.path, error);
    }
    return done;
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#writableFd();
    if (checkParts(parts, position) === 0) return;
    this.#inFlight += 1; // held over all its calls, so that close() waits for the last
    try {
      await writeAll(this.#device, parts, position);
    } finally {
      this.#leave();
    }
  }

  writeNow(bytes: Uint8Array, position: number): void {
    const fd = this.#writableFd();
    const byteCount = checkParts([bytes], position);
    let done = 0;
    try {
      while (done < byteCount) {
        done += writeSync(fd, bytes, done, byteCount - done, position + done);
      }
    } catch (error) {
      throw diskError("write", this.path, error);
    }
  }

  /** The usual case, one part through a descriptor that is open, is one call and one promise. */
  writeDurably(parts: readonly Uint8Array[], position: number): Promise<void> {
    const isOne = parts?.length === 1 && this.#closed === undefined;
    const twin = isOne ? this.#twins.takeIdle() : undefined;
    if (twin === undefined) return this.#writeDurably(parts, position);
    const part = parts[0] as Uint8Array;
    return new Promise((resolve, reject) => {
      try {
        checkParts(parts, position);
      } catch (error) {
        this.#twins.giveBack(twin);
        throw error;
      }
      this.#inFlight += 1;
      write(twin, part, 0, part.length, position, (error, written) => {
        if (error === null && written < part.length) {
          resolve(this.#writeThrough(twin, [part.subarray(written)], position + written));
          return;
        }
        this.#twins.giveBack(twin);
        this.#leave();
        if (error) reject(diskError("writeDurably", this.path, error));
        else resolve();
      });
    });
  }

  allocate(from: number, to: number): void {
    const fd = this.#writableFd();
    checkRange(from, to);
    let at = from;
    try {
      while (at < to) at += writeSync(fd, ZEROS, 0, Math.min(to - at, ZEROS.length), at);
    } catch (error) {
      throw diskError("allocate", this.path, error);
    }
  }

  /**
   * fdatasync(2) covers the length as well, also one that ftruncate(2) made, and pages dirtied
   * through a mapping: no msync is needed. On macOS, where fsync(2) leaves the bytes in the drive's
   * cache, libuv makes this call `fcntl(F_FULLFSYNC)`, which empties it.
   */
  async sync(): Promise<void> {
    const fd = this.fd();
    if (this.#lastSync !== undefined) return this.#syncAlone();
    const call = this.#call<void>("sync", (done) => fdatasync(fd, done as Done));
    this.#sharedSync = call;
    await call;
  }

  async truncate(size: number): Promise<void> {
    const fd = this.#writableFd();
    checkInteger("size", size, { min: 0 });
    await this.#call<void>("truncate", (done) => ftruncate(fd, size, done as Done));
  }

  map(length: number, options: { readonly access: "read" | "write" }): Mapping {
    const fd = this.fd();
    checkMap(length, options, this.#bytesNow(fd));
    const writable = options.access === "write";
    if (writable) this.#writableFd();
    try {
      return this.#mapper.map(this, length, writable);
    } catch (error) {
      throw diskError("map", this.path, error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #writeDurably(parts: readonly Uint8Array[], position: number): Promise<void> {
    const fd = this.#writableFd();
    if (checkParts(parts, position) === 0) return;
    this.#inFlight += 1;
    const twin = await this.#twins.take();
    if (twin !== undefined) return this.#writeThrough(twin, parts, position);
    try {
      await writeAll(this.#deviceOf(fd, "writeDurably"), parts, position);
      await this.#syncAlone();
    } finally {
      this.#leave();
    }
  }

  async #writeThrough(twin: number, parts: readonly Uint8Array[], position: number): Promise<void> {
    try {
      await writeAll(this.#deviceOf(twin, "writeDurably"), parts, position);
    } finally {
      this.#twins.giveBack(twin);
      this.#leave();
    }
  }

  /**
   * The system tells each failure of this descriptor once, to whichever sync comes first: where
   * several may wait for one, they go one after another, and a failure is told to all from then on.
   * It is a failure to sync, also of a durable write: it may be of what others wrote.
   */
  #syncAlone(): Promise<void> {
    const before = this.#lastSync ?? this.#sharedSync ?? Promise.resolve();
    const result = before.then(() =>
      this.#call<void>("sync", (done) => fdatasync(this.#fd, done as Done)),
    );
    this.#lastSync = result;
    return result;
  }

  #deviceOf(fd: number, operation: FileSystemOperation): WriteDevice {
    return {
      path: this.path,
      write: (part, position) =>
        this.#call(operation, (done) => write(fd, part, 0, part.length, position, done)),
      writeVector: (parts, position) =>
        this.#call(operation, (done) => writev(fd, parts, position, done)),
    };
  }

  #writableFd(): number {
    const fd = this.fd();
    if (!this.#writable) throw readOnlyError(this.path);
    return fd;
  }

  #bytesNow(fd: number): number {
    try {
      return fstatSync(fd).size;
    } catch (error) {
      throw diskError("map", this.path, error);
    }
  }

  async #release(): Promise<void> {
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    try {
      for (const twin of this.#twins.idle) await this.#closeFd(twin);
    } finally {
      await this.#closeFd(this.#fd);
    }
  }

  #closeFd(fd: number): Promise<void> {
    return new Promise((resolve, reject) => {
      close(fd, (error) => (error ? reject(diskError("close", this.path, error)) : resolve()));
    });
  }

  #call<T>(operation: FileSystemOperation, start: (done: Callback<T>) => void): Promise<T> {
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      start((error, value) => {
        this.#leave();
        if (error) reject(diskError(operation, this.path, error));
        else resolve(value);
      });
    });
  }

  #leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#drained?.();
  }
}
