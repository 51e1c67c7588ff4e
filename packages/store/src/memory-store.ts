import { SeglogError } from "@seglog/errors";
import {
  checkAppendOptions,
  checkBytes,
  checkPosition,
  checkRecordsMax,
  checkScanLimits,
  checkScanWishes,
  recordTooLarge,
  storeClosed,
} from "./check-arguments.ts";
import type {
  AppendOptions,
  MemoryStoreOptions,
  Position,
  ScanLimits,
  ScanWishes,
  Store,
  StoreScan,
} from "./contract.ts";
import { FRAME_HEADER_BYTES } from "./format.ts";
import { corruptStore } from "./recover.ts";
import { checkMemoryStoreOptions } from "./store-options.ts";

/** A store in memory: correct, and gone with the process. Positions are those of a file store. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(checkMemoryStoreOptions(options));
}

class MemoryStore implements Store {
  readonly stagedBytes = 0;
  readonly tornBytes = 0;
  readonly #recordBytesMax: number;
  /** By position; a Map keeps the order of insertion, and a truncated tail is deleted. */
  readonly #records = new Map<Position, Uint8Array>();
  #size = 0;
  #sealed = false;
  #closed = false;

  constructor({ recordBytesMax }: Required<MemoryStoreOptions>) {
    this.#recordBytesMax = recordBytesMax;
  }

  get size(): Position {
    return this.#size;
  }

  append(record: Uint8Array, options: AppendOptions = {}): Position {
    checkBytes("record", record);
    checkAppendOptions(options);
    this.#refuseWrite();
    const head = options.head ?? new Uint8Array(0);
    const bytes = head.length + record.length;
    if (bytes > this.#recordBytesMax) throw recordTooLarge(bytes, this.#recordBytesMax);
    const stored = new Uint8Array(bytes);
    stored.set(head);
    stored.set(record, head.length);
    const position = this.#size;
    this.#records.set(position, stored);
    this.#size += FRAME_HEADER_BYTES + bytes;
    return position;
  }

  read(position: Position): Uint8Array {
    return this.readView(position).slice();
  }

  readView(position: Position): Uint8Array {
    this.#refuseClosed();
    checkPosition("position", position, this.#size);
    const record = this.#records.get(position);
    if (record === undefined) throw corruptStore("memory", position);
    return record;
  }

  next(position: Position): Position {
    const { length } = this.readView(position);
    return position + FRAME_HEADER_BYTES + length;
  }

  scan(from: Position, limits: ScanLimits, wishes?: ScanWishes): StoreScan {
    this.#refuseClosed();
    checkScanLimits(limits);
    if (wishes !== undefined) checkScanWishes(wishes);
    checkPosition("from", from, this.#size + 1);
    const positions: Position[] = [];
    const records: Uint8Array[] = [];
    let next = from;
    while (next < this.#size && records.length < limits.recordsMax) {
      const end = this.next(next);
      if (end - from > limits.bytesMax && records.length > 0) break;
      positions.push(next);
      records.push(this.read(next));
      next = end;
    }
    return { positions, records, next };
  }

  async refresh(recordsMax: number): Promise<void> {
    this.#refuseClosed();
    checkRecordsMax(recordsMax);
  }

  async flush(): Promise<void> {
    this.#refuseClosed();
  }

  async sync(): Promise<void> {
    this.#refuseClosed();
  }

  async truncate(size: Position): Promise<void> {
    this.#refuseWrite();
    checkPosition("size", size, this.#size + 1);
    if (size !== 0 && size !== this.#size) this.readView(size);
    for (const position of [...this.#records.keys()].reverse()) {
      if (position < size) break;
      this.#records.delete(position);
    }
    this.#size = size;
  }

  async seal(): Promise<void> {
    this.#refuseClosed();
    this.#sealed = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#records.clear();
  }

  #refuseWrite(): void {
    this.#refuseClosed();
    if (!this.#sealed) return;
    const path = "the memory store";
    throw new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} is sealed`, { path });
  }

  #refuseClosed(): void {
    if (this.#closed) throw storeClosed("the memory store");
  }
}
