import { hasCode, invariant } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { Store, StoreScan } from "@seglog/store";
import { saysLost } from "./lost-record.ts";
import { isNumbered } from "./record-head.ts";
import { isAstray } from "./waypoints.ts";

/** One chunk of a rebuilding scan: bounds memory, large enough that a scan costs its bytes. */
const CHUNK = Object.freeze({ recordsMax: 65_536, bytesMax: 1 << 20 });

/** A store, the index over it, and the offset of the store's first record. */
export interface IndexedStore {
  readonly store: Store;
  readonly index: Index;
  readonly baseOffset: number;
}

/**
 * Writes the index anew from a store whose frames were looked at when it was opened. Only their
 * lengths are read: to copy and verify 400,000 records once more took half of an opening's time.
 *
 * @returns one past the offset of the last record
 * @throws ERR_SEGLOG_CORRUPT  at a frame whose length is damaged
 */
export function rebuildIndex({ store, index, baseOffset }: IndexedStore): number {
  index.truncate(0);
  let offset = baseOffset;
  walkFrames(store, (position) => index.write(offset++, position));
  return offset;
}

/**
 * Writes the index anew from a store that is known to hold so many records. A record that is
 * damaged, but whose length is not, gets its entry like the others: only reading it will fail.
 *
 * @returns one past the offset of the last record; where it is another, the index is untouched
 * @throws ERR_SEGLOG_CORRUPT  at a frame whose length is damaged; the index is untouched
 */
export function rebuildKnownIndex(
  { store, index, baseOffset }: IndexedStore,
  nextOffset: number,
): number {
  let found = baseOffset;
  walkFrames(store, () => found++);
  if (found !== nextOffset) return found;
  index.truncate(0);
  let offset = baseOffset;
  walkFrames(store, (position) => index.write(offset++, position));
  return offset;
}

/**
 * What the index lacks is written from the store, where the index agrees with the store at both
 * ends; entries in between are checked when they are read.
 *
 * @returns one past the offset of the last record; `undefined` when index and store disagree
 */
export function completeIndex({ store, index, baseOffset }: IndexedStore): number | undefined {
  const indexed = index.nextOffset;
  if (indexed === undefined) return store.size === 0 ? baseOffset : undefined;
  if (indexed <= baseOffset) return undefined;
  if (index.read(baseOffset) !== 0) return undefined;
  const last = index.floor(indexed - 1);
  if (last === undefined || last.offset < baseOffset || last.position >= store.size) {
    return undefined;
  }
  try {
    if (!mayBeAt(store, last)) return undefined;
    // a sparse index keeps fewer entries than were written: walk to the last one written
    let { offset, position } = last;
    for (; offset < indexed; offset++) position = store.next(position);
    return extendIndex({ store, index, baseOffset }, { offset, position });
  } catch (error) {
    // an entry that is no entry, but counts as the last written, refuses what would follow it
    if (isAstray(error) || hasCode(error, "ERR_SEGLOG_INVALID_ARGUMENT")) return undefined;
    throw error;
  }
}

/** False where another record is; a damaged one is for its reader to find. */
function mayBeAt(store: Store, entry: { offset: number; position: number }): boolean {
  try {
    const record = store.readView(entry.position);
    return isNumbered(record, entry.offset) || saysLost(record, entry.offset);
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_CORRUPT")) return true;
    throw error;
  }
}

function extendIndex(
  { store, index }: IndexedStore,
  from: { offset: number; position: number },
): number {
  let { offset, position } = from;
  while (position < store.size) {
    const scan = advance(store, position);
    for (const at of scan.positions) index.write(offset++, at);
    position = scan.next;
  }
  return offset;
}

/**
 * Visits all frames in order, valid or not.
 * @throws ERR_SEGLOG_CORRUPT  at the first frame whose length cannot be right
 */
function walkFrames(store: Store, visit: (position: number) => void): void {
  for (let position = 0; position < store.size; ) {
    visit(position);
    const next = store.next(position);
    invariant(next > position, "the frame after another has the greater position");
    position = next;
  }
}

function advance(store: Store, position: number): StoreScan {
  const scan = store.scan(position, CHUNK);
  invariant(scan.next > position, "a scan from before the end of a store advances");
  return scan;
}
