import type { IndexEntry } from "./contract.ts";
import { ENTRIES_MAX, INDEX_ENTRY_BYTES } from "./entry-layout.ts";

/**
 * How many leading entries of a file look like an index. The file may hold anything: zeros made
 * ahead, the remains of a crash, bytes of something else.
 *
 * Looks at O(log n) entries, so that opening touches few pages; what lies between them is not
 * known. Whoever uses the index compares it with the store.
 *
 * @param fileBytes  length of the file; a part of an entry at its end is ignored
 * @param entryAt  the entry at `n * 16`; a value above 2^53 - 1 may come back inexact, but above
 */
export function countEntries(fileBytes: number, entryAt: (n: number) => IndexEntry): number {
  const total = Math.min(Math.floor(fileBytes / INDEX_ENTRY_BYTES), ENTRIES_MAX);
  if (total === 0) return 0;
  const first = entryAt(0);
  if (!isPlausible(first, first, 0)) return 0;
  if (first.offset === 0 && first.position === 0 && !isConfirmed(fileBytes, entryAt)) return 0;
  const count = searchEnd(total, (n) => isPlausible(entryAt(n), first, n));
  if (count > 1 && entryAt(count - 1).position <= entryAt(count - 2).position) return count - 1;
  return count;
}

/** Entry `n` counts on from the first; positions rise by 1 or more, so that zeros fail. */
function isPlausible(entry: IndexEntry, first: IndexEntry, n: number): boolean {
  return (
    entry.offset === first.offset + n &&
    entry.offset <= Number.MAX_SAFE_INTEGER &&
    entry.position >= first.position + n &&
    entry.position <= Number.MAX_SAFE_INTEGER
  );
}

/**
 * Whether a first entry of zeros is one, not room made ahead: it stands alone, as closing leaves
 * it, or the second follows from it.
 */
function isConfirmed(fileBytes: number, entryAt: (n: number) => IndexEntry): boolean {
  if (fileBytes === INDEX_ENTRY_BYTES) return true;
  if (fileBytes < 2 * INDEX_ENTRY_BYTES) return false;
  const second = entryAt(1);
  return isPlausible(second, { offset: 0, position: 0 }, 1);
}

/** The least `n` in `[1, total]` found where entry `n - 1` is plausible and entry `n` is not. */
function searchEnd(total: number, isPlausibleAt: (n: number) => boolean): number {
  let low = 1;
  let high = total;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (isPlausibleAt(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
