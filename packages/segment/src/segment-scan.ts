import type { FrameVisitor, InspectedFrame, StoreInspection } from "@seglog/store";
import type { Offset } from "./contract.ts";
import { type Damage, type DamageDetails, damageOf } from "./damage.ts";
import { IndexCheck } from "./index-check.ts";
import { possibleCounts } from "./lost-count.ts";
import {
  FRAME_HEADER_BYTES,
  type LostSpan,
  type PayloadHead,
  type PayloadKind,
  payloadKind,
  toldNumber,
} from "./lost-record.ts";
import { PlainGuess } from "./plain-guess.ts";
import { NUMBER_LIMIT, readTime } from "./record-head.ts";
import type { ScannedSegment, ScanRequest } from "./scanned-segment.ts";

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
  readonly #plain: PlainGuess | undefined;
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
  /** Lost or wrong records that follow each other, reported as one. */
  #run: { kind: "lost record" | "wrong record"; from: Offset; position: number } | undefined;

  constructor(store: StoreInspection, request: ScanRequest, counts: ReadonlyMap<number, number>) {
    this.#store = store;
    this.#request = request;
    this.#counts = counts;
    this.#offset = request.baseOffset;
    this.#index = new IndexCheck(request.index, request.baseOffset);
    const isPlain = request.header.frameFormat === "plain";
    this.#plain = isPlain ? new PlainGuess(store, request.header, this.#index) : undefined;
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
      cut:
        (end.verdict === "cutBatch" ? this.#atBatch : undefined) ?? this.#atDamage ?? this.#here(),
      damages: this.#damages,
      index: this.#index.verdict(this.#offset),
      hasOwnIndex: this.#index.isOf(this.#offset, gap?.from),
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
    if (this.#plain?.isMisplaced(frame, kind, this.#offset)) return false;
    this.#pass(frame, kind);
    return true;
  }

  bad(span: {
    readonly from: number;
    readonly to: number;
    readonly last: boolean;
  }): number | undefined {
    this.#endRun();
    const resume = this.#plain?.goesOn(this.#offset, span.from);
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

  #countLost(gap: OpenGap, position: number, number: number): number | undefined {
    const forced = this.#counts.get(gap.from);
    if (forced !== undefined) return forced === UNPLACED ? undefined : forced;
    const nextOffset = gap.offset + gap.untold;
    const counts = possibleCounts({ bytes: gap.to - gap.from, nextOffset, number });
    if (counts.length < 2) return counts[0];
    const indexed = counts.find((count) => this.#index.isAt(nextOffset + count, position));
    if (indexed === undefined) this.ambiguous.push({ from: gap.from, count: counts[0] as number });
    return indexed ?? counts[0];
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
    this.#damages.push(damageOf(kind, { path, baseOffset: this.#request.baseOffset, ...details }));
  }
}
