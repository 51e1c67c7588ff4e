import type { CatalogState, LogProgress, SegmentCatalog } from "../contract.ts";
import { fill, listed } from "./catalog-cases.ts";
import { equal, failsWith } from "./expect.ts";
import type { Cases, SegmentCatalogHarness } from "./harness.ts";
import { appendAll, holdsRecords, someRecords } from "./records.ts";

/** A state with a value in every field. */
export const STATE: CatalogState = Object.freeze({
  firstOffset: 12,
  closedAt: 34,
  truncatingTo: 20,
  lastTime: 1_700_000_000_000,
});

/** How far an empty log is. */
export const NO_PROGRESS: LogProgress = Object.freeze({
  firstOffset: 0,
  committedOffset: 0,
  cutCount: 0,
  cuts: [],
});

const STATES: readonly CatalogState[] = [
  STATE,
  { ...STATE, closedAt: undefined },
  { ...STATE, truncatingTo: undefined },
  { ...STATE, closedAt: undefined, truncatingTo: undefined },
  { firstOffset: 0, closedAt: 0, truncatingTo: 0, lastTime: 0 },
  { firstOffset: 2 ** 32, closedAt: 2 ** 32 + 1, truncatingTo: 2 ** 33, lastTime: 2 ** 47 },
  {
    firstOffset: Number.MAX_SAFE_INTEGER,
    closedAt: Number.MAX_SAFE_INTEGER,
    truncatingTo: Number.MAX_SAFE_INTEGER,
    lastTime: 2 ** 48 - 1,
  },
];

/** What `loadState` and `saveState` promise. */
export const STATE_CASES: Cases<SegmentCatalogHarness> = {
  async "a new catalog has no state, also when it is opened again"({ open }) {
    const catalog = await open();
    equal("loadState", await catalog.loadState(), undefined);
    await catalog.close();
    const again = await open();
    equal("loadState", await again.loadState(), undefined);
    await again.close();
  },
  async "every state is loaded as it was saved, at once and when opened again"({ open }) {
    for (const state of STATES) {
      const catalog = await open();
      await catalog.saveState(state);
      await hasState(catalog, state);
      await catalog.close();
      const again = await open();
      await hasState(again, state);
      await again.close();
    }
  },
  async "of many states the last is loaded, over any number of openings"({ open }) {
    let firstOffset = 0;
    for (const saves of [1, 2, 3, 1, 1, 4]) {
      const catalog = await open();
      for (let i = 0; i < saves; i++)
        await catalog.saveState({ ...STATE, firstOffset: ++firstOffset });
      await hasState(catalog, { ...STATE, firstOffset });
      await catalog.close();
    }
    const catalog = await open();
    await hasState(catalog, { ...STATE, firstOffset });
    await catalog.close();
  },
  async "a state with a wrong or unknown field is refused, and the old one stays"({ open }) {
    const catalog = await open();
    await catalog.saveState(STATE);
    for (const wrong of [
      { firstOffset: -1 },
      { firstOffset: undefined },
      { closedAt: 0.5 },
      { truncatingTo: 2 ** 53 },
      { lastTime: 2 ** 48 },
      { lastTime: Number.NaN },
      { note: "text" },
    ]) {
      const state = { ...STATE, ...wrong } as CatalogState;
      const what = `saveState(${JSON.stringify(wrong)})`;
      await failsWith("ERR_SEGLOG_INVALID_ARGUMENT", what, () => catalog.saveState(state));
    }
    await hasState(catalog, STATE);
    await catalog.close();
  },
  async "the state does not depend on the segments"({ open }) {
    const catalog = await open();
    await catalog.saveState(STATE);
    await fill(catalog, { baseOffset: 500, count: 3 });
    await catalog.remove([500]);
    await hasState(catalog, STATE);
    equal("base offsets", await listed(catalog), []);
    await catalog.close();
  },
};

/** What `close` promises. */
export const CATALOG_END_CASES: Cases<SegmentCatalogHarness> = {
  async "close is idempotent, also while it runs"({ open }) {
    const catalog = await open();
    await Promise.all([catalog.close(), catalog.close()]);
    await catalog.close();
  },
  async "after close every call but close fails with ERR_SEGLOG_CLOSED"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 0, count: 3 });
    await catalog.close();
    await isClosed(catalog);
  },
  async "segments outlive their catalog"({ open }) {
    const catalog = await open();
    const segment = await catalog.create(0);
    await catalog.close();
    const records = someRecords(10);
    appendAll(segment, records);
    await segment.sync();
    holdsRecords(segment, records);
    await segment.close();
  },
};

/** What the lock promises, where there is one. */
export const LOCK_CASES: Cases<SegmentCatalogHarness> = {
  async "where it locks, a second writer is refused until the first has closed"({ open }) {
    const catalog = await open();
    await failsWith("ERR_SEGLOG_LOCKED", "a second open", open);
    await failsWith("ERR_SEGLOG_LOCKED", "a third open", open);
    await catalog.close();
    await (await open()).close();
  },
};

/** Checks what is loaded, field by field. */
export async function hasState(catalog: SegmentCatalog, state: CatalogState): Promise<void> {
  const found = await catalog.loadState();
  equal("firstOffset", found?.firstOffset, state.firstOffset);
  equal("closedAt", found?.closedAt, state.closedAt);
  equal("truncatingTo", found?.truncatingTo, state.truncatingTo);
  equal("lastTime", found?.lastTime, state.lastTime);
}

/** Checks that every call but `close` is refused. */
export async function isClosed(catalog: SegmentCatalog): Promise<void> {
  const code = "ERR_SEGLOG_CLOSED";
  await failsWith(code, "list", () => catalog.list());
  await failsWith(code, "create", () => catalog.create(99));
  await failsWith(code, "open", () => catalog.open(0, { mode: "crashed" }));
  await failsWith(code, "remove", () => catalog.remove([0]));
  await failsWith(code, "loadState", () => catalog.loadState());
  await failsWith(code, "saveState", () => catalog.saveState(STATE));
  await failsWith(code, "publish", () => catalog.publish(NO_PROGRESS));
  await failsWith(code, "published", () => catalog.published());
  await failsWith(code, "watch", () => catalog.watch(() => {}));
  await failsWith(code, "listCursors", () => catalog.listCursors());
  await failsWith(code, "saveCursor", () => catalog.saveCursor("a", 0));
  await failsWith(code, "removeCursor", () => catalog.removeCursor("a"));
}
