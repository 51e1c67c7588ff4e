import { closedError } from "../checks.ts";
import type { Mapping } from "../contract.ts";
import {
  inRange,
  isU64Value,
  rangeRefusal,
  readU64,
  storeRefusal,
  u64InRange,
  writeU64,
} from "../mapping/mapping-checks.ts";
import type { DiskCore } from "./disk-core.ts";
import type { DiskCall } from "./machine.ts";
import { PAGE_BYTES } from "./paged-image.ts";
import type { SimFile } from "./sim-file.ts";

/**
 * A mapping of a {@link SimFile}. What is stored shows everywhere at once, may reach the disk at
 * any time, and is covered by a sync only after a flush.
 */
export class SimMapping implements Mapping {
  readonly length: number;
  readonly outlivesHandle = true;
  /** A file is many pages, which change from state to state. */
  readonly bytes = undefined;
  readonly path: string;
  readonly #core: DiskCore;
  readonly #file: SimFile;
  readonly #writable: boolean;
  readonly #word = new DataView(new ArrayBuffer(8));
  readonly #wordBytes = new Uint8Array(this.#word.buffer);
  /** `length` while open, 0 afterwards: one check covers both. */
  #limit: number;
  /** What was stored since the last flush counts as one call that has not finished. */
  #stores: DiskCall | undefined;

  constructor(
    core: DiskCore,
    file: SimFile,
    how: { readonly path: string; readonly length: number; readonly writable: boolean },
  ) {
    this.#core = core;
    this.#file = file;
    this.path = how.path;
    this.length = how.length;
    this.#limit = how.length;
    this.#writable = how.writable;
    core.opened(file);
    core.machine.openMappings += 1;
    file.mappings.add(this);
  }

  get closed(): boolean {
    return this.#limit === 0;
  }

  view(position: number, length: number): Uint8Array {
    if (this.closed || !inRange(position, length, this.#limit)) {
      throw rangeRefusal(this, position, length);
    }
    const inPage = position % PAGE_BYTES;
    if (inPage + length <= PAGE_BYTES) {
      const page = this.#file.image.page(Math.floor(position / PAGE_BYTES));
      return page.subarray(inPage, inPage + length);
    }
    const bytes = new Uint8Array(length);
    this.#file.image.read(bytes, position);
    return bytes;
  }

  u64(position: number): number {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    this.#file.image.read(this.#wordBytes, position);
    return readU64(this.#word, 0);
  }

  setU64(position: number, value: number): void {
    if (!u64InRange(position, this.#limit)) throw rangeRefusal(this, position);
    if (!this.#writable || !isU64Value(value)) {
      throw storeRefusal(this.path, this.#writable, value);
    }
    const { machine } = this.#core;
    if (machine.powerIsGone) return; // memory of a program whose machine is off
    this.#stores ??= machine.silentCall("flush", this.path);
    if (!this.#file.fillHoles(this.#stores, position, this.#core.roomForStores())) {
      machine.raiseSigbus(`no block behind byte ${position} of ${this.path}, stored to by mapping`);
    }
    writeU64(this.#word, 0, value);
    const bytes = this.#wordBytes;
    this.#file.store(this.#stores, machine.tick(), { bytes, position });
  }

  /** It is in memory. */
  willNeed(): void {}

  flush(): void {
    if (this.closed) throw closedError(`the mapping of ${this.path}`);
    const { machine } = this.#core;
    machine.runNow("flush", { path: this.path }, () => {
      if (this.#stores !== undefined) this.#stores.finishedAt = machine.tick();
      this.#stores = undefined;
    });
  }

  close(): void {
    if (this.closed) return;
    this.#limit = 0;
    this.#file.mappings.delete(this);
    const { machine } = this.#core;
    const release = () => {
      machine.openMappings -= 1;
      this.#core.closed(this.#file);
    };
    // a program whose machine is off closes what it likes
    if (machine.powerIsGone) release();
    else machine.runNow("unmap", { path: this.path }, release);
  }
}
