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
import { type FileSystemOperation, refused } from "../disk-error.ts";
import type { DiskCore } from "./disk-core.ts";
import { InFlightWrite } from "./in-flight-write.ts";
import type { CallSteps, DiskCall } from "./machine.ts";
import type { SimFile } from "./sim-file.ts";
import { SimMapping } from "./sim-mapping.ts";

/** One opening of a {@link SimFile}. */
export class SimHandle implements FileHandle {
  readonly path: string;
  readonly #core: DiskCore;
  readonly #file: SimFile;
  readonly #writable: boolean;
  readonly #active = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(core: DiskCore, file: SimFile, how: { path: string; writable: boolean }) {
    this.#core = core;
    this.#file = file;
    this.path = how.path;
    this.#writable = how.writable;
    core.opened(file);
    core.machine.openHandles += 1;
  }

  async size(): Promise<number> {
    this.#check();
    return this.#run("size", undefined, { finish: () => this.#file.length });
  }

  read(target: Uint8Array, position: number): number {
    this.#check();
    checkBytes("target", target);
    checkInteger("position", position, { min: 0 });
    const what = { path: this.path, bytes: target.length };
    return this.#core.machine.runNow("read", what, () => this.#file.image.read(target, position));
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#checkWritable();
    const byteCount = checkParts(parts, position);
    let write: InFlightWrite | undefined;
    return this.#run("write", byteCount, {
      start: (call) => {
        write = this.#begin(call, { parts, position, byteCount });
      },
      finish: (call) => {
        if (write !== undefined) this.#end(call, write);
      },
    });
  }

  writeNow(bytes: Uint8Array, position: number): void {
    this.#checkWritable();
    const byteCount = checkParts([bytes], position);
    const what = { path: this.path, bytes: byteCount };
    this.#core.machine.runNow("write", what, (call) => {
      this.#apply(call, bytes.slice(0, this.#core.shortened(call, byteCount)), position);
    });
  }

  async writeDurably(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#checkWritable();
    const byteCount = checkParts(parts, position);
    let write: InFlightWrite | undefined;
    return this.#run("writeDurably", byteCount, {
      start: (call) => {
        write = this.#begin(call, { parts, position, byteCount });
      },
      finish: (call) => {
        if (write !== undefined) this.#endDurably(call, write);
      },
    });
  }

  allocate(from: number, to: number): void {
    this.#checkWritable();
    checkRange(from, to);
    const what = { path: this.path, bytes: to - from };
    this.#core.machine.runNow("allocate", what, (call) => {
      const bytes = new Uint8Array(this.#core.shortened(call, to - from));
      this.#apply(call, bytes, from);
    });
  }

  async sync(): Promise<void> {
    this.#check();
    return this.#run("sync", undefined, {
      finish: ({ begunAt, fault }) => {
        if (fault === undefined) this.#file.fold(begunAt);
        else this.#file.doubt(begunAt);
      },
    });
  }

  async truncate(size: number): Promise<void> {
    this.#checkWritable();
    checkInteger("size", size, { min: 0 });
    return this.#run("truncate", undefined, {
      start: (call) => {
        for (const mapping of this.#file.mappings) {
          if (mapping.length <= size) continue;
          this.#core.machine.raiseSigbus(`${this.path} was cut below an open mapping of it`);
        }
        this.#file.truncate(call, this.#core.machine.tick(), size);
      },
      finish: () => {},
    });
  }

  map(length: number, options: { readonly access: "read" | "write" }): Mapping {
    this.#check();
    checkMap(length, options, this.#file.length);
    const writable = options.access === "write";
    if (writable) this.#checkWritable();
    const { path } = this;
    return this.#core.machine.runNow(
      "map",
      { path },
      () => new SimMapping(this.#core, this.#file, { path, length, writable }),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    const { machine } = this.#core;
    const active = [...this.#active];
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.#core.closed(this.#file);
      machine.openHandles -= 1;
    };
    await Promise.allSettled(active);
    return machine.run("close", { path: this.path }, { finish: release });
  }

  async #run<T>(
    kind: FileSystemOperation,
    bytes: number | undefined,
    steps: CallSteps<T>,
  ): Promise<T> {
    const what = { path: this.path, ...(bytes === undefined ? {} : { bytes }) };
    const running = this.#core.machine.run(kind, what, steps);
    this.#active.add(running);
    try {
      return await running;
    } finally {
      this.#active.delete(running);
    }
  }

  #begin(
    call: DiskCall,
    write: { parts: readonly Uint8Array[]; position: number; byteCount: number },
  ): InFlightWrite {
    const byteCount = this.#core.shortened(call, write.byteCount);
    const begun = new InFlightWrite(call, { ...write, byteCount });
    const { machine } = this.#core;
    if (machine.powerIsGone) begun.capture();
    machine.writes.add(begun);
    this.#file.inFlight.add(begun);
    return begun;
  }

  #end(call: DiskCall, write: InFlightWrite): void {
    this.#core.machine.writes.delete(write);
    this.#file.inFlight.delete(write);
    this.#apply(call, write.bytes(), write.position);
  }

  /** What a failed call wrote is there for programs, and stays in doubt for the disk. */
  #endDurably(call: DiskCall, write: InFlightWrite): void {
    let isDurable = false;
    try {
      this.#end(call, write);
      isDurable = call.fault === undefined;
    } finally {
      if (isDurable) this.#file.makeDurable(call, write.bytes(), write.position);
      else this.#file.doubtCall(call);
    }
  }

  #apply(call: DiskCall, bytes: Uint8Array, position: number): void {
    const roomBlocks = this.#core.roomBlocks();
    const at = this.#core.machine.tick();
    const written = this.#file.write(call, at, { bytes, position, roomBlocks });
    if (written === bytes.length) return;
    const text = `no room for ${bytes.length - written} of ${bytes.length} bytes`;
    throw refused("ENOSPC", call.kind, this.path, text);
  }

  #check(): void {
    if (this.#closing !== undefined) throw closedError(this.path);
  }

  #checkWritable(): void {
    this.#check();
    if (!this.#writable) throw readOnlyError(this.path);
  }
}
