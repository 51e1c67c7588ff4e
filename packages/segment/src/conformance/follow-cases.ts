import type { LogProgress, PublishedProgress, Segment, SegmentCatalog } from "../contract.ts";
import { fill, listed } from "./catalog-cases.ts";
import { equal, failsWith, holds } from "./expect.ts";
import type { Cases, SegmentCatalogHarness } from "./harness.ts";
import { appendAll, holdsRecords, isRecord, type ModelRecord, someRecords } from "./records.ts";
import { hasState, isClosed, NO_PROGRESS, STATE } from "./state-cases.ts";

/** A state that says that the log is open: from then on what is published shows. */
const OPEN = Object.freeze({ ...STATE, closedAt: undefined });
const MAX = Number.MAX_SAFE_INTEGER;
/** As a log's does: what only rises does so here, too. */
const PROGRESSES: readonly LogProgress[] = [
  NO_PROGRESS,
  { ...NO_PROGRESS, committedOffset: 1 },
  { firstOffset: 7, committedOffset: 2 ** 33, cutCount: 1, cuts: [{ number: 1, nextOffset: 9 }] },
  { firstOffset: 7, committedOffset: 8, cutCount: 2, cuts: [{ number: 2, nextOffset: 7 }] },
  {
    firstOffset: 2 ** 32,
    committedOffset: 2 ** 40,
    cutCount: 900,
    cuts: Array.from({ length: 16 }, (_, n) => ({ number: 885 + n, nextOffset: 2 ** 33 + n })),
  },
  {
    firstOffset: MAX,
    committedOffset: MAX,
    cutCount: MAX,
    cuts: [{ number: MAX, nextOffset: MAX }],
  },
];

/** What `publish` and `published` promise to whoever writes. */
export const PUBLISH_CASES: Cases<SegmentCatalogHarness> = {
  async "published tells the last that was published, or nothing, and never one before"({ open }) {
    const catalog = await open();
    equal("published, before anything was", catalog.published(), undefined);
    await catalog.saveState(OPEN);
    for (const progress of PROGRESSES) {
      catalog.publish(progress);
      const told = catalog.published();
      if (told !== undefined) isTold("the writer", told, progress);
    }
    await catalog.close();
  },
};

/** What opening read-only promises, beside a writer too. */
export const FOLLOW_CASES: Cases<SegmentCatalogHarness> = {
  async "opened read-only it is read, also beside a writer, and refuses to write"(harness) {
    const { writer, openReadOnly } = await written(harness);
    await writer.saveState(STATE);
    await fill(writer, { baseOffset: 0, count: 20 });
    await fill(writer, { baseOffset: 20, count: 20 });
    const reader = await openReadOnly();
    equal("readOnly", reader.readOnly, true);
    equal("base offsets", await listed(reader), [0, 20]);
    await hasState(reader, STATE);
    const sealed = await reader.open(0, { mode: "sealed", nextOffset: 20 });
    holdsRecords(sealed, someRecords(20));
    const last = await reader.open(20, { mode: "crashed" });
    holdsRecords(last, someRecords(20));
    const code = "ERR_SEGLOG_READ_ONLY";
    for (const segment of [sealed, last]) {
      await failsWith(code, "append", () => segment.append(new Uint8Array(1), 2 ** 47, false));
      await failsWith(code, "truncate", () => segment.truncate(segment.baseOffset));
      await segment.close();
    }
    await failsWith(code, "create", () => reader.create(40));
    await failsWith(code, "remove", () => reader.remove([0]));
    await failsWith(code, "saveState", () => reader.saveState(STATE));
    await failsWith(code, "publish", () => reader.publish(NO_PROGRESS));
    await failsWith(code, "saveCursor", () => reader.saveCursor("a", 1));
    await failsWith(code, "removeCursor", () => reader.removeCursor("a"));
    await reader.close();
    await isClosed(reader);
    equal("base offsets", await listed(writer), [0, 20]);
    await writer.close();
  },
  async "what is published shows at once and whole, to who was opened before or since"(harness) {
    const { writer, openReadOnly } = await written(harness);
    const early = await openReadOnly();
    equal("published, before anything was", early.published(), undefined);
    await writer.saveState(OPEN);
    writer.publish(NO_PROGRESS);
    await early.loadState(); // by which it finds what was made since
    const late = await openReadOnly();
    await late.loadState();
    for (const progress of PROGRESSES) {
      writer.publish(progress);
      isTold("who was opened before", early.published(), progress);
      isTold("who was opened since", late.published(), progress);
      isTold("who looks again", late.published(), progress);
    }
    await early.close();
    await late.close();
    await writer.close();
  },
  async "what was published is told when its writer has closed, until another publishes"(harness) {
    const [last, next] = [PROGRESSES[2] as LogProgress, PROGRESSES[3] as LogProgress];
    const { writer, openReadOnly } = await written(harness);
    await writer.saveState(OPEN);
    writer.publish(last);
    await writer.saveState(STATE);
    await writer.close();
    const reader = await openReadOnly();
    await reader.loadState();
    isTold("who was opened since", reader.published(), last);
    const second = await harness.open();
    await second.saveState(OPEN);
    isTold("who looks before the second publishes", reader.published(), last);
    second.publish(next);
    isTold("who looks afterwards", reader.published(), next);
    await reader.close();
    await second.close();
  },
  async "each opening for writing publishes as another session than the one before"(harness) {
    const sessions: number[] = [];
    for (let n = 0; n < 3; n++) {
      const { writer, openReadOnly } = await written(harness);
      await writer.saveState(OPEN);
      writer.publish({ ...NO_PROGRESS, committedOffset: n });
      const reader = await openReadOnly();
      await reader.loadState();
      sessions.push(reader.published()?.session ?? Number.NaN);
      writer.publish({ ...NO_PROGRESS, committedOffset: n + 1 });
      equal("the session, published again", reader.published()?.session, sessions[n]);
      holds(sessions[n] !== sessions[n - 1], `${sessions[n]} is no session, or that of before`);
      await reader.close();
      await writer.close();
    }
  },
  async "who is opened read-only finds segments, states and cursors made since"(harness) {
    const { writer, openReadOnly } = await written(harness);
    const reader = await openReadOnly();
    equal("base offsets", await listed(reader), []);
    equal("cursors", await reader.listCursors(), []);
    await fill(writer, { baseOffset: 0, count: 20 });
    await fill(writer, { baseOffset: 20, count: 20 });
    for (const state of [STATE, OPEN]) {
      await writer.saveState(state);
      await hasState(reader, state);
    }
    await writer.saveCursor("a", 12);
    equal("base offsets", await listed(reader), [0, 20]);
    const segment = await reader.open(20, { mode: "crashed", cutAt: 40 });
    holdsRecords(segment, someRecords(20));
    await segment.close();
    equal("cursors", await reader.listCursors(), [{ name: "a", offset: 12 }]);
    await writer.remove([0]);
    equal("base offsets", await listed(reader), [20]);
    await reader.close();
    await writer.close();
  },
  async "a segment opened read-only takes in what was written since, as far as refresh is told"(
    harness,
  ) {
    const { writer, openReadOnly } = await written(harness);
    await writer.saveState(OPEN);
    const records = someRecords(400);
    const active = await writer.create(70);
    appendAll(active, records.slice(0, 10));
    await active.sync();
    const reader = await openReadOnly();
    const followed = await reader.open(70, { mode: "crashed", cutAt: 80 });
    holdsRecords(followed, records.slice(0, 10));
    await followed.refresh(80);
    let held = 10;
    for (const count of [13, 14, 40, 399, 400]) {
      appendAll(active, records.slice(held, count));
      await active.flush();
      holdsRecords(followed, records.slice(0, held)); // nothing moves by itself
      await followed.refresh(70 + count - 1);
      holdsRecords(followed, records.slice(0, count - 1));
      const refreshing = followed.refresh(70 + count);
      isRead(followed, records.slice(0, count - 1)); // what it held is read while it runs
      await refreshing;
      holdsRecords(followed, records.slice(0, count));
      held = count;
    }
    await followed.close();
    await failsWith("ERR_SEGLOG_CLOSED", "refresh", () => followed.refresh(470));
    await active.close();
    await reader.close();
    await writer.close();
  },
};

/** A writer, and how the same is opened read-only beside it. */
async function written(harness: SegmentCatalogHarness): Promise<{
  readonly writer: SegmentCatalog;
  readonly openReadOnly: () => Promise<SegmentCatalog>;
}> {
  const { openReadOnly } = harness;
  if (openReadOnly === undefined) throw new Error("the harness has no openReadOnly");
  return { writer: await harness.open(), openReadOnly: () => openReadOnly.call(harness) };
}

function isTold(who: string, told: PublishedProgress | undefined, expected: LogProgress): void {
  holds(told !== undefined, `${who} is told ${JSON.stringify(expected)}, not nothing`);
  holds(Number.isSafeInteger(told.session), `the session that ${who} is told is an integer`);
  for (const field of ["firstOffset", "committedOffset", "cutCount"] as const) {
    equal(`${field} that ${who} is told`, told[field], expected[field]);
  }
  const pairs = ({ cuts }: LogProgress) => cuts.map((cut) => [cut.number, cut.nextOffset]);
  equal(`cuts that ${who} is told`, pairs(told), pairs(expected));
}

function isRead(segment: Segment, records: readonly ModelRecord[]): void {
  for (const [i, record] of records.entries()) {
    const offset = segment.baseOffset + i;
    isRecord("read", segment.read(offset), { offset, ...record });
  }
}
