import type { Offset, Segment, SegmentCatalog } from "../contract.ts";
import { equal, failsWith, holds } from "./expect.ts";
import type { Cases, SegmentCatalogHarness } from "./harness.ts";
import { appendAll, holdsRecords, someRecords } from "./records.ts";

/** What `list`, `create` and `remove` promise. */
export const SEGMENT_CASES: Cases<SegmentCatalogHarness> = {
  async "a new catalog lists nothing"({ open }) {
    const catalog = await open();
    equal("list", await catalog.list(), []);
    equal("readOnly", catalog.readOnly, false);
    await catalog.close();
  },
  async "a created segment is empty and takes records"({ open }) {
    const catalog = await open();
    for (const baseOffset of [0, 1, 2 ** 40]) {
      const segment = await catalog.create(baseOffset);
      equal("baseOffset", segment.baseOffset, baseOffset);
      equal("indexRebuilt", segment.indexRebuilt, false);
      const records = someRecords(10);
      appendAll(segment, records);
      holdsRecords(segment, records);
      await segment.close();
    }
    await catalog.close();
  },
  async "list is in order of base offsets, however they were created"({ open }) {
    const catalog = await open();
    const made = [100, 3, 2 ** 53 - 2, 0, 20, 2 ** 33];
    for (const baseOffset of made) await (await catalog.create(baseOffset)).close();
    equal(
      "base offsets",
      await listed(catalog),
      made.toSorted((a, b) => a - b),
    );
    await catalog.close();
    const again = await open();
    equal(
      "base offsets",
      await listed(again),
      made.toSorted((a, b) => a - b),
    );
    await again.close();
  },
  async "list tells the bytes of each segment"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 0, count: 10 });
    await fill(catalog, { baseOffset: 10, count: 500 });
    const [small, large] = await catalog.list();
    holds((small?.bytes ?? 0) > 0, "a segment with records has bytes");
    holds((large?.bytes ?? 0) > (small?.bytes ?? 0), "one with more records has more");
    await catalog.close();
  },
  async "creating one that is there fails with ERR_SEGLOG_EXISTS and spares it"({ open }) {
    const catalog = await open();
    const segment = await catalog.create(7);
    const records = someRecords(20);
    appendAll(segment, records.slice(0, 10));
    await failsWith("ERR_SEGLOG_EXISTS", "create", () => catalog.create(7));
    appendAll(segment, records.slice(10));
    await segment.close();
    await failsWith("ERR_SEGLOG_EXISTS", "create", () => catalog.create(7));
    const again = await catalog.open(7, { mode: "closed", nextOffset: 27 });
    holdsRecords(again, records);
    equal("indexRebuilt", again.indexRebuilt, false);
    await again.close();
    await catalog.close();
  },
  async "removed segments are gone, the others are not, and their names are free"({ open }) {
    const catalog = await open();
    for (const baseOffset of [0, 10, 20, 30]) await fill(catalog, { baseOffset, count: 10 });
    await catalog.remove([0, 20]);
    equal("base offsets", await listed(catalog), [10, 30]);
    await failsWith("ERR_SEGLOG_NOT_FOUND", "open", () => catalog.open(0, { mode: "crashed" }));
    await catalog.remove([]);
    await catalog.remove([0, 500]);
    await catalog.close();
    const again = await open();
    equal("base offsets", await listed(again), [10, 30]);
    const segment = await again.create(20);
    holdsRecords(segment, []);
    await segment.close();
    const kept = await again.open(30, { mode: "closed", nextOffset: 40 });
    holdsRecords(kept, someRecords(10));
    await kept.close();
    await again.close();
  },
  async "a segment that is open when it is removed stays readable until it is closed"({ open }) {
    const catalog = await open();
    const active = await catalog.create(0);
    const records = someRecords(50);
    appendAll(active, records);
    await fill(catalog, { baseOffset: 50, count: 50 });
    const sealed = await catalog.open(50, { mode: "sealed", nextOffset: 100 });
    await catalog.remove([0, 50]);
    holdsRecords(active, records);
    holdsRecords(sealed, records);
    await active.close();
    await sealed.close();
    equal("base offsets", await listed(catalog), []);
    await catalog.close();
  },
};

/** What `open` promises. */
export const OPEN_CASES: Cases<SegmentCatalogHarness> = {
  async "each mode finds the records of a segment that was closed"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 5, count: 30 });
    for (const options of [
      { mode: "crashed" },
      { mode: "crashed", nextOffset: 35 },
      { mode: "closed" },
      { mode: "closed", nextOffset: 35 },
      { mode: "sealed", nextOffset: 35 },
    ] as const) {
      const segment = await catalog.open(5, options);
      equal("tornBytes", segment.tornBytes, 0);
      holdsRecords(segment, someRecords(30));
      await segment.close();
    }
    await catalog.close();
  },
  async "appends go on in a segment opened as closed or crashed, not as sealed"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 0, count: 5 });
    const records = someRecords(5);
    for (const mode of ["closed", "crashed"] as const) {
      const segment = await catalog.open(0, { mode });
      const others = someRecords(2, records.length);
      appendAll(segment, others);
      records.push(...others);
      await segment.close();
    }
    const segment = await catalog.open(0, { mode: "sealed", nextOffset: records.length });
    const code = "ERR_SEGLOG_READ_ONLY";
    await failsWith(code, "append", () => segment.append(new Uint8Array(1), 2 ** 47, false));
    await failsWith(code, "truncate", () => segment.truncate(2));
    holdsRecords(segment, records);
    await segment.close();
    await catalog.close();
  },
  async "a segment that does not end at nextOffset is ERR_SEGLOG_CORRUPT"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 100, count: 10 });
    for (const mode of ["sealed", "closed", "crashed"] as const) {
      for (const nextOffset of [100, 109, 111, 1000]) {
        const what = `open as ${mode} to ${nextOffset}`;
        await failsWith("ERR_SEGLOG_CORRUPT", what, () => catalog.open(100, { mode, nextOffset }));
      }
    }
    const segment = await catalog.open(100, { mode: "sealed", nextOffset: 110 });
    holdsRecords(segment, someRecords(10));
    await segment.close();
    await catalog.close();
  },
  async "opening one that is not there is ERR_SEGLOG_NOT_FOUND and makes none"({ open }) {
    const catalog = await open();
    for (const mode of ["sealed", "closed", "crashed"] as const) {
      await failsWith("ERR_SEGLOG_NOT_FOUND", `open as ${mode}`, () =>
        catalog.open(3, { mode, nextOffset: 3 }),
      );
    }
    equal("base offsets", await listed(catalog), []);
    await catalog.close();
  },
  async "misuse is ERR_SEGLOG_INVALID_ARGUMENT and changes nothing"({ open }) {
    const catalog = await open();
    await fill(catalog, { baseOffset: 0, count: 3 });
    const code = "ERR_SEGLOG_INVALID_ARGUMENT";
    for (const baseOffset of [-1, 0.5, Number.NaN, 2 ** 53, "0" as unknown as number]) {
      await failsWith(code, `create(${baseOffset})`, () => catalog.create(baseOffset));
      await failsWith(code, `remove([0, ${baseOffset}])`, () => catalog.remove([0, baseOffset]));
      const mode = "crashed";
      await failsWith(code, `open(${baseOffset})`, () => catalog.open(baseOffset, { mode }));
    }
    for (const options of [{}, { mode: "sealed" }, { mode: "open" }, { mode: "closed", x: 1 }]) {
      const what = `open(0, ${JSON.stringify(options)})`;
      await failsWith(code, what, () => catalog.open(0, options as { mode: "crashed" }));
    }
    equal("base offsets", await listed(catalog), [0]);
    await catalog.close();
  },
};

/** Makes a segment of `someRecords(count)` and closes it. */
export async function fill(
  catalog: SegmentCatalog,
  { baseOffset, count }: { readonly baseOffset: Offset; readonly count: number },
): Promise<void> {
  const segment: Segment = await catalog.create(baseOffset);
  appendAll(segment, someRecords(count));
  await segment.close();
}

/** The base offsets of all segments. */
export async function listed(catalog: SegmentCatalog): Promise<Offset[]> {
  return (await catalog.list()).map(({ baseOffset }) => baseOffset);
}
