import type { IndexInspection } from "@seglog/index";
import type {
  FrameVisitor,
  InspectedEnd,
  InspectedFrame,
  StoreHeader,
  StoreInspection,
} from "@seglog/store";
import type { Offset } from "./contract.ts";
import { type Damage, type DamageDetails, damageOf } from "./damage.ts";
import { IndexCheck } from "./index-check.ts";
import {
  FRAME_HEADER_BYTES,
  type LostSpan,
  type PayloadHead,
  type PayloadKind,
  payloadKind,
  toldNumber,
} from "./lost-record.ts";
import { NUMBER_LIMIT, RECORD_HEAD_BYTES, readTime } from "./record-head.ts";

/** How a segment is scanned. */
export interface ScanRequest {
  readonly baseOffset: Offset;
  readonly header: StoreHeader;
  readonly index: IndexInspection | undefined;
  /** One past the last record, where that is known from elsewhere. */
  readonly knownEnd: Offset | undefined;
  /** Whether a writer may be appending. */
  readonly live: boolean;
  readonly turn: (position: number) => void;
}

/** What a segment holds. */
export interface ScannedSegment {
  readonly baseOffset: Offset;
  readonly path: string;
  readonly header: StoreHeader;
  /** One past the last record that has a place. */
  readonly nextOffset: Offset;
  /** How many of them read right. */
  readonly records: number;
  /** Of the last record that reads right; 0 when there is none. */
  readonly lastTime: number;
  /** Damaged stretches with records behind them. */
  readonly spans: readonly LostSpan[];
  /** Damaged bytes behind the last record that has a place, and where they begin. */
  readonly tail: { readonly from: number; readonly to: number } | undefined;
  readonly end: InspectedEnd;
  /** Position of the last frame that has a place, and its generation; -1 for none. */
  readonly lastFrame: number | undefined;
  readonly lastGeneration: number;
  /** Where the known end lies, if records reach beyond it, and the last frame before. */
  readonly beyond: { readonly position: number; readonly lastFrame: number | undefined } | undefined;
  /**
   * Where opening would cut, if the log was not closed: at the first damage, or at the batch that
   * is open there; `records` as far as there.
   */
  readonly cut: {
    readonly offset: Offset;
    readonly position: number;
    readonly records: number;
    readonly damages: number;
  };
  /** All but what the end tells, which needs the neighbours. */
  readonly damages: readonly Damage[];
  readonly index: "right" | "wrong" | "short" | "missing";
}

/** Scans one store, twice where the first time shows how many records a damage took. */
export async function scanSegment(
  store: StoreInspection,
  request: ScanRequest,
): Promise<ScannedSegment> {
  const scan = new SegmentScan(store, request, new Map());
  const first = await scan.run();
  const { ambiguous } = scan;
  const place = ambiguous[0];
  if (place === undefined) return first;
  const missing = request.knownEnd === undefined ? -1 : request.knownEnd - first.nextOffset;
  if (missing === 0 && first.tail === undefined) return first;
  const isTold = ambiguous.length === 1 && missing > 0 && missing % NUMBER_LIMIT === 0;
  const count = isTold && first.tail === undefined ? place.count + missing : UNPLACED;
  return new SegmentScan(store, request, new Map([[place.from, count]])).run();
}

/** In place of a count: what lies behind a damage has no place. */
const UNPLACED = -1;

/** A damage whose end is not found yet: the frames behind it have not told where they belong. */
interface OpenGap {
  readonly from: number;
  readonly offset: Offset;
  readonly before: number;
  to: number;
  /** Frames since `to` that told no number. */
  untold: number;
  /** Generation of the frame at `to`. */
  after: number;
}

class SegmentScan implements FrameVisitor {
  /** Gaps that may have taken more than one number of records. */
  readonly ambiguous: { readonly from: number; readonly count: number }[] = [];
  readonly #store: StoreInspection;
  readonly #request: ScanRequest;
  readonly #counts: ReadonlyMap<number, number>;
  readonly #index: IndexCheck;
  readonly #damages: Damage[] = [];
  readonly #spans: LostSpan[] = [];
  readonly #head: { bytes: Uint8Array; at: number; payloadBytes: number };
  #offset: Offset;
  #records = 0;
  #time = 0;
  #end = 0;
  #generation = -1;
  #lastFrame: number | undefined;
  #gap: OpenGap | undefined;
  #beyond: ScannedSegment["beyond"];
  /** As if it had been cut at the first damage, and before the batch that was open there. */
  #atDamage: ScannedSegment["cut"] | undefined;
  #atBatch: ScannedSegment["cut"] | undefined;
  /** Where a plain store goes on, found when one of its frames was refused. */
  #resume: number | undefined;
  /** Lost or wrong records that follow each other, reported as one. */
  #run: { kind: "lost record" | "wrong record"; from: Offset; position: number } | undefined;

  constructor(store: StoreInspection, request: ScanRequest, counts: ReadonlyMap<number, number>) {
    this.#store = store;
    this.#request = request;
    this.#counts = counts;
    this.#offset = request.baseOffset;
    this.#index = new IndexCheck(request.index, request.baseOffset);
    this.#head = { bytes: new Uint8Array(0), at: 0, payloadBytes: 0 };
  }

  async run(): Promise<ScannedSegment> {
    const { baseOffset, header, live } = this.#request;
    const end = await this.#store.walk(this, { header, live });
    this.#endRun();
    const gap = this.#gap;
    return {
      baseOffset,
      path: this.#store.path,
      header,
      nextOffset: this.#offset,
      records: this.#records,
      lastTime: this.#time,
      spans: this.#spans,
      tail: gap === undefined ? undefined : { from: gap.from, to: Math.max(gap.to, end.position) },
      end,
      lastFrame: this.#lastFrame,
      lastGeneration: this.#generation,
      beyond: this.#beyond,
      cut: (end.verdict === "cutBatch" ? this.#atBatch : undefined) ?? this.#atDamage ?? this.#here(),
      damages: this.#damages,
      index: this.#index.verdict(this.#offset),
    };
  }

  frame(frame: InspectedFrame): boolean {
    const head = this.#head;
    head.bytes = frame.bytes;
    head.at = frame.at;
    head.payloadBytes = frame.frameBytes - FRAME_HEADER_BYTES;
    if (this.#gap !== undefined) {
      this.#afterGap(this.#gap, frame, head);
      return true;
    }
    const kind = payloadKind(head, this.#offset);
    if (this.#request.header.frameFormat === "plain" && !this.#isPlausible(frame, kind)) {
      return false;
    }
    this.#pass(frame, kind);
    return true;
  }

  bad(span: { readonly from: number; readonly to: number; readonly last: boolean }):
    | number
    | undefined {
    this.#endRun();
    const isPlain = this.#request.header.frameFormat === "plain";
    const resume = isPlain ? (this.#resume ?? this.#goesOn(span.from)) : undefined;
    this.#resume = undefined;
    const to = resume ?? span.to;
    if (this.#gap === undefined) {
      this.#atDamage ??= this.#here();
      const { from } = span;
      const before = this.#generation;
      this.#gap = { from, to, offset: this.#offset, before, untold: 0, after: -1 };
    } else {
      this.#widen(this.#gap, to);
    }
    return resume;
  }

  turn(position: number): void {
    this.#request.turn(position);
  }

  /**
   * Nothing but what follows can tell a plain frame with a damaged length. Where the index leads
   * elsewhere, that is believed whose next record is there.
   */
  #isPlausible({ position, frameBytes }: InspectedFrame, kind: PayloadKind): boolean {
    const end = position + frameBytes;
    const next = this.#offset + 1;
    const indexed = this.#index.positionOf(next);
    const isAgreed = indexed === undefined || indexed === end;
    if ((kind === "record" && isAgreed) || this.#isThere(next, end)) return true;
    this.#resume = this.#goesOn(position);
    return this.#resume === undefined;
  }

  #goesOn(position: number): number | undefined {
    const isThere = this.#isThere.bind(this);
    return this.#index.goesOn(this.#offset, { position, isThere });
  }

  #isThere(offset: Offset, position: number): boolean {
    const { header } = this.#request;
    const peeked = this.#store.peek(header, position);
    if (peeked === undefined) return false;
    const { frameBytes, head: bytes } = peeked;
    const payloadBytes = frameBytes - FRAME_HEADER_BYTES;
    return payloadKind({ bytes, at: 0, payloadBytes }, offset) === "record";
  }

  /** Takes one frame for that of the next record. */
  #pass(frame: InspectedFrame, kind: PayloadKind): void {
    const offset = this.#offset;
    const recordsBefore = this.#records;
    if (offset === this.#request.knownEnd) {
      this.#beyond = { position: frame.position, lastFrame: this.#lastFrame };
    }
    if (kind === "record") {
      if (this.#run !== undefined) this.#endRun();
      this.#records++;
      this.#checkTime(frame);
    } else {
      this.#addToRun(kind === "lost" ? "lost record" : "wrong record", frame.position);
    }
    this.#index.compare(offset, frame.position);
    if (this.#atDamage === undefined) {
      if (!frame.batchContinues) this.#atBatch = undefined;
      else this.#atBatch ??= { ...this.#here(), records: recordsBefore };
    }
    this.#offset = offset + 1;
    this.#end = frame.position + frame.frameBytes;
    this.#generation = frame.generation;
    this.#lastFrame = frame.position;
  }

  #checkTime({ bytes, at, position }: InspectedFrame): void {
    const time = readTime(bytes, at);
    if (time < this.#time) {
      const message = `record ${this.#offset} is of ${time}, the one before of ${this.#time}`;
      this.#add("time falls", { position, message, from: this.#offset, to: this.#offset + 1 });
    }
    this.#time = time;
  }

  /** A valid frame behind a damage: does it say which record it is? */
  #afterGap(gap: OpenGap, frame: InspectedFrame, head: PayloadHead): void {
    if (gap.untold === 0) gap.after = frame.generation;
    const number = toldNumber(head);
    if (number === undefined) {
      gap.untold++;
      return;
    }
    const count = this.#countLost(gap, frame.position, number);
    if (count === undefined) {
      this.#widen(gap, frame.position + frame.frameBytes);
      return;
    }
    this.#gap = undefined;
    const to = gap.offset + count;
    const { from, offset, before, after } = gap;
    this.#spans.push({ from, to: gap.to, offset, count, before, after });
    const message = `no valid frame for ${count} records`;
    this.#add("bad frame", { position: from, bytes: gap.to - from, from: offset, to, message });
    if (gap.untold > 0) {
      const position = gap.to;
      const what = { position, from: to, to: to + gap.untold, message: "records that are lost" };
      this.#add("lost record", what);
    }
    this.#offset = to + gap.untold;
    this.#pass(frame, payloadKind(head, this.#offset));
  }

  /**
   * How many records a gap took, by the number of a frame behind it. Each had at least 16 bytes,
   * or 8 where it was lost before; a number repeats after 65536.
   */
  #countLost(gap: OpenGap, position: number, number: number): number | undefined {
    const forced = this.#counts.get(gap.from);
    if (forced !== undefined) return forced === UNPLACED ? undefined : forced;
    const bytes = gap.to - gap.from;
    const least = (number - gap.offset - gap.untold) & (NUMBER_LIMIT - 1) || NUMBER_LIMIT;
    const atMost = (each: number): number => Math.floor(bytes / each);
    const each = FRAME_HEADER_BYTES + RECORD_HEAD_BYTES;
    const most = least <= atMost(each) ? atMost(each) : atMost(FRAME_HEADER_BYTES);
    if (least > most) return undefined;
    if (least + NUMBER_LIMIT > most) return least;
    for (let count = least; count <= most; count += NUMBER_LIMIT) {
      if (this.#index.isAt(gap.offset + count + gap.untold, position)) return count;
    }
    this.ambiguous.push({ from: gap.from, count: least });
    return least;
  }

  #here(): ScannedSegment["cut"] {
    const damages = this.#damages.length;
    return { offset: this.#offset, position: this.#end, records: this.#records, damages };
  }

  #widen(gap: OpenGap, to: number): void {
    gap.to = to;
    gap.untold = 0;
    gap.after = -1;
  }

  #addToRun(kind: "lost record" | "wrong record", position: number): void {
    if (this.#run?.kind === kind) return;
    this.#endRun();
    this.#run = { kind, from: this.#offset, position };
  }

  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    const { kind, from, position } = run;
    const message =
      kind === "lost record" ? "records that are lost" : "frames whose records have other numbers";
    this.#add(kind, { position, bytes: this.#end - position, from, to: this.#offset, message });
  }

  #add(kind: Damage["kind"], details: Omit<DamageDetails, "path">): void {
    const { path } = this.#store;
    this.#damages.push(
      damageOf(kind, { path, baseOffset: this.#request.baseOffset, ...details }),
    );
  }
}
