import type { Segment, SegmentScanLimits } from "../contract.ts";
import { equal, equalBytes, failsWith } from "./expect.ts";
import type { Cases, SegmentHarness } from "./harness.ts";
import { ALL, appendAll, bytesOf, holdsRecords, isRecord, someRecords } from "./records.ts";

const NO_OFFSETS = [-1, 0.5, Number.NaN, 2 ** 53, "1" as unknown as number];

/** What the reading members promise. */
export const READ_CASES: Cases<SegmentHarness> = {
  async "an offset outside [baseOffset, nextOffset) is ERR_SEGLOG_OUT_OF_RANGE"({ open }) {
    const segment = await open({ baseOffset: 100 });
    const offsets = [0, 99, 100, 101, Number.MAX_SAFE_INTEGER];
    for (const offset of offsets) await findsNothing(segment, offset, "ERR_SEGLOG_OUT_OF_RANGE");
    appendAll(segment, someRecords(2));
    for (const offset of [0, 99, 102, 103, Number.MAX_SAFE_INTEGER]) {
      await findsNothing(segment, offset, "ERR_SEGLOG_OUT_OF_RANGE");
    }
    await segment.close();
  },
  async "what is no safe integer from 0 is ERR_SEGLOG_INVALID_ARGUMENT"({ open }) {
    const segment = await open({ baseOffset: 0 });
    appendAll(segment, someRecords(2));
    for (const offset of NO_OFFSETS) {
      await findsNothing(segment, offset, "ERR_SEGLOG_INVALID_ARGUMENT");
    }
    await segment.close();
  },
  async "read gives bytes that the caller owns, before and after a sync"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(5);
    appendAll(segment, records);
    for (let round = 0; round < 2; round++) {
      const values = records.map((_, offset) => segment.read(offset).value);
      for (const value of values) value.fill(255);
      holdsRecords(segment, records);
      await segment.sync();
      for (const value of values) equalBytes("a value", value, value.slice().fill(255));
    }
    await segment.close();
  },
  async "a value read stays what it was when its record is dropped and another appended"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(5);
    appendAll(segment, records);
    const { value } = segment.read(4);
    const [scanned] = segment.scan(4, ALL);
    await segment.truncate(4);
    appendAll(segment, someRecords(5, 77));
    const expected = { offset: 4, ...(records[4] as (typeof records)[0]) };
    equalBytes("the value", value, expected.value);
    if (scanned !== undefined) isRecord("an earlier scan", scanned, expected);
    await segment.close();
  },
  async "reading in any order finds each record"({ open }) {
    const segment = await open({ baseOffset: 65_000 });
    const records = someRecords(2000);
    appendAll(segment, records);
    await segment.flush();
    for (let i = 0; i < 2000; i++) {
      const n = (i * 1237) % 2000;
      const expected = { offset: 65_000 + n, ...(records[n] as (typeof records)[0]) };
      isRecord("readView", segment.readView(65_000 + n), expected);
    }
    await segment.close();
  },
};

/** What `scan` promises. */
export const SCAN_CASES: Cases<SegmentHarness> = {
  async "scan ends before `to`, after recordsMax, and at nextOffset"({ open }) {
    const segment = await open({ baseOffset: 50 });
    appendAll(segment, someRecords(10));
    equal("to", offsetsOf(segment, 52, { to: 55 }), [52, 53, 54]);
    equal("to beyond the end", offsetsOf(segment, 58, { to: 1000 }), [58, 59]);
    equal("to at from", offsetsOf(segment, 52, { to: 52 }), []);
    equal("to below from", offsetsOf(segment, 52, { to: 0 }), []);
    equal("recordsMax", offsetsOf(segment, 50, { recordsMax: 3 }), [50, 51, 52]);
    equal("recordsMax and to", offsetsOf(segment, 50, { recordsMax: 3, to: 52 }), [50, 51]);
    equal("from the end", offsetsOf(segment, 60, {}), []);
    await segment.close();
  },
  async "scan ends before the record that would exceed bytesMax, but gives the first"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const ends: number[] = [];
    for (let i = 0; i < 6; i++) {
      segment.append(bytesOf(100 * i, i), 1, false);
      ends.push(segment.storeBytes);
    }
    equal("bytesMax 1", offsetsOf(segment, 3, { bytesMax: 1 }), [3]);
    for (const [i, end] of ends.entries()) {
      const all = Array.from({ length: i + 1 }, (_, offset) => offset);
      equal("bytesMax", offsetsOf(segment, 0, { bytesMax: end }), all);
      const but = all.slice(0, Math.max(1, i));
      equal("one byte less", offsetsOf(segment, 0, { bytesMax: end - 1 }), but);
    }
    await segment.close();
  },
  async "scans of any size join to the whole, staged records included"({ open }) {
    const segment = await open({ baseOffset: 7 });
    const records = someRecords(300);
    appendAll(segment, records.slice(0, 200));
    await segment.flush();
    appendAll(segment, records.slice(200));
    for (const limits of [{ recordsMax: 1 }, { recordsMax: 7 }, { bytesMax: 500 }]) {
      let from = 7;
      while (from < segment.nextOffset) {
        const scanned = segment.scan(from, { ...ALL, ...limits });
        for (const [i, record] of scanned.entries()) {
          const expected = records[from - 7 + i] as (typeof records)[0];
          isRecord("scan", record, { offset: from + i, ...expected });
        }
        equal("a scan is not empty", scanned.length > 0, true);
        from += scanned.length;
      }
    }
    await segment.close();
  },
  async "scanned values belong to the caller"({ open }) {
    const segment = await open({ baseOffset: 0 });
    const records = someRecords(20);
    appendAll(segment, records);
    for (let round = 0; round < 2; round++) {
      for (const { value } of segment.scan(0, ALL)) value.fill(255);
      holdsRecords(segment, records);
      await segment.sync();
    }
    await segment.close();
  },
  async "scan refuses limits below 1, unknown ones, and a `from` that is not held"({ open }) {
    const segment = await open({ baseOffset: 10 });
    appendAll(segment, someRecords(3));
    const bad = [{ recordsMax: 0 }, { bytesMax: 0 }, { recordsMax: 1.5 }, { to: -1 }, { max: 1 }];
    for (const from of [10, 13]) {
      for (const limits of bad) {
        await failsWith("ERR_SEGLOG_INVALID_ARGUMENT", `scan ${JSON.stringify(limits)}`, () =>
          segment.scan(from, { ...ALL, ...limits }),
        );
      }
    }
    for (const from of [0, 9, 14]) {
      await failsWith("ERR_SEGLOG_OUT_OF_RANGE", `scan(${from})`, () => segment.scan(from, ALL));
    }
    for (const from of NO_OFFSETS) {
      const what = `scan(${from})`;
      await failsWith("ERR_SEGLOG_INVALID_ARGUMENT", what, () => segment.scan(from, ALL));
    }
    await segment.close();
  },
};

async function findsNothing(
  segment: Segment,
  offset: number,
  code: "ERR_SEGLOG_OUT_OF_RANGE" | "ERR_SEGLOG_INVALID_ARGUMENT",
): Promise<void> {
  await failsWith(code, `read(${offset})`, () => segment.read(offset));
  await failsWith(code, `readView(${offset})`, () => segment.readView(offset));
  await failsWith(code, `timeOf(${offset})`, () => segment.timeOf(offset));
}

function offsetsOf(segment: Segment, from: number, limits: Partial<SegmentScanLimits>): number[] {
  return segment.scan(from, { ...ALL, ...limits }).map(({ offset }) => offset);
}
