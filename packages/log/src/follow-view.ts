import { hasCode } from "@seglog/errors";
import type {
  CatalogState,
  PublishedProgress,
  Segment,
  SegmentCatalog,
  SegmentListing,
} from "@seglog/segment";
import type { LogRecovery, Offset } from "./contract.ts";
import { corrupt, noLog } from "./log-errors.ts";
import { openSealed, recoverSegments } from "./recover-segments.ts";

/** A log as it was at one moment while somebody else may be writing it. */
export interface FollowView {
  readonly segments: Segment[];
  readonly firstOffset: Offset;
  readonly committedOffset: Offset;
  /** What the writer had told; `undefined` where that is not known. */
  readonly published: PublishedProgress | undefined;
  readonly recovery: LogRecovery;
}

/** What a writer's work under a reader's feet looks like; or damage, if it stays. */
const UNDER_OUR_FEET = [
  "ERR_SEGLOG_CORRUPT",
  "ERR_SEGLOG_IO",
  "ERR_SEGLOG_NOT_FOUND",
  "ERR_SEGLOG_OUT_OF_RANGE",
] as const;
/** So often it may look wrong while the writer tells nothing new. */
const LOOKS_MAX = 3;

/**
 * Opens the segments of a read-only catalog as far as its writer has committed, and tries again
 * where they changed meanwhile.
 *
 * Where no writer has told anything since the system started, nothing can be in its memory only:
 * what is in the files survived, and opening decides as it does after a crash.
 */
export async function openView(catalog: SegmentCatalog): Promise<FollowView> {
  for (let looks = 1; ; looks++) {
    let before = catalog.published();
    let view: FollowView | undefined;
    let failure: unknown;
    try {
      await catalog.loadState(); // nothing told may be known before
      before = catalog.published();
      view = await viewOf(catalog, before, looks === LOOKS_MAX);
    } catch (error) {
      failure = error;
    }
    const isSame = isSameLog(before, catalog.published());
    if (view !== undefined && isSame) return view;
    await closeAll(view?.segments ?? []);
    if (!isSame) looks = 0;
    else if (before === undefined || looks >= LOOKS_MAX || !mayPass(failure)) throw failure;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether what was found by the one still stands by the other: no cut, no new opening. */
export function isSameLog(
  one: PublishedProgress | undefined,
  other: PublishedProgress | undefined,
): boolean {
  return one?.session === other?.session && one?.cutCount === other?.cutCount;
}

/** Whether a failure may be that of looking while a writer works. */
export function mayPass(error: unknown): boolean {
  return UNDER_OUR_FEET.some((code) => hasCode(error, code));
}

/** Closes segments; nobody waits for what fails in it. */
export async function closeAll(segments: readonly Segment[]): Promise<void> {
  for (const segment of segments) await segment.close().catch(() => {}); // nothing to be lost
}

async function viewOf(
  catalog: SegmentCatalog,
  published: PublishedProgress | undefined,
  isLast: boolean,
): Promise<FollowView> {
  if (published !== undefined && !isLast) return openPublished(catalog, published);
  // what was told does not fit, and stays so: a repair, which tells nothing, may have been here
  const { segments, nextOffset, ...found } = await recoverSegments(catalog, 0);
  const told = published?.committedOffset ?? nextOffset;
  const committedOffset = Math.max(found.firstOffset, Math.min(told, nextOffset));
  return { ...found, segments, committedOffset, published };
}

async function openPublished(
  catalog: SegmentCatalog,
  published: PublishedProgress,
): Promise<FollowView> {
  const state = await catalog.loadState();
  const listed = await catalog.list();
  if (state === undefined) throw noLog(catalog.path);
  const committedOffset = endOf(published, state);
  // the state is saved before it is told
  const firstOffset = Math.max(published.firstOffset, state.firstOffset);
  const kept = keptOf(listed, { firstOffset, committedOffset });
  const isThere = (kept[0]?.baseOffset ?? firstOffset + 1) <= firstOffset;
  if (!isThere || firstOffset > committedOffset) {
    throw corrupt(catalog.path, `the segment of record ${firstOffset} is missing`, firstOffset);
  }
  const isClosed = state.closedAt === committedOffset;
  const segments: Segment[] = [];
  try {
    for (const { baseOffset } of kept) {
      const next = listed.find((other) => other.baseOffset > baseOffset)?.baseOffset;
      segments.push(
        next !== undefined && next <= committedOffset
          ? await openSealed(catalog, { baseOffset, nextOffset: next, clean: isClosed })
          : await openLast(catalog, { baseOffset, committedOffset, isClosed }),
      );
    }
    const end = segments.at(-1)?.nextOffset ?? 0;
    if (end < committedOffset) {
      throw corrupt(catalog.path, `records before ${committedOffset} are missing`, end);
    }
  } catch (error) {
    await closeAll(segments);
    throw error;
  }
  const indexesRebuilt = segments.filter((s) => s.indexRebuilt).map((s) => s.baseOffset);
  const recovery = { clean: state.closedAt !== undefined, tornBytes: 0, indexesRebuilt };
  return { segments, firstOffset, committedOffset, published, recovery };
}

/** What is durable outweighs what was told: that file may be damaged, and half of it an old one. */
function endOf(
  { committedOffset }: PublishedProgress,
  { closedAt, truncatingTo }: CatalogState,
): Offset {
  return closedAt ?? Math.min(committedOffset, truncatingTo ?? committedOffset);
}

/** Those with records to be seen, or else the one that will have the next. */
function keptOf(
  listed: readonly SegmentListing[],
  range: { readonly firstOffset: Offset; readonly committedOffset: Offset },
): readonly SegmentListing[] {
  const { firstOffset, committedOffset } = range;
  const kept = listed.filter(({ baseOffset }, i) => {
    const next = listed[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY;
    return next > firstOffset && baseOffset < committedOffset;
  });
  if (kept.length > 0) return kept;
  return listed.filter(({ baseOffset }) => baseOffset <= committedOffset).slice(-1);
}

/**
 * The last segment, as far as it is committed: what lies behind may be cut and written anew, and
 * is not looked at.
 */
export function openLast(
  catalog: SegmentCatalog,
  last: {
    readonly baseOffset: Offset;
    readonly committedOffset: Offset;
    readonly isClosed: boolean;
  },
): Promise<Segment> {
  const { baseOffset, committedOffset, isClosed } = last;
  return isClosed && committedOffset > baseOffset
    ? catalog.open(baseOffset, { mode: "closed", nextOffset: committedOffset })
    : catalog.open(baseOffset, { mode: "crashed", cutAt: committedOffset });
}
