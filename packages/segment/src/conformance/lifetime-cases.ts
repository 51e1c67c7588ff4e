import type { Segment } from "../contract.ts";
import { equal, failsWith } from "./expect.ts";
import type { Cases, SegmentHarness } from "./harness.ts";
import { ALL, appendAll, holdsRecords, type ModelRecord, someRecords } from "./records.ts";

/** What `truncate` promises. */
export const TRUNCATE_CASES: Cases<SegmentHarness> = {
  async "truncate to any offset keeps all below, drops all else, and appends go on"({ open }) {
    const segment = await open({ baseOffset: 40 });
    let records = someRecords(12);
    appendAll(segment, records);
    for (let kept = 12; kept >= 0; kept--) {
      if (kept % 3 === 0) await segment.sync();
      await segment.truncate(40 + kept);
      holdsRecords(segment, records.slice(0, kept));
      const others = someRecords(3, 100 + kept);
      records = [...records.slice(0, kept), ...others];
      appendAll(segment, others);
      holdsRecords(segment, records);
    }
    await segment.sync();
    holdsRecords(segment, records);
    await segment.close();
  },
  async "truncate to nextOffset drops nothing"({ open }) {
    const segment = await open({ baseOffset: 0 });
    await segment.truncate(0);
    const records = someRecords(4);
    appendAll(segment, records);
    await segment.truncate(4);
    holdsRecords(segment, records);
    await segment.close();
  },
  async "truncate outside [baseOffset, nextOffset] is refused and drops nothing"({ open }) {
    const segment = await open({ baseOffset: 10 });
    const records = someRecords(4);
    appendAll(segment, records);
    for (const offset of [0, 9, 15, Number.MAX_SAFE_INTEGER]) {
      const what = `truncate(${offset})`;
      await failsWith("ERR_SEGLOG_OUT_OF_RANGE", what, () => segment.truncate(offset));
    }
    for (const offset of [-1, 10.5, Number.NaN]) {
      const what = `truncate(${offset})`;
      await failsWith("ERR_SEGLOG_INVALID_ARGUMENT", what, () => segment.truncate(offset));
    }
    holdsRecords(segment, records);
    await segment.close();
  },
  async "while a truncate is in flight, what it keeps is read and what it drops is not"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(20);
    appendAll(segment, records);
    await segment.sync();
    const truncating = segment.truncate(8);
    holdsRecords(segment, records.slice(0, 8));
    await failsWith("ERR_SEGLOG_OUT_OF_RANGE", "read(8)", () => segment.read(8));
    await truncating;
    holdsRecords(segment, records.slice(0, 8));
    await segment.close();
  },
};

/** What `seal` and `close` promise. */
export const END_CASES: Cases<SegmentHarness> = {
  async "a sealed segment refuses append and truncate from the call on, and is read"({ open }) {
    const segment = await open({ baseOffset: 3 });
    const records = someRecords(30);
    appendAll(segment, records);
    const sealing = segment.seal();
    await isSealed(segment, records);
    await sealing;
    await isSealed(segment, records);
    await segment.seal();
    await segment.close();
  },
  async "an empty segment can be sealed"({ open }) {
    const segment = await open({ baseOffset: 3 });
    await segment.seal();
    await isSealed(segment, []);
    await segment.close();
  },
  async "sync and flush resolve on an empty segment, and as often as asked"({ open }) {
    const segment = await open({ baseOffset: 0 });
    await segment.sync();
    await segment.flush();
    appendAll(segment, someRecords(1));
    await Promise.all([segment.sync(), segment.sync(), segment.flush()]);
    await segment.sync();
    await segment.close();
  },
  async "close is idempotent, also while it runs"({ open }) {
    const segment = await open({ baseOffset: 0 });
    appendAll(segment, someRecords(3));
    await Promise.all([segment.close(), segment.close()]);
    await segment.close();
  },
  async "refresh of a segment that is written through this object changes nothing"({ open }) {
    const segment = await open({ baseOffset: 5 });
    const records = someRecords(6);
    appendAll(segment, records.slice(0, 3));
    for (const nextOffset of [5, 7, 8, 900]) {
      await segment.refresh(nextOffset);
      holdsRecords(segment, records.slice(0, 3));
    }
    appendAll(segment, records.slice(3));
    holdsRecords(segment, records);
    await segment.close();
  },
  async "after close every call but close fails with ERR_SEGLOG_CLOSED"({ open }) {
    const segment = await open({ baseOffset: 0 });
    appendAll(segment, someRecords(3));
    const closing = segment.close();
    await isClosed(segment);
    await closing;
    await isClosed(segment);
    equal("baseOffset", segment.baseOffset, 0);
    equal("nextOffset", segment.nextOffset, 3);
  },
  async "a sealed segment is closed like any other"({ open }) {
    const segment = await open({ baseOffset: 0 });
    appendAll(segment, someRecords(3));
    await segment.seal();
    await segment.close();
    await isClosed(segment);
  },
};

/** What opening again promises. */
export const REOPEN_CASES: Cases<SegmentHarness> = {
  ...Object.fromEntries(
    [0, 1, 2, 5000].map((count) => [
      `reopening finds ${count} records, and appends go on behind them`,
      async (harness: SegmentHarness) => {
        const segment = await harness.open({ baseOffset: 70_000 });
        const records = someRecords(count);
        appendAll(segment, records);
        await segment.close();
        await goesOn(harness, records);
      },
    ]),
  ),
  async "reopening finds what a truncate left"(harness) {
    const segment = await harness.open({ baseOffset: 70_000 });
    const records = someRecords(50);
    appendAll(segment, records);
    await segment.sync();
    await segment.truncate(70_020);
    await segment.close();
    await goesOn(harness, records.slice(0, 20));
  },
  async "reopening finds a segment that was emptied empty"(harness) {
    const segment = await harness.open({ baseOffset: 70_000 });
    appendAll(segment, someRecords(50));
    await segment.truncate(70_000);
    await segment.close();
    await goesOn(harness, []);
  },
};

/** The segment at 70,000 holds `records`: when opened again, and when it grew and was once more. */
async function goesOn({ reopen }: SegmentHarness, records: readonly ModelRecord[]): Promise<void> {
  if (reopen === undefined) throw new Error("the harness has no reopen");
  const second = await reopen();
  equal("baseOffset", second.baseOffset, 70_000);
  equal("tornBytes", second.tornBytes, 0);
  holdsRecords(second, records);
  const others = someRecords(3, 500);
  appendAll(second, others);
  await second.close();
  const third = await reopen();
  holdsRecords(third, [...records, ...others]);
  await third.close();
}

async function isSealed(segment: Segment, records: readonly ModelRecord[]): Promise<void> {
  const code = "ERR_SEGLOG_READ_ONLY";
  const { baseOffset } = segment;
  await failsWith(code, "append", () => segment.append(new Uint8Array(1), 2 ** 47, false));
  await failsWith(code, "truncate", () => segment.truncate(baseOffset));
  holdsRecords(segment, records);
}

async function isClosed(segment: Segment): Promise<void> {
  const code = "ERR_SEGLOG_CLOSED";
  await failsWith(code, "append", () => segment.append(new Uint8Array(1), 2 ** 47, false));
  for (const offset of [0, 3]) {
    await failsWith(code, `read(${offset})`, () => segment.read(offset));
    await failsWith(code, `readView(${offset})`, () => segment.readView(offset));
    await failsWith(code, `timeOf(${offset})`, () => segment.timeOf(offset));
    await failsWith(code, `scan(${offset})`, () => segment.scan(offset, ALL));
    await failsWith(code, `truncate(${offset})`, () => segment.truncate(offset));
  }
  await failsWith(code, "refresh", () => segment.refresh(3));
  await failsWith(code, "flush", () => segment.flush());
  await failsWith(code, "sync", () => segment.sync());
  await failsWith(code, "seal", () => segment.seal());
}
