import { hasCode, invariant } from "@seglog/errors";
import type { Index } from "@seglog/index";
import type { Store, StoreScan } from "@seglog/store";

/** One chunk of a rebuilding scan: bounds memory, large enough that a scan costs its bytes. */
const CHUNK = Object.freeze({ recordsMax: 65_536, bytesMax: 1 << 20 });

/** A store, the index over it, and the offset of the store's first record. */
export interface IndexedStore {
  readonly store: Store;
  readonly index: Index;
  readonly baseOffset: number;
}

/**
 * Writes the index anew from the store.
 *
 * @returns one past the offset of the last record
 * @throws ERR_SEGLOG_CORRUPT  the store holds an invalid frame before its end
 */
export function rebuildIndex({ store, index, baseOffset }: IndexedStore): number {
  index.truncate(baseOffset);
  return extendIndex({ store, index, baseOffset }, { offset: baseOffset, position: 0 });
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
    // a sparse index keeps fewer entries than were written: walk to the last one written
    let { offset, position } = last;
    for (; offset < indexed; offset++) position = store.next(position);
    return extendIndex({ store, index, baseOffset }, { offset, position });
  } catch (error) {
    if (hasCode(error, "ERR_SEGLOG_CORRUPT") || hasCode(error, "ERR_SEGLOG_OUT_OF_RANGE")) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Reads the store from end to end, checking every frame.
 * @throws ERR_SEGLOG_CORRUPT  at the first invalid frame
 */
export function countRecords(store: Store): number {
  let count = 0;
  for (let position = 0; position < store.size; ) {
    const scan = advance(store, position);
    count += scan.records.length;
    position = scan.next;
  }
  return count;
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

function advance(store: Store, position: number): StoreScan {
  const scan = store.scan(position, CHUNK);
  invariant(scan.next > position, "a scan from before the end of a store advances");
  return scan;
}
