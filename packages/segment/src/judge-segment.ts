import type { Offset } from "./contract.ts";
import { type Damage, type DamageDetails, type DamageKind, damageOf } from "./damage.ts";
import { type LostSpan, lostBytes } from "./lost-record.ts";
import { STORE_FILE_BYTES_LIMIT } from "./refuse-overlong.ts";
import type { ScannedSegment } from "./scanned-segment.ts";

/** The most lost records that are put in the place of what is missing in one go. */
export const LOST_RECORDS_MAX = 1_048_576;

/** What is known of a segment from elsewhere. */
export interface SegmentPlace {
  /** Where the next one begins, or the log was closed. */
  readonly knownEnd: Offset | undefined;
  readonly isLast: boolean;
  /** Whether the log was closed cleanly. */
  readonly clean: boolean;
  /** Whether opening the log may cut a torn tail from it, for nothing says how the log ended. */
  readonly mayBeTorn: boolean;
  /** Whether its header has to be written anew. */
  readonly isProven: boolean;
}

/** How a store is to be written anew. */
export interface StoreRewrite {
  readonly spans: readonly LostSpan[];
  /** Where it ends, in bytes from its first frame. */
  readonly end: number;
  readonly endBatchAt: number | undefined;
}

/** What becomes of a segment. */
export interface JudgedSegment {
  readonly scan: ScannedSegment;
  readonly nextOffset: Offset;
  readonly records: number;
  readonly damages: readonly Damage[];
  /** `undefined` where the store may stay as it is. */
  readonly rewrite: StoreRewrite | undefined;
  /** Records between its end and the known one that no file holds. */
  readonly missing: { readonly from: Offset; readonly to: Offset } | undefined;
}

/** Decides what is wrong with a segment, and what a repair makes of it. */
export function judgeSegment(scan: ScannedSegment, place: SegmentPlace): JudgedSegment {
  const { mayBeTorn, knownEnd } = place;
  const isTorn = mayBeTorn && knownEnd === undefined && scan.end.verdict !== "corrupt";
  const judged = isTorn ? judgeTorn(scan, place) : judgeEnd(scan, place);
  return isOverlong(scan) ? judgeOverlong(judged, isTorn) : judged;
}

function judgeEnd(scan: ScannedSegment, place: SegmentPlace): JudgedSegment {
  const { knownEnd } = place;
  if (knownEnd !== undefined && scan.nextOffset > knownEnd) return judgeTooLong(scan, knownEnd);
  return scan.tail === undefined ? judgeWhole(scan, place) : judgeTail(scan, place, scan.tail);
}

function isOverlong({ end }: ScannedSegment): boolean {
  return end.fileBytes > STORE_FILE_BYTES_LIMIT;
}

/** Opening refuses such a file unread, whatever its end looks like. */
function judgeOverlong(judged: JudgedSegment, isTorn: boolean): JudgedSegment {
  const { scan, rewrite, damages } = judged;
  const position = isTorn ? scan.cut.position : (scan.tail?.from ?? scan.end.position);
  const bytes = scan.end.fileBytes - STORE_HEADER_BYTES - position;
  const message = `${scan.end.fileBytes} bytes, more than any segment`;
  const cut = { spans: isTorn ? [] : scan.spans, end: position, endBatchAt: undefined };
  return {
    ...judged,
    damages: [...damages, of(scan, "wrong end", { position, bytes, message })],
    rewrite: isTorn ? cut : (rewrite ?? cut),
  };
}

/** Opening cuts at the first damage, as after any crash: what lies behind it counts for nothing. */
function judgeTorn(scan: ScannedSegment, { isProven }: SegmentPlace): JudgedSegment {
  const { cut, end } = scan;
  const damages = scan.damages.slice(0, cut.damages);
  const to = Math.max(scan.tail?.to ?? 0, end.position);
  if (to > cut.position) {
    const message = "an unfinished append or batch at the end";
    const bytes = to - cut.position;
    damages.push(
      of(scan, "torn tail", { position: cut.position, bytes, from: cut.offset, message }),
    );
  }
  const whole = { spans: [], end: Math.max(to, end.position), endBatchAt: undefined };
  return {
    scan,
    nextOffset: cut.offset,
    records: cut.records,
    damages,
    rewrite: isProven ? whole : undefined,
    missing: undefined,
  };
}

function judgeTooLong(scan: ScannedSegment, knownEnd: Offset): JudgedSegment {
  const { nextOffset, beyond } = scan;
  const position = beyond?.position;
  const what = { position, from: knownEnd, to: nextOffset };
  const message = `records up to ${nextOffset}, and the next segment begins at ${knownEnd}`;
  const spans = scan.spans
    .filter((span) => span.offset < knownEnd)
    .map((span) => clipped(span, knownEnd));
  const end = position ?? (spans.at(-1) as LostSpan).to;
  return {
    scan,
    nextOffset: knownEnd,
    records: Math.max(0, scan.records - (nextOffset - knownEnd)),
    damages: [...scan.damages, of(scan, "wrong end", { ...what, message })],
    rewrite: { spans, end, endBatchAt: beyond?.lastFrame },
    missing: undefined,
  };
}

function clipped(span: LostSpan, knownEnd: Offset): LostSpan {
  const count = Math.min(span.count, knownEnd - span.offset);
  return count === span.count ? span : { ...span, count, to: span.from + lostBytes(count) };
}

/** The last frame that has a place is the last thing in the file, but for zeros. */
function judgeWhole(scan: ScannedSegment, place: SegmentPlace): JudgedSegment {
  const { end, nextOffset, spans } = scan;
  const { knownEnd, clean } = place;
  const damages = [...scan.damages];
  const isShort = knownEnd !== undefined && nextOffset < knownEnd;
  const hasZeros = clean && end.rest !== "nothing" && !isOverlong(scan);
  // as opening decides it: all that a power cut brings back, of a cut that was not synced
  const isCutByOpening = !isShort && end.verdict === "keep";
  if (hasZeros) {
    const message = "zeros behind the last record of a log that was closed";
    const bytes = end.fileBytes - STORE_HEADER_BYTES - end.position;
    const kind = isCutByOpening ? "zero tail" : "wrong end";
    damages.push(of(scan, kind, { position: end.position, bytes, message }));
  }
  if (isShort) {
    const message = `the records [${nextOffset}, ${knownEnd}) are missing`;
    damages.push(of(scan, "missing segment", { from: nextOffset, to: knownEnd, message }));
  }
  const endsBatch = isShort && end.verdict === "cutBatch";
  const isRewritten =
    place.isProven || spans.length > 0 || endsBatch || (hasZeros && !isCutByOpening);
  const endBatchAt = endsBatch ? scan.lastFrame : undefined;
  return {
    scan,
    nextOffset,
    records: scan.records,
    damages,
    rewrite: isRewritten ? { spans, end: end.position, endBatchAt } : undefined,
    missing: isShort ? { from: nextOffset, to: knownEnd } : undefined,
  };
}

/** There are bytes behind the last frame that has a place. */
function judgeTail(
  scan: ScannedSegment,
  place: SegmentPlace,
  tail: NonNullable<ScannedSegment["tail"]>,
): JudgedSegment {
  const { nextOffset, spans } = scan;
  const { knownEnd, clean, isProven } = place;
  const missing = knownEnd === undefined ? 0 : knownEnd - nextOffset;
  const isExplained = scan.end.verdict === "cut" || scan.end.verdict === "keep";
  // with the state lost nobody knows whether the log was closed, and this a record
  const isTorn =
    knownEnd === undefined ? place.mayBeTorn && spans.length > 0 : !clean && isExplained;
  const kind = missing > 0 ? "bad frame" : isTorn ? "torn tail" : tailKind(knownEnd);
  const what = { position: tail.from, bytes: tail.to - tail.from, from: nextOffset };
  const damage = of(scan, kind, {
    ...what,
    ...(missing > 0 ? { to: knownEnd } : kind === "wrong end" ? { to: nextOffset } : {}),
    message: missing > 0 ? `no valid frame for ${missing} records` : "bytes that are no records",
  });
  const isFilled = missing > 0 && missing <= LOST_RECORDS_MAX;
  const fill: LostSpan = {
    from: tail.from,
    to: tail.from + lostBytes(missing),
    offset: nextOffset,
    count: missing,
    before: scan.lastGeneration,
    after: -1,
  };
  const isRewritten = isProven || spans.length > 0 || kind !== "torn tail";
  const end = isFilled ? fill.to : tail.from;
  // what is kept of a batch whose end is damaged must not be dropped for want of it
  const endBatchAt = isFilled || kind === "torn tail" ? undefined : scan.lastFrame;
  return {
    scan,
    nextOffset: isFilled ? nextOffset + missing : nextOffset,
    records: scan.records,
    damages: [...scan.damages, damage],
    rewrite: isRewritten
      ? { spans: isFilled ? [...spans, fill] : spans, end, endBatchAt }
      : undefined,
    missing:
      missing > LOST_RECORDS_MAX ? { from: nextOffset, to: nextOffset + missing } : undefined,
  };
}

function tailKind(knownEnd: Offset | undefined): DamageKind {
  return knownEnd === undefined ? "bad frame" : "wrong end";
}

function of(
  { path, baseOffset }: ScannedSegment,
  kind: DamageKind,
  details: Omit<DamageDetails, "path">,
): Damage {
  return damageOf(kind, { path, baseOffset, ...details });
}

const STORE_HEADER_BYTES = 32;
