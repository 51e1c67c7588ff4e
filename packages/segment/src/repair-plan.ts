import type { StoreHeader } from "@seglog/store";
import type { CatalogState, Offset } from "./contract.ts";
import type { DirectoryFinding } from "./directory-finding.ts";
import { type JudgedSegment, LOST_RECORDS_MAX, type StoreRewrite } from "./judge-segment.ts";
import { storeName } from "./segment-name.ts";
import { STATE_FILE_NAME } from "./state-file.ts";
import type { LostRange } from "./verify-contract.ts";

/** One step of a repair; each leaves a directory on which a repair can begin anew. */
export type RepairStep =
  | { readonly kind: "move"; readonly name: string; readonly why: string }
  | {
      readonly kind: "rewrite";
      readonly baseOffset: Offset;
      readonly header: StoreHeader;
      readonly rewrite: StoreRewrite;
      readonly why: string;
    }
  | {
      readonly kind: "create";
      readonly baseOffset: Offset;
      readonly count: number;
      readonly like: StoreHeader;
      readonly why: string;
    }
  | {
      readonly kind: "saveState";
      readonly logId: number;
      readonly state: CatalogState;
      readonly why: string;
    };

export interface RepairPlan {
  readonly steps: readonly RepairStep[];
  readonly lost: readonly LostRange[];
}

/** What is to be done about what was found. */
export function planRepair(finding: DirectoryFinding): RepairPlan {
  const steps: RepairStep[] = [];
  const lost: LostRange[] = [];
  for (const name of finding.files.notFiles) {
    steps.push({ kind: "move", name, why: "it is not a file" });
  }
  for (const { name } of finding.strays) {
    steps.push({ kind: "move", name, why: "it is no segment of this log" });
  }
  const end = planSegments(finding, { steps, lost });
  planState(finding, end, { steps, lost });
  const from = end.nextOffset;
  const known = finding.strays.filter(({ bytes }) => bytes > 0).map((stray) => stray.baseOffset);
  // the name of a file that was moved tells of records before those that are left
  const first = Math.min(finding.firstOffset, ...known);
  if (finding.stateIsWrong) lost.push({ from: first, to: finding.firstOffset });
  const isOpenEnd = end.closedAt === undefined;
  if (isOpenEnd && known.some((baseOffset) => baseOffset >= from))
    lost.push({ from, to: undefined });
  return { steps, lost: merged(lost) };
}

interface Out {
  readonly steps: RepairStep[];
  readonly lost: LostRange[];
}

/** How the log ends when its segments are repaired. */
interface PlannedEnd {
  readonly nextOffset: Offset;
  /** Where it is closed; `undefined` when that cannot be kept. */
  readonly closedAt: Offset | undefined;
}

function planSegments(finding: DirectoryFinding, { steps, lost }: Out): PlannedEnd {
  const { segments, unfinished, closedAt } = finding;
  let nextOffset = finding.nextOffset;
  for (const [i, segment] of segments.entries()) {
    const { scan, rewrite, missing } = segment;
    const { baseOffset, header } = scan;
    const cutFrom = planRewrite(segment, { steps, lost });
    if (cutFrom !== undefined) lost.push({ from: cutFrom, to: undefined });
    nextOffset = segment.nextOffset;
    if (missing === undefined) continue;
    const { from, to } = missing;
    const count = to - from;
    if (count <= LOST_RECORDS_MAX) {
      const why = `the records [${from}, ${to}) are missing`;
      // an empty segment would have the same name as the one that is made
      if (from > baseOffset)
        steps.push({ kind: "create", baseOffset: from, count, like: header, why });
      else steps.push(filledAnew(segment, count, rewrite));
      lost.push({ from, to });
      nextOffset = to;
      continue;
    }
    const behind = segments.slice(i + 1).map((other) => other.scan.baseOffset);
    if (unfinished !== undefined) behind.push(unfinished.baseOffset);
    // the last first: what follows the gap keeps it open until all else is moved
    for (const other of behind.toReversed()) {
      const why = `more than ${LOST_RECORDS_MAX} records before it are missing`;
      steps.push({ kind: "move", name: storeName(other), why });
    }
    lost.push({ from, to: Math.max(to, closedAt ?? 0, finding.nextOffset) });
    return { nextOffset: from, closedAt: undefined };
  }
  if (unfinished !== undefined) nextOffset = unfinished.baseOffset;
  return { nextOffset, closedAt };
}

/** @returns where records of unknown number are cut off */
function planRewrite(
  { scan, rewrite, nextOffset, damages }: JudgedSegment,
  out: Out,
): Offset | undefined {
  if (rewrite === undefined) return undefined;
  const { baseOffset, header } = scan;
  const why = damages
    .filter(({ harmless, kind }) => !harmless && kind !== "lost record" && kind !== "wrong record")
    .map(({ kind }) => kind);
  const reasons = [...new Set(why)].join(", ") || "bad header";
  out.steps.push({ kind: "rewrite", baseOffset, header, rewrite, why: reasons });
  for (const { offset, count } of rewrite.spans) {
    out.lost.push({ from: offset, to: offset + count });
  }
  const isCut = damages.some(({ kind, from, to }) => {
    return kind === "bad frame" && from === nextOffset && to === undefined;
  });
  return isCut ? nextOffset : undefined;
}

/** A segment that must hold records, and holds none: they take their places in itself. */
function filledAnew(
  { scan }: JudgedSegment,
  count: number,
  rewrite: StoreRewrite | undefined,
): RepairStep {
  const { baseOffset, header } = scan;
  const from = rewrite?.end ?? scan.end.position;
  const to = from + count * 8 + 8;
  const span = { from, to, offset: baseOffset, count, before: scan.lastGeneration, after: -1 };
  return {
    kind: "rewrite",
    baseOffset,
    header,
    rewrite: { spans: [...(rewrite?.spans ?? []), span], end: to, endBatchAt: undefined },
    why: `the records [${baseOffset}, ${baseOffset + count}) are missing`,
  };
}

function planState(finding: DirectoryFinding, end: PlannedEnd, { steps, lost }: Out): void {
  const { state, segments, unfinished, missingBefore, stateIsWrong, closedAt } = finding;
  const old = state.kind === "good" ? state.state : undefined;
  const isEmpty = segments.length === 0 && unfinished === undefined;
  if (missingBefore !== undefined) {
    const { from, to } = missingBefore;
    lost.push({ from, to: isEmpty && old?.closedAt === undefined ? undefined : to });
  }
  if (old !== undefined && old.firstOffset > end.nextOffset && !isEmpty) {
    lost.push({ from: end.nextOffset, to: Math.max(old.firstOffset, old.closedAt ?? 0) });
  }
  const isKept = !stateIsWrong && missingBefore === undefined && end.closedAt === closedAt;
  if (isKept) return;
  if (isEmpty && old === undefined) {
    const why = "it says nothing, and there is no segment";
    if (state.kind === "bad" || state.kind === "foreign")
      steps.push({ kind: "move", name: STATE_FILE_NAME, why });
    return;
  }
  const times = segments.map(({ scan }) => scan.lastTime);
  const lastTime = Math.max(0, old?.lastTime ?? 0, times.at(-1) ?? 0);
  const emptyAt = Math.max(old?.closedAt ?? 0, finding.firstOffset);
  steps.push({
    kind: "saveState",
    logId: finding.logId,
    state: isEmpty
      ? { firstOffset: emptyAt, closedAt: emptyAt, truncatingTo: undefined, lastTime }
      : {
          firstOffset: finding.firstOffset,
          closedAt: end.closedAt,
          truncatingTo: stateIsWrong ? undefined : old?.truncatingTo,
          lastTime,
        },
    why: "it is missing, damaged, or contradicts the segments",
  });
}

/** Ascending, without overlap. */
function merged(ranges: readonly LostRange[]): LostRange[] {
  const all: { from: Offset; to: Offset | undefined }[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (range.to !== undefined && range.to <= range.from) continue;
    if (last === undefined || (last.to !== undefined && last.to < range.from))
      all.push({ ...range });
    else if (last.to !== undefined && (range.to === undefined || range.to > last.to))
      last.to = range.to;
  }
  return all;
}
