import type { CheckedDiskOptions } from "./disk-options.ts";
import { type DiskCall, Machine } from "./machine.ts";
import { NameJournal, type SimDirectory } from "./name-journal.ts";
import { PAGE_BYTES } from "./paged-image.ts";
import type { SimFile } from "./sim-file.ts";

/** What all parts of one simulated disk share. */
export class DiskCore {
  readonly machine: Machine;
  readonly names: NameJournal;
  readonly options: CheckedDiskOptions;
  quotaBytes: number;
  readonly bootId: number;
  readonly #open = new Set<SimFile>();

  constructor(options: CheckedDiskOptions, root: SimDirectory, bootId: number) {
    this.options = options;
    this.bootId = bootId;
    this.quotaBytes = options.quotaBytes;
    this.machine = new Machine(options);
    this.names = new NameJournal(root);
  }

  opened(file: SimFile): void {
    file.openings += 1;
    this.#open.add(file);
  }

  closed(file: SimFile): void {
    file.openings -= 1;
    if (file.openings === 0) this.#open.delete(file);
  }

  /** Every file that has a name or is open. */
  files(): Set<SimFile> {
    const files = new Set(this.#open);
    const walk = (directory: SimDirectory): void => {
      for (const node of directory.children.values()) {
        if (node.kind === "file") files.add(node);
        else walk(node);
      }
    };
    walk(this.names.root);
    return files;
  }

  usedBytes(): number {
    let blocks = 0;
    for (const { image } of this.files()) blocks += image.blockCount;
    return blocks * PAGE_BYTES;
  }

  /** How many blocks more there may be. */
  roomBlocks(): number {
    if (this.quotaBytes === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return Math.max(0, Math.floor((this.quotaBytes - this.usedBytes()) / PAGE_BYTES));
  }

  /** The same for a store through a mapping. */
  roomForStores(): number {
    return this.options.holes === "refuse" ? 0 : this.roomBlocks();
  }

  /** How many of `byteCount` bytes a call moves that may have been told to fail half way. */
  shortened({ fault }: DiskCall, byteCount: number): number {
    return fault?.effect === "partial" ? this.machine.random.below(byteCount + 1) : byteCount;
  }
}
