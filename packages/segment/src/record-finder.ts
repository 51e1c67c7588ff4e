import { checkInteger, SeglogError } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { ScanLimits, ScanWishes, SplitRead, Store } from "@seglog/store";
import type { Offset, SegmentRecord, SegmentScanSpace } from "./contract.ts";
import { payloadKind } from "./lost-record.ts";
import { numberedRecords, wholeRecord } from "./numbered-records.ts";
import { isNumbered, RECORD_HEAD_BYTES, readTime } from "./record-head.ts";
import { isAstray, Waypoints } from "./waypoints.ts";

/** A store that does it saves a view of each record. */
const SPLIT: ScanWishes = Object.freeze({ headBytes: RECORD_HEAD_BYTES });

const NOTHING = new Uint8Array(0);

function splitInto({ bytes, views, starts }: SegmentScanSpace): ScanWishes {
  return { ...SPLIT, into: { bytes, views, starts } };
}

interface NumberedScan {
  readonly records: SegmentRecord[];
  /** Position behind the last of them. */
  readonly next: number;
}

export interface RecordFinderParts {
  /** For messages. */
  readonly path: string;
  readonly baseOffset: Offset;
  readonly nextOffset: Offset;
  readonly store: Store;
  readonly index: Index;
}

/**
 * Finds the records of a segment by offset. The index is asked first and believed only where the
 * record that it leads to proves right: by its checksum, by its number, and by its end, which
 * must be where the next one begins. Where it does not, the store itself is walked.
 */
export class RecordFinder {
  readonly baseOffset: Offset;
  nextOffset: Offset;
  /** While a truncation is under way: where the records will end. */
  endingAt: number | undefined;
  index: Index;
  readonly #path: string;
  readonly #store: Store;
  #waypoints: Waypoints | undefined;
  #indexMisled = false;
  readonly #split: SplitRead = { headBytes: RECORD_HEAD_BYTES, bytes: NOTHING, at: 0, next: -1 };
  /** What the store said of the last place where no record was. */
  #cause: unknown;

  constructor(parts: RecordFinderParts) {
    this.baseOffset = parts.baseOffset;
    this.nextOffset = parts.nextOffset;
    this.#path = parts.path;
    this.#store = parts.store;
    this.index = parts.index;
  }

  /** Whether a record was found that was not where the index has it. */
  get indexMisled(): boolean {
    return this.#indexMisled;
  }

  /** The record; its value is lent as by `Store.readView`. */
  find(offset: Offset): SegmentRecord {
    this.#checkHeld(offset);
    const indexed = this.#indexedPosition(offset);
    if (indexed !== undefined) {
      const record = this.#recordAt(indexed, offset);
      if (record !== undefined && this.#isFollowed(offset, indexed)) return record;
    }
    const walked = this.#walk().positionOf(offset);
    const record = walked === undefined ? undefined : this.#recordAt(walked, offset);
    if (record === undefined) throw this.#corrupt(offset, walked ?? indexed);
    this.#indexMisled ||= walked !== indexed;
    return record;
  }

  /** Records from `from`, which is held, on: the first is right, the others follow it. */
  scan(from: Offset, limits: ScanLimits, into?: SegmentScanSpace): SegmentRecord[] {
    const indexed = this.#indexedPosition(from);
    if (indexed !== undefined) {
      const scan = this.#scanAt(indexed, from, limits, into);
      if (scan !== undefined && this.#isAt(from + scan.records.length, scan.next)) {
        return scan.records;
      }
    }
    const walked = this.#walk().positionOf(from);
    const scan = walked === undefined ? undefined : this.#scanAt(walked, from, limits, into);
    if (scan === undefined) throw this.#corrupt(from, walked ?? indexed);
    this.#indexMisled ||= walked !== indexed;
    return scan.records;
  }

  /**
   * Where the record with `offset`, which is held, begins, so that all from there on may be
   * dropped, be they damaged or not. What lies there, or what lies before, must prove it.
   */
  boundaryOf(offset: Offset): number {
    const indexed = this.#indexedPosition(offset);
    if (indexed !== undefined && this.#recordAt(indexed, offset) !== undefined) return indexed;
    const walk = this.#walk();
    const walked = walk.positionOf(offset);
    if (walked === undefined) throw this.#corrupt(offset, indexed);
    const before = walk.positionOf(offset - 1);
    const isProved =
      walked === indexed ||
      walked === 0 ||
      (before !== undefined && this.#recordAt(before, offset - 1) !== undefined) ||
      this.#recordAt(walked, offset) !== undefined;
    if (!isProved) throw this.#corrupt(offset, walked);
    return walked;
  }

  /**
   * To be called when the store was cut to `end`, where the record with `offset` was: forgets
   * what was walked, and drops the entries of index that the store has no records for.
   */
  drop(offset: Offset, end: number): void {
    this.#waypoints = undefined;
    this.index.truncate(offset);
    if (offset === this.baseOffset || this.#indexedPosition(offset) === end) return;
    // the last entry kept is wrong, and would refuse the next: the index begins anew, with that
    this.index.truncate(0);
  }

  outOfRange(name: string, value: number): SeglogError {
    const { baseOffset: from, nextOffset: to } = this;
    const text = `${name} ${value} is not in [${from}, ${to}) of ${this.#path}`;
    return new SeglogError("ERR_SEGLOG_OUT_OF_RANGE", text, { name, value, from, to });
  }

  #checkHeld(offset: Offset): void {
    checkInteger("offset", offset, { min: 0 });
    if (offset < this.baseOffset || offset >= this.nextOffset) {
      throw this.outOfRange("offset", offset);
    }
  }

  #walk(): Waypoints {
    this.#waypoints ??= new Waypoints(this.#store, this.baseOffset);
    return this.#waypoints;
  }

  /** Where the index leads; a sparse one leads to a record before, and the store on from there. */
  #indexedPosition(offset: Offset): number | undefined {
    const exact = this.index.read(offset);
    if (exact !== undefined) return exact;
    const below = this.index.floor(offset);
    if (below === undefined || below.offset < this.baseOffset) return undefined;
    let position: number | undefined = below.position;
    for (let at = below.offset; at < offset && position !== undefined; at++) {
      position = this.#nextOf(position);
    }
    return position;
  }

  #recordAt(position: number, offset: Offset): SegmentRecord | undefined {
    const split = this.#split;
    split.next = -1;
    try {
      const value = this.#store.readView(position, split);
      if (split.next === -1) return wholeRecord(value, offset);
      const { bytes, at } = split;
      split.bytes = NOTHING; // lent: a mapping that somebody holds is not given back
      if (!isNumbered(bytes, offset, at)) return undefined;
      return { offset, time: readTime(bytes, at), value };
    } catch (error) {
      this.#rethrowUnlessAstray(error);
      return undefined;
    }
  }

  #scanAt(
    position: number,
    from: Offset,
    limits: ScanLimits,
    into: SegmentScanSpace | undefined,
  ): NumberedScan | undefined {
    try {
      const scan = this.#store.scan(position, limits, into === undefined ? SPLIT : splitInto(into));
      const records = numberedRecords(scan, from, into?.records);
      if (records.length === 0) return undefined;
      const isWhole = records.length === scan.records.length;
      return { records, next: isWhole ? scan.next : (scan.positions[records.length] as number) };
    } catch (error) {
      this.#rethrowUnlessAstray(error);
      return undefined;
    }
  }

  /** Whether the record last read, with `offset` and at `position`, ends where the next begins. */
  #isFollowed(offset: Offset, position: number): boolean {
    const next = this.#split.next === -1 ? this.#nextOf(position) : this.#split.next;
    return next !== undefined && this.#isAt(offset + 1, next);
  }

  /** Whether the record with `offset`, or the end, is expected at `position`, or unknown. */
  #isAt(offset: Offset, position: number): boolean {
    if (offset === this.nextOffset) return position === (this.endingAt ?? this.#store.size);
    const expected = this.index.read(offset);
    return expected === undefined || expected === position;
  }

  #nextOf(position: number): number | undefined {
    try {
      return this.#store.next(position);
    } catch (error) {
      this.#rethrowUnlessAstray(error);
      return undefined;
    }
  }

  #rethrowUnlessAstray(error: unknown): void {
    if (!isAstray(error)) throw error;
    this.#cause = error;
  }

  #corrupt(offset: Offset, position: number | undefined): SeglogError {
    const path = this.#path;
    const text =
      position !== undefined && this.#isLost(offset, position)
        ? `record ${offset} is lost: in its place in ${path} stands what a repair leaves`
        : `no valid record where record ${offset} must be in ${path}`;
    const context = { path, offset, ...(position === undefined ? {} : { position }) };
    return new SeglogError("ERR_SEGLOG_CORRUPT", text, context, { cause: this.#cause });
  }

  #isLost(offset: Offset, position: number): boolean {
    try {
      const bytes = this.#store.readView(position);
      const head = { bytes, at: 0, payloadBytes: bytes.length };
      return payloadKind(head, offset) === "lost";
    } catch (error) {
      this.#rethrowUnlessAstray(error);
      return false;
    }
  }
}
