import { checkInteger, SeglogError } from "@seglog/errors";
import { type FileHandle, LateMapping, type Mapping } from "@seglog/fs";
import { checkWrite } from "./check-write.ts";
import type { Index, IndexEntry, Offset, Position } from "./contract.ts";
import { ENTRIES_MAX, INDEX_ENTRY_BYTES, POSITION_AT } from "./entry-layout.ts";
import { EntryPairs } from "./entry-pairs.ts";
import { HELD_ENTRIES_MAX, heldEntries, NO_ENTRIES } from "./held-entries.ts";
import { indexClosed, indexFull, indexReadOnly } from "./index-errors.ts";
import type { MappedIndexParts } from "./mapped-index-parts.ts";
import { nextCapacity } from "./next-capacity.ts";
import { readU64, writeU64 } from "./u64.ts";

/** Most dropped entries that are overwritten one by one: 64 KiB, in about 0.1 ms. */
const CLEARED_ENTRIES_MAX = 4096;

/** A mapping is replaced by one so many times as long. */
const MAPPED_AHEAD = 4;

/**
 * An index of every entry in a mapped file. Reading makes no system call once it is mapped. Writing
 * makes one for every {@link HELD_ENTRIES_MAX} entries, which wait in memory so long: storing
 * through the mapping would cost a page fault for every 256, and 13 ns an entry, twice what all the
 * rest takes.
 */
export class MappedIndex implements Index {
  readonly #handle: FileHandle;
  readonly #access: "write" | "read";
  readonly #growEntries: number;
  /** `undefined` until there is an entry, of a reader until it looks, and after close. */
  #mapping: Mapping | undefined;
  /** Of a reader, until the entries are mapped. */
  #late: LateMapping | undefined;
  /** Of a reader: the entries while they are not mapped, or where a mapping would be calls, too. */
  readonly #called: EntryPairs;
  /** 0 while empty. */
  #firstOffset: Offset;
  #count: number;
  /** Entries `[#written, #count)` are in memory, the others in the file. */
  #written: number;
  readonly #held: DataView<ArrayBuffer>;
  /** Entries of the file that blocks stand behind. */
  #capacity: number;
  /**
   * Entry from which on a write is off the fast path: what is held is full, or the file is. 0 while
   * empty, which sends the first write there.
   */
  #fastEnd: number;
  /** From this entry on, blocks were put behind all of `#mapping` since it was opened. */
  #allocatedFrom: number;
  #lastPosition: Position;
  #syncFailure: { readonly cause: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: MappedIndexParts) {
    this.#handle = parts.handle;
    this.#called = new EntryPairs(parts.handle);
    this.#access = parts.access;
    this.#growEntries = parts.growEntries;
    this.#mapping = parts.mapping;
    this.#firstOffset = parts.firstOffset;
    this.#count = parts.entryCount;
    this.#written = parts.entryCount;
    this.#held = parts.access === "write" ? heldEntries() : NO_ENTRIES;
    this.#capacity = parts.entryCount;
    this.#fastEnd = parts.entryCount;
    this.#allocatedFrom = parts.entryCount;
    this.#lastPosition = parts.lastPosition;
    if (parts.access === "read" && this.bytes > 0) {
      this.#late = new LateMapping(parts.fs, parts.handle, this.bytes);
      if (this.#late.isDue) this.#look(this.bytes);
    }
  }

  get nextOffset(): Offset | undefined {
    return this.#count === 0 ? undefined : this.#firstOffset + this.#count;
  }

  get bytes(): number {
    return this.#count * INDEX_ENTRY_BYTES;
  }

  write(offset: Offset, position: Position): void {
    const count = this.#count;
    if (
      count >= this.#fastEnd ||
      offset - this.#firstOffset !== count ||
      offset > Number.MAX_SAFE_INTEGER ||
      !(position > this.#lastPosition) ||
      !Number.isSafeInteger(position)
    ) {
      this.#prepareWrite(offset, position);
    }
    const at = (count - this.#written) * INDEX_ENTRY_BYTES;
    writeU64(this.#held, at, offset);
    writeU64(this.#held, at + POSITION_AT, position);
    this.#count = count + 1;
    this.#lastPosition = position;
  }

  read(offset: Offset): Position | undefined {
    const mapping = this.#mapping;
    const n = offset - this.#firstOffset;
    // `n >>> 0` is `n` only for integers from 0.
    if (mapping === undefined || n >>> 0 !== n || n >= this.#count) return this.#readLate(offset);
    if (n >= this.#written) return this.#heldPosition(n);
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
    const dropped = { from: count, to: this.#written };
    this.#count = count;
    this.#written = Math.min(this.#written, count);
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
      this.#writeHeld();
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
    this.#late?.end();
    this.#late = undefined;
    this.#fastEnd = 0; // no write is fast any more, and the others look whether this is open
    try {
      try {
        if (this.#access === "write") this.#writeHeld();
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
    if (from < to) this.#capacity = from;
    this.#setFastEnd();
    if (from >= to || from < this.#allocatedFrom || to - from > CLEARED_ENTRIES_MAX) return;
    this.#handle.allocate(from * INDEX_ENTRY_BYTES, to * INDEX_ENTRY_BYTES);
    this.#capacity = capacity;
    this.#setFastEnd();
  }

  #setFastEnd(): void {
    // While empty it stays what sends the first write off the fast path.
    const end = Math.min(this.#capacity, this.#written + HELD_ENTRIES_MAX);
    this.#fastEnd = this.#count === 0 ? 0 : end;
  }

  #heldPosition(n: number): Position {
    return readU64(this.#held, (n - this.#written) * INDEX_ENTRY_BYTES + POSITION_AT);
  }

  /** Gives to the file what is held; after a failure it is still held. */
  #writeHeld(): void {
    const length = (this.#count - this.#written) * INDEX_ENTRY_BYTES;
    if (length === 0) return;
    const { buffer } = this.#held;
    this.#handle.writeNow(new Uint8Array(buffer, 0, length), this.#written * INDEX_ENTRY_BYTES);
    this.#written = this.#count;
  }

  /** Checks what the fast path found unusual, makes room, and takes the first entry's offset. */
  #prepareWrite(offset: Offset, position: Position): void {
    this.#checkOpen();
    this.#checkWritable();
    const { nextOffset } = this;
    checkWrite({ offset, position }, { nextOffset, lastPosition: this.#lastPosition });
    if (this.#count - this.#written === HELD_ENTRIES_MAX) this.#writeHeld();
    if (this.#count >= this.#capacity) this.#grow();
    if (this.#count === 0) this.#firstOffset = offset;
    this.#fastEnd = Math.min(this.#capacity, this.#written + HELD_ENTRIES_MAX);
  }

  /** Puts blocks behind more entries and maps them. When it throws, nothing has changed. */
  #grow(): void {
    const capacity = nextCapacity(this.#count, this.#growEntries);
    if (capacity === this.#count) throw indexFull(this.#handle.path);
    const length = capacity * INDEX_ENTRY_BYTES;
    const before = this.#mapping;
    this.#handle.allocate(this.bytes, length);
    const isMapped = before !== undefined && length <= before.length;
    const mapping = isMapped ? before : this.#mapAhead(length, before?.length ?? 0);
    this.#mapping = mapping;
    this.#capacity = capacity;
    this.#allocatedFrom = Math.min(this.#allocatedFrom, this.#count);
    if (!isMapped) before?.close();
  }

  /**
   * Maps more than there are blocks for, at least `length`: a mapping for every step would be a
   * garbage collection for every few, as each counts as memory. What has no block is not read.
   */
  #mapAhead(length: number, mappedBefore: number): Mapping {
    const ahead = Math.min(mappedBefore * MAPPED_AHEAD, ENTRIES_MAX * INDEX_ENTRY_BYTES);
    if (ahead > length) {
      try {
        this.#handle.allocate(ahead - 1, ahead); // makes the file so long, and one block
        return this.#handle.map(ahead, READING);
      } catch {
        // there is no room so far ahead; what is needed now has its blocks
      }
    }
    return this.#handle.map(length, READING);
  }

  /** What is mostly not there, or in a reader's file that is not mapped yet. */
  #readLate(offset: Offset): Position | undefined {
    this.#check(offset);
    const n = offset - this.#firstOffset;
    if (this.#access === "write" || n < 0 || n >= this.#count) return undefined;
    this.#look(INDEX_ENTRY_BYTES);
    if (this.#mapping !== undefined) return this.read(offset);
    const entry = this.#called.read(n);
    if (entry === undefined) this.#count = 0; // a cache that cannot be read holds nothing
    const isIts = entry?.offset === offset && entry.position <= Number.MAX_SAFE_INTEGER;
    return isIts ? entry.position : undefined;
  }

  #look(byteCount: number): void {
    const mapping = this.#late?.look(byteCount);
    if (mapping === undefined) return;
    this.#late = undefined;
    if (mapping.bytes !== undefined || mapping.outlivesHandle) this.#mapping = mapping;
    else mapping.close(); // it would make two calls for each entry
  }

  #check(offset: Offset): void {
    this.#checkOpen();
    checkInteger("offset", offset, { min: 0 });
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw indexClosed(this.#handle.path);
  }

  #checkWritable(): void {
    if (this.#access === "read") throw indexReadOnly(this.#handle.path);
  }
}

const READING = Object.freeze({ access: "read" as const });
