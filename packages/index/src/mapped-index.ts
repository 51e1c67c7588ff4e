import { checkInteger, SeglogError } from "@seglog/errors";
import type { FileHandle, Mapping } from "@seglog/fs";
import { checkWrite } from "./check-write.ts";
import type { Index, IndexEntry, Offset, Position } from "./contract.ts";
import { ENTRIES_MAX, INDEX_ENTRY_BYTES, POSITION_AT } from "./entry-layout.ts";
import { nextCapacity } from "./next-capacity.ts";

/** Most dropped entries that are overwritten one by one: 64 KiB, in about 0.1 ms. */
const CLEARED_ENTRIES_MAX = 4096;

/** A mapping is replaced by one so many times as long. */
const MAPPED_AHEAD = 4;

/** An open file and what was found in it. */
export interface MappedIndexParts {
  readonly handle: FileHandle;
  readonly access: "write" | "read";
  readonly growEntries: number;
  readonly entryCount: number;
  /** Entries `[0, entryCount)`; `undefined` where there are none. */
  readonly mapping: Mapping | undefined;
  /** Of the first and the last entry; 0 and -1 where there are none. */
  readonly firstOffset: Offset;
  readonly lastPosition: Position;
}

/** An index of every entry in a mapped file. Neither `write` nor `read` makes a system call. */
export class MappedIndex implements Index {
  readonly #handle: FileHandle;
  readonly #access: "write" | "read";
  readonly #growEntries: number;
  /** `undefined` until there is an entry, and after close. */
  #mapping: Mapping | undefined;
  /** 0 while empty. */
  #firstOffset: Offset;
  #count: number;
  /**
   * Entries of `#mapping` that may be stored to: blocks stand behind them. While empty it equals
   * `#count`, which sends the first write off the fast path.
   */
  #capacity: number;
  /** From this entry on, blocks were put behind all of `#mapping` since it was opened. */
  #allocatedFrom: number;
  #lastPosition: Position;
  #syncFailure: { readonly cause: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: MappedIndexParts) {
    this.#handle = parts.handle;
    this.#access = parts.access;
    this.#growEntries = parts.growEntries;
    this.#mapping = parts.mapping;
    this.#firstOffset = parts.firstOffset;
    this.#count = parts.entryCount;
    this.#capacity = parts.entryCount;
    this.#allocatedFrom = parts.entryCount;
    this.#lastPosition = parts.lastPosition;
  }

  get nextOffset(): Offset | undefined {
    return this.#count === 0 ? undefined : this.#firstOffset + this.#count;
  }

  get bytes(): number {
    return this.#count * INDEX_ENTRY_BYTES;
  }

  write(offset: Offset, position: Position): void {
    const count = this.#count;
    let mapping = this.#mapping;
    if (
      mapping === undefined ||
      count === this.#capacity ||
      offset - this.#firstOffset !== count ||
      offset > Number.MAX_SAFE_INTEGER ||
      !(position > this.#lastPosition) ||
      !Number.isSafeInteger(position)
    ) {
      mapping = this.#prepareWrite(offset, position);
    }
    const at = count * INDEX_ENTRY_BYTES;
    // Ascending: where nothing can be mapped, stores that follow each other become one write.
    mapping.setU64(at, offset);
    mapping.setU64(at + POSITION_AT, position);
    this.#count = count + 1;
    this.#lastPosition = position;
  }

  read(offset: Offset): Position | undefined {
    const mapping = this.#mapping;
    const n = offset - this.#firstOffset;
    // `n >>> 0` is `n` only for integers from 0.
    if (mapping === undefined || n >>> 0 !== n || n >= this.#count) return this.#absent(offset);
    const at = n * INDEX_ENTRY_BYTES;
    // The file is a cache and may be scrambled: an entry speaks for its own offset only.
    if (mapping.u64(at) !== offset) return undefined;
    const position = mapping.u64(at + POSITION_AT);
    return position <= Number.MAX_SAFE_INTEGER ? position : undefined;
  }

  floor(offset: Offset): IndexEntry | undefined {
    this.#check(offset);
    let n = Math.min(offset - this.#firstOffset, this.#count - 1);
    // One look, but where the file is scrambled: then on to the nearest entry that is not.
    for (; n >= 0; n -= 1) {
      const found = this.#firstOffset + n;
      const position = this.read(found);
      if (position !== undefined) return { offset: found, position };
    }
    return undefined;
  }

  truncate(offset: Offset): void {
    this.#check(offset);
    this.#checkWritable();
    const count = Math.max(0, offset - this.#firstOffset);
    if (count >= this.#count) return;
    const dropped = { from: count, to: this.#count };
    this.#count = count;
    if (count === 0) this.#firstOffset = 0;
    // Of the last good entry: a scrambled one must not keep the next from being written.
    this.#lastPosition = this.floor(offset)?.position ?? -1;
    this.#clear(dropped);
  }

  async sync(): Promise<void> {
    this.#checkOpen();
    if (this.#access === "read") return;
    if (this.#syncFailure !== undefined) {
      const { path } = this.#handle;
      const text = `an earlier sync of ${path} failed`;
      throw new SeglogError("ERR_SEGLOG_POISONED", text, { path }, this.#syncFailure);
    }
    try {
      this.#mapping?.flush();
      await this.#handle.sync();
    } catch (cause) {
      this.#syncFailure ??= { cause };
      throw cause;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    const mapping = this.#mapping;
    this.#mapping = undefined;
    try {
      try {
        if (this.#access === "write") mapping?.flush();
      } finally {
        mapping?.close();
      }
      if (this.#access === "write") await this.#cutToEntries();
    } finally {
      await this.#handle.close();
    }
  }

  async #cutToEntries(): Promise<void> {
    if ((await this.#handle.size()) !== this.bytes) await this.#handle.truncate(this.bytes);
  }

  /**
   * Sees to it that no dropped entry stands directly behind the next one written: after a crash it
   * would look like an entry. A few are overwritten at once: taking back the last entry must cost
   * little. Else the next write makes room anew, which puts zeros over them, and blocks where a
   * foreign file may have holes.
   */
  #clear({ from, to }: { readonly from: number; readonly to: number }): void {
    const capacity = this.#capacity;
    this.#capacity = from;
    if (from < this.#allocatedFrom || to - from > CLEARED_ENTRIES_MAX) return;
    const mapping = this.#mapping as Mapping;
    for (let at = from * INDEX_ENTRY_BYTES; at < to * INDEX_ENTRY_BYTES; at += POSITION_AT) {
      mapping.setU64(at, 0);
    }
    // While empty the capacity stays what sends the first write off the fast path.
    if (from > 0) this.#capacity = capacity;
  }

  /** Checks what the fast path found unusual, makes room, and takes the first entry's offset. */
  #prepareWrite(offset: Offset, position: Position): Mapping {
    this.#checkOpen();
    this.#checkWritable();
    const { nextOffset } = this;
    checkWrite({ offset, position }, { nextOffset, lastPosition: this.#lastPosition });
    const mapping = this.#count === this.#capacity ? this.#grow() : (this.#mapping as Mapping);
    if (this.#count === 0) this.#firstOffset = offset;
    return mapping;
  }

  /** Puts blocks behind more entries and maps them. When it throws, nothing has changed. */
  #grow(): Mapping {
    const capacity = nextCapacity(this.#count, this.#growEntries);
    if (capacity === this.#count) throw this.#full();
    const length = capacity * INDEX_ENTRY_BYTES;
    const before = this.#mapping;
    before?.flush();
    this.#handle.allocate(this.bytes, length);
    const isMapped = before !== undefined && length <= before.length;
    const mapping = isMapped ? before : this.#mapAhead(length, before?.length ?? 0);
    this.#mapping = mapping;
    this.#capacity = capacity;
    this.#allocatedFrom = Math.min(this.#allocatedFrom, this.#count);
    if (!isMapped) before?.close();
    return mapping;
  }

  /**
   * Maps more than there are blocks for, at least `length`: a mapping for every step would be a
   * garbage collection for every few, as each counts as memory. What has no block is not touched.
   */
  #mapAhead(length: number, mappedBefore: number): Mapping {
    const ahead = Math.min(mappedBefore * MAPPED_AHEAD, ENTRIES_MAX * INDEX_ENTRY_BYTES);
    if (ahead > length) {
      try {
        this.#handle.allocate(ahead - 1, ahead); // makes the file so long, and one block
        return this.#handle.map(ahead, { access: "write" });
      } catch {
        // there is no room so far ahead; what is needed now has its blocks
      }
    }
    return this.#handle.map(length, { access: "write" });
  }

  #full(): SeglogError {
    const { path } = this.#handle;
    return new SeglogError("ERR_SEGLOG_IO", `${path} has no room for another entry`, {
      path,
      operation: "map",
      errno: "EFBIG",
    });
  }

  #absent(offset: Offset): undefined {
    this.#check(offset);
  }

  #check(offset: Offset): void {
    this.#checkOpen();
    checkInteger("offset", offset, { min: 0 });
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return;
    const what = `index ${this.#handle.path}`;
    throw new SeglogError("ERR_SEGLOG_CLOSED", `${what} is closed`, { what });
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    const { path } = this.#handle;
    throw new SeglogError("ERR_SEGLOG_READ_ONLY", `${path} was opened for reading`, { path });
  }
}
