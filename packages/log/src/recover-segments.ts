import { hasCode, shortageOf } from "@seglog/errors";
import type { CatalogState, Segment, SegmentCatalog, SegmentListing } from "@seglog/segment";
import type { LogRecovery, Offset } from "./contract.ts";
import { corrupt, noLog } from "./log-errors.ts";
import { timeOf } from "./segment-info.ts";

/** The open segments of a log, and what a log remembers. */
export interface RecoveredLog {
  readonly segments: Segment[];
  readonly firstOffset: Offset;
  /** What the log ends at; a reader leaves what a truncation under way drops in its segment. */
  readonly nextOffset: Offset;
  /** No record may get a time below it. */
  readonly lastTime: number;
  readonly recovery: LogRecovery;
}

/**
 * Opens the segments of a catalog, finishing what a crash cut short: a making, a truncation at
 * either end, the last append.
 *
 * @throws ERR_SEGLOG_CORRUPT  something is missing or damaged that no crash takes
 */
export async function recoverSegments(
  catalog: SegmentCatalog,
  initialOffset: Offset,
): Promise<RecoveredLog> {
  const state = await catalog.loadState();
  const listed = await catalog.list();
  if (state === undefined) {
    // the state is durable before the first segment is made
    if (listed.length > 0) throw corrupt(catalog.path, `${catalog.path} has lost its state file`);
    return makeLog(catalog, initialOffset, 0);
  }
  if (listed.length === 0) {
    if (state.closedAt === state.firstOffset) {
      return makeLog(catalog, state.firstOffset, state.lastTime);
    }
    throw corrupt(catalog.path, `${catalog.path} has lost its segments`, state.firstOffset);
  }
  const kept = keptOf(state, listed);
  const dropped = listed.filter((listing) => !kept.includes(listing));
  try {
    return await openOrClose(catalog, state, { kept, dropped });
  } catch (error) {
    if (catalog.readOnly || dropped.length === 0 || shortageOf(error) === undefined) throw error;
    // a full disk: what the log holds no more goes first
    await catalog.remove(dropped.map(({ baseOffset }) => baseOffset));
    return openOrClose(catalog, state, { kept, dropped: [] });
  }
}

/** The segments that hold records of the log, by what its state says. */
function keptOf(
  { firstOffset, truncatingTo }: CatalogState,
  listed: readonly SegmentListing[],
): readonly SegmentListing[] {
  return listed.filter(({ baseOffset }, i) => {
    const next = listed[i + 1]?.baseOffset;
    const isBefore = next !== undefined && next <= firstOffset;
    return !isBefore && !(truncatingTo !== undefined && i > 0 && baseOffset > truncatingTo);
  });
}

interface Listed {
  readonly kept: readonly SegmentListing[];
  /** What a truncation dropped, and is to be removed. */
  readonly dropped: readonly SegmentListing[];
}

async function openOrClose(
  catalog: SegmentCatalog,
  state: CatalogState,
  listed: Listed,
): Promise<RecoveredLog> {
  const opened: Segment[] = [];
  try {
    return await openExisting(catalog, state, listed, opened);
  } catch (error) {
    for (const segment of opened) {
      await segment.close().catch(() => {}); // the first failure is the one to tell
    }
    throw error;
  }
}

async function makeLog(
  catalog: SegmentCatalog,
  firstOffset: Offset,
  lastTime: number,
): Promise<RecoveredLog> {
  if (catalog.readOnly) throw noLog(catalog.path);
  const recovery = { clean: true, tornBytes: 0, indexesRebuilt: [] };
  const state = { firstOffset, truncatingTo: undefined, lastTime };
  // "closed and empty": a crash before the first segment is there leaves a log without any
  await catalog.saveState({ ...state, closedAt: firstOffset });
  const segment = await catalog.create(firstOffset);
  try {
    await catalog.saveState({ ...state, closedAt: undefined });
  } catch (error) {
    await segment.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
  const segments = [segment];
  return { segments, firstOffset, nextOffset: firstOffset, lastTime, recovery };
}

async function openExisting(
  catalog: SegmentCatalog,
  state: CatalogState,
  { kept, dropped }: Listed,
  opened: Segment[],
): Promise<RecoveredLog> {
  const { firstOffset, closedAt, truncatingTo } = state;
  const clean = closedAt !== undefined;
  const first = kept[0]?.baseOffset;
  if (first === undefined || first > firstOffset) {
    throw corrupt(catalog.path, `the segment of record ${firstOffset} is missing`, firstOffset);
  }
  for (const [i, { baseOffset }] of kept.entries()) {
    const next = kept[i + 1]?.baseOffset;
    opened.push(
      next === undefined
        ? await openLast(catalog, baseOffset, state)
        : await openSealed(catalog, { baseOffset, nextOffset: next, clean }),
    );
  }
  const active = opened.at(-1) as Segment;
  const nextOffset = Math.min(active.nextOffset, truncatingTo ?? active.nextOffset);
  if (nextOffset < firstOffset || nextOffset < (truncatingTo ?? 0)) {
    const missing = Math.max(firstOffset, truncatingTo ?? 0);
    throw corrupt(catalog.path, `records before ${missing} are missing`, nextOffset);
  }
  const recovery = {
    clean,
    tornBytes: opened.reduce((sum, segment) => sum + segment.tornBytes, 0),
    indexesRebuilt: opened.filter((s) => s.indexRebuilt).map((s) => s.baseOffset),
  };
  const lastTime = Math.max(state.lastTime, lastTimeOf(opened, { firstOffset, nextOffset }));
  const recovered = { segments: opened, firstOffset, nextOffset, lastTime, recovery };
  if (!catalog.readOnly) {
    await finish(catalog, recovered, dropped);
    // over the other state that the catalog keeps, too: see `Truncator`
    if (truncatingTo !== undefined) await sayOpen(catalog, recovered);
  }
  return recovered;
}

/** Carries out what `recovered` is the outcome of: cuts, removes, and says that the log is open. */
async function finish(
  catalog: SegmentCatalog,
  { segments, firstOffset, nextOffset, lastTime }: RecoveredLog,
  dropped: readonly SegmentListing[],
): Promise<void> {
  const active = segments.at(-1) as Segment;
  if (active.nextOffset > nextOffset) await active.truncate(nextOffset);
  await catalog.remove(dropped.map(({ baseOffset }) => baseOffset));
  if (nextOffset === firstOffset && active.baseOffset < firstOffset) {
    await replaceEmptied(catalog, { segments, firstOffset, lastTime });
  }
  await sayOpen(catalog, { firstOffset, lastTime });
}

/** The log was emptied by a truncation that a crash cut short: the space is freed now. */
async function replaceEmptied(
  catalog: SegmentCatalog,
  { segments, firstOffset, lastTime }: Pick<RecoveredLog, "segments" | "firstOffset" | "lastTime">,
): Promise<void> {
  const emptied = [...segments];
  const discard = async (): Promise<void> => {
    for (const segment of emptied) await segment.close();
    await catalog.remove(emptied.map(({ baseOffset }) => baseOffset));
  };
  try {
    segments.splice(0, segments.length, await catalog.create(firstOffset));
    await discard();
  } catch (error) {
    if (shortageOf(error) === undefined || segments[0] !== emptied[0]) throw error;
    // the disk has no room before what is there goes: "closed and empty" may be without segments
    await catalog.saveState({
      firstOffset,
      closedAt: firstOffset,
      truncatingTo: undefined,
      lastTime,
    });
    await discard();
    segments.splice(0, segments.length, await catalog.create(firstOffset));
  }
}

function sayOpen(
  catalog: SegmentCatalog,
  { firstOffset, lastTime }: Pick<RecoveredLog, "firstOffset" | "lastTime">,
): Promise<void> {
  const state = { firstOffset, closedAt: undefined, truncatingTo: undefined, lastTime };
  return catalog.saveState(state);
}

function openLast(
  catalog: SegmentCatalog,
  baseOffset: Offset,
  { firstOffset, closedAt, truncatingTo }: CatalogState,
): Promise<Segment> {
  if (closedAt === undefined) {
    // all records that a truncation keeps were durable before it began; what it cuts may be in bits
    const cut = truncatingTo === undefined ? {} : { cutAt: truncatingTo };
    return catalog.open(baseOffset, { mode: "crashed", ...cut });
  }
  // a segment without records may be one whose making a crash cut short, and one with records of
  // an empty log one whose removal was: see `replaceEmptied`
  const mode = closedAt === baseOffset || closedAt === firstOffset ? "crashed" : "closed";
  if (mode === "closed") return openClosed(catalog, { baseOffset, nextOffset: closedAt });
  return catalog.open(baseOffset, { mode, nextOffset: closedAt });
}

/** Opens the last segment of a log that was closed. */
async function openClosed(
  catalog: SegmentCatalog,
  what: { readonly baseOffset: Offset; readonly nextOffset: Offset },
): Promise<Segment> {
  const { baseOffset, nextOffset } = what;
  try {
    return await catalog.open(baseOffset, { mode: "closed", nextOffset });
  } catch (error) {
    if (!hasCode(error, "ERR_SEGLOG_CORRUPT")) throw error;
    // The cut of a close whose sync failed looked done to the process that closed the log the next
    // time, and a power cut took it back: what was preallocated is there again, and nothing else.
    return openBeforeZeros(catalog, { ...what, clean: true }).catch((other: unknown) => {
      throw hasCode(other, "ERR_SEGLOG_CORRUPT") ? error : other;
    });
  }
}

/** Opens a segment that ends at `nextOffset`; behind a clean close only zeros may follow. */
async function openBeforeZeros(
  catalog: SegmentCatalog,
  what: { readonly baseOffset: Offset; readonly nextOffset: Offset; readonly clean: boolean },
): Promise<Segment> {
  const { baseOffset, nextOffset, clean } = what;
  const how = { mode: "crashed", nextOffset, zerosOnly: clean } as const;
  const segment = await catalog.open(baseOffset, how);
  if (!clean || segment.tornBytes === 0) return segment;
  await segment.close().catch(() => {}); // the first failure is the one to tell
  throw corrupt(catalog.path, `bytes behind record ${nextOffset - 1}`);
}

/** Opens a segment that has a successor, which begins at `nextOffset`, be it sealed yet or not. */
export async function openSealed(
  catalog: SegmentCatalog,
  what: { readonly baseOffset: Offset; readonly nextOffset: Offset; readonly clean: boolean },
): Promise<Segment> {
  const { baseOffset, nextOffset } = what;
  try {
    return await catalog.open(baseOffset, { mode: "sealed", nextOffset });
  } catch (error) {
    if (!hasCode(error, "ERR_SEGLOG_CORRUPT")) throw error;
  }
  // complete and durable, as the segment after it shows, but the crash came before it was sealed,
  // or a writer in another process is about to: what was preallocated is still there. Also after a
  // clean close: a process may have been killed between the cut and its sync, and the next one, to
  // which the file looked sealed, had nothing to sync
  const segment = await openBeforeZeros(catalog, what);
  try {
    if (!catalog.readOnly) await segment.seal();
    return segment;
  } catch (error) {
    await segment.close().catch(() => {}); // the first failure is the one to tell
    throw error;
  }
}

/** Time of the last record that is whole; 0 when there is none. */
function lastTimeOf(
  segments: readonly Segment[],
  { firstOffset, nextOffset }: { readonly firstOffset: Offset; readonly nextOffset: Offset },
): number {
  for (const segment of segments.toReversed()) {
    const first = Math.max(segment.baseOffset, firstOffset);
    for (let last = Math.min(segment.nextOffset, nextOffset) - 1; last >= first; last--) {
      const time = timeOf(segment, last);
      if (time !== undefined) return time;
    }
  }
  return 0;
}
