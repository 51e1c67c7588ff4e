import { hasCode, type SeglogError } from "@seglog/errors";
import type { OpenListedOptions } from "@seglog/segment";
import { describe, expect, it } from "vitest";
import {
  ALL,
  bytesOf,
  isRecord,
  type ModelRecord,
  someRecords,
} from "../src/conformance/records.ts";
import { encodeEntries, flipByte, getFile, putFile } from "./files.ts";
import { readsAll, type StoredSegment, storeSegment, withSegment } from "./stored-log.ts";

const STORE_HEADER_BYTES = 32;
const BASE = 300;
const COUNT = 12;
const DAMAGED = 5;

/** Where in the frame of record 5 a byte is flipped. */
const PLACES: Readonly<Record<string, number>> = {
  "its checksum": 0,
  "its flags": 4,
  "its length": 7,
  "its number": 9,
  "its time": 15,
  "its value": 16,
};

const WAYS: readonly OpenListedOptions[] = [
  { mode: "sealed", nextOffset: BASE + COUNT },
  { mode: "closed", nextOffset: BASE + COUNT },
];

describe.each(Object.entries(PLACES))("a record damaged in %s", (_, at) => {
  it.each(WAYS)("opened as $mode, is the only one that cannot be read", async (how) => {
    const stored = await damagedSegment(at);
    const index = await getFile(stored.fs, stored.indexPath);
    await withSegment(stored, how, (segment) => {
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < COUNT; i++) {
          const offset = BASE + i;
          if (i === DAMAGED) {
            isCorrupt(stored, () => segment.read(offset));
            isCorrupt(stored, () => segment.readView(offset));
            isCorrupt(stored, () => segment.timeOf(offset));
            isCorrupt(stored, () => segment.scan(offset, ALL));
          } else {
            const expected = { offset, ...(stored.records[i] as ModelRecord) };
            isRecord("read", segment.read(offset), expected);
            expect(segment.timeOf(offset)).toBe(expected.time);
            const scanned = segment.scan(offset, ALL);
            expect(scanned).toHaveLength(i < DAMAGED ? DAMAGED - i : COUNT - i);
          }
        }
      }
      expect(segment.indexRebuilt).toBe(false);
    });
    expect(await getFile(stored.fs, stored.indexPath)).toEqual(index);
  });

  it("opened as crashed with its end known, is CORRUPT, and nothing is cut", async () => {
    const stored = await damagedSegment(at);
    const store = await getFile(stored.fs, stored.storePath);
    const how: OpenListedOptions = { mode: "crashed", nextOffset: BASE + COUNT };
    const error = await withSegment(stored, how, () => undefined).catch((e: unknown) => e);
    expect(hasCode(error, "ERR_SEGLOG_CORRUPT")).toBe(true);
    expect(await getFile(stored.fs, stored.storePath)).toEqual(store);
  });

  it("and all behind it can be dropped", async () => {
    const stored = await damagedSegment(at);
    await withSegment(stored, WAYS[1] as OpenListedOptions, async (segment) => {
      await segment.truncate(BASE + DAMAGED);
      readsAll(segment, stored.records.slice(0, DAMAGED));
    });
    await withSegment(stored, { mode: "crashed" }, (segment) =>
      readsAll(segment, stored.records.slice(0, DAMAGED)),
    );
  });

  it("opened as crashed, is told at once, and nothing is changed", async () => {
    const stored = await damagedSegment(at);
    const before = await getFile(stored.fs, stored.storePath);
    const index = await getFile(stored.fs, stored.indexPath);
    await expect(withSegment(stored, { mode: "crashed" }, () => {})).rejects.toMatchObject({
      code: "ERR_SEGLOG_CORRUPT",
    });
    expect(await getFile(stored.fs, stored.storePath)).toEqual(before);
    expect(await getFile(stored.fs, stored.indexPath)).toEqual(index);
  });
});

describe("a damaged store whose index is lost as well", () => {
  it.each(WAYS)("is opened as $mode where the damage is in a value", async (how) => {
    const stored = await damagedSegment(PLACES["its value"] as number);
    await stored.fs.remove(stored.indexPath);
    await withSegment(stored, how, (segment) => {
      isCorrupt(stored, () => segment.read(BASE + DAMAGED));
      for (const i of [0, DAMAGED - 1, DAMAGED + 1, COUNT - 1]) {
        const expected = { offset: BASE + i, ...(stored.records[i] as ModelRecord) };
        isRecord("read", segment.read(BASE + i), expected);
      }
    });
  });

  it.each(WAYS)("is refused as $mode where the damage is in a length", async (how) => {
    const stored = await damagedSegment(PLACES["its length"] as number);
    const wrong = encodeEntries(BASE, [0, 1, 2]);
    await putFile(stored.fs, stored.indexPath, wrong);
    await expect(withSegment(stored, how, () => {})).rejects.toMatchObject({
      code: "ERR_SEGLOG_CORRUPT",
    });
    expect(await getFile(stored.fs, stored.indexPath)).toEqual(wrong);
  });
});

it("with damaged entries before and behind a damaged record, each record is right or CORRUPT", async () => {
  const stored = await damagedSegment(PLACES["its flags"] as number);
  for (const entry of [2, DAMAGED + 1, DAMAGED + 3]) {
    await flipByte(stored.fs, stored.indexPath, entry * 16 + 15);
  }
  await withSegment(stored, { mode: "sealed", nextOffset: BASE + COUNT }, (segment) => {
    const lost: number[] = [];
    for (let i = 0; i < COUNT; i++) {
      const expected = { offset: BASE + i, ...(stored.records[i] as ModelRecord) };
      try {
        isRecord("read", segment.read(BASE + i), expected);
      } catch (error) {
        expect(hasCode(error, "ERR_SEGLOG_CORRUPT")).toBe(true);
        lost.push(i);
      }
    }
    // no way leads to the records behind the damage whose own entry, or the next, is wrong
    expect(lost).toEqual([DAMAGED, DAMAGED + 1, DAMAGED + 2, DAMAGED + 3]);
  });
});

it("a store cut below what it must hold is refused, and its index spared", async () => {
  const stored = await storeSegment(someRecords(COUNT), { baseOffset: BASE });
  const index = await getFile(stored.fs, stored.indexPath);
  const store = await getFile(stored.fs, stored.storePath);
  for (const how of WAYS) {
    for (const bytes of [STORE_HEADER_BYTES, store.length - 1, stored.positions[3] as number]) {
      await putFile(stored.fs, stored.storePath, store.slice(0, bytes));
      await expect(withSegment(stored, how, () => {})).rejects.toMatchObject({
        code: "ERR_SEGLOG_CORRUPT",
      });
      expect(await getFile(stored.fs, stored.indexPath)).toEqual(index);
    }
  }
});

it("records of another segment, whose numbers are others, are not taken for ours", async () => {
  const stored = await storeSegment(someRecords(4), { frameFormat: "plain" });
  const other = await storeSegment(someRecords(4), { frameFormat: "plain", baseOffset: 4 });
  const header = (await getFile(stored.fs, stored.storePath)).slice(0, STORE_HEADER_BYTES);
  const frames = (await getFile(other.fs, other.storePath)).slice(STORE_HEADER_BYTES);
  await putFile(stored.fs, stored.storePath, Uint8Array.of(...header, ...frames));
  await withSegment(stored, { mode: "closed", nextOffset: 4 }, (segment) => {
    expect(() => segment.read(0)).toThrow(/record 0 must be/);
    expect(() => segment.scan(0, ALL)).toThrow(/record 0 must be/);
  });
});

/** Twelve records, of which the sixth has one byte of its frame flipped. */
async function damagedSegment(at: number): Promise<StoredSegment> {
  const records = someRecords(COUNT).map((r, i) => ({ ...r, value: bytesOf(20 + i, i) }));
  const stored = await storeSegment(records, { baseOffset: BASE, syncEach: true });
  const position = stored.positions[DAMAGED] as number;
  await flipByte(stored.fs, stored.storePath, STORE_HEADER_BYTES + position + at);
  return stored;
}

function isCorrupt({ storePath, positions }: StoredSegment, read: () => unknown): void {
  let found: unknown;
  try {
    read();
  } catch (error) {
    found = error;
  }
  expect(hasCode(found, "ERR_SEGLOG_CORRUPT")).toBe(true);
  expect((found as SeglogError).context).toEqual({
    path: storePath,
    offset: BASE + DAMAGED,
    position: positions[DAMAGED],
  });
}
