import type { SavedCursor, SegmentCatalog } from "../contract.ts";
import { fill, listed } from "./catalog-cases.ts";
import { equal, failsWith } from "./expect.ts";
import type { Cases, SegmentCatalogHarness } from "./harness.ts";
import { hasState, STATE } from "./state-cases.ts";

const NO_NAMES = ["", ".", "..", "../a", "a/b", "A", "a\0", "-a", "a b", "ä", "a".repeat(65), 7];
/** In ascending order. Files, if a cursor is one, may be in another: `a-b.x` is before `a.x`. */
const NAMES = ["0", "a", "a-b", "a.b", "a0", "a_b", "aa", "b", "z".repeat(64)];

/** What `listCursors`, `saveCursor` and `removeCursor` promise. */
export const CURSOR_CASES: Cases<SegmentCatalogHarness> = {
  async "a new catalog has no cursors, also when it is opened again"({ open }) {
    for (let n = 0; n < 2; n++) {
      const catalog = await open();
      equal("listCursors", await catalog.listCursors(), []);
      await catalog.close();
    }
  },
  async "cursors are listed by name in ascending order, however they were saved"({ open }) {
    const catalog = await open();
    for (const [n, name] of NAMES.toReversed().entries()) await catalog.saveCursor(name, n);
    const saved = NAMES.map((name, n) => ({ name, offset: NAMES.length - 1 - n }));
    await hasCursors(catalog, saved);
    await catalog.close();
    const again = await open();
    await hasCursors(again, saved);
    await again.close();
  },
  async "a cursor is where it was saved last, forward or back, over any number of openings"({
    open,
  }) {
    let last = 0;
    for (const offsets of [[0], [5, 2 ** 40], [Number.MAX_SAFE_INTEGER], [3, 2, 1, 0], [9]]) {
      const catalog = await open();
      for (const offset of offsets) {
        await catalog.saveCursor("a", offset);
        await hasCursors(catalog, [{ name: "a", offset }]);
        last = offset;
      }
      await catalog.close();
    }
    const catalog = await open();
    await hasCursors(catalog, [{ name: "a", offset: last }]);
    await catalog.close();
  },
  async "a removed cursor is gone, the others are not, and its name is free"({ open }) {
    const catalog = await open();
    for (const [n, name] of ["a", "b", "c"].entries()) await catalog.saveCursor(name, n + 10);
    await catalog.removeCursor("b");
    await catalog.removeCursor("b");
    await catalog.removeCursor("never-was");
    const kept = [
      { name: "a", offset: 10 },
      { name: "c", offset: 12 },
    ];
    await hasCursors(catalog, kept);
    await catalog.close();
    const again = await open();
    await hasCursors(again, kept);
    await again.saveCursor("b", 1);
    await hasCursors(again, [kept[0], { name: "b", offset: 1 }, kept[1]] as SavedCursor[]);
    await again.close();
  },
  async "what is no cursor's name is refused, and nothing is saved"({ open }) {
    const catalog = await open();
    for (const name of NO_NAMES as string[]) {
      const what = `saveCursor(${JSON.stringify(name)})`;
      await failsWith("ERR_SEGLOG_INVALID_ARGUMENT", what, () => catalog.saveCursor(name, 1));
    }
    await hasCursors(catalog, []);
    await catalog.close();
  },
  async "cursors depend on no segment and no state, nor these on them"({ open }) {
    const catalog = await open();
    await catalog.saveCursor("a", 500);
    await catalog.saveState(STATE);
    await fill(catalog, { baseOffset: 500, count: 3 });
    await hasCursors(catalog, [{ name: "a", offset: 500 }]);
    equal("base offsets", await listed(catalog), [500]);
    await catalog.remove([500]);
    await hasCursors(catalog, [{ name: "a", offset: 500 }]);
    await catalog.removeCursor("a");
    await hasState(catalog, STATE);
    await catalog.close();
  },
};

async function hasCursors(
  catalog: SegmentCatalog,
  expected: readonly SavedCursor[],
): Promise<void> {
  const pairs = (cursors: readonly SavedCursor[]) =>
    cursors.map(({ name, offset }) => [name, offset]);
  equal("cursors", pairs(await catalog.listCursors()), pairs(expected));
}
