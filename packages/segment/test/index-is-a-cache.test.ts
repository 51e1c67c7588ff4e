import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { appendAll, bytesOf, type ModelRecord, someRecords } from "../src/conformance/records.ts";
import { encodeEntries, getFile, patchFile, putFile } from "./files.ts";
import {
  readsAll,
  type StoredSegment,
  storeSegment,
  waysToOpen,
  withSegment,
} from "./stored-log.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const FORMATS = ["checked", "plain"] as const;

/** Lengths that make the frames of different records end at the same places. */
const records = fc
  .array(fc.constantFrom(0, 0, 1, 5, 16, 16, 32, 48, 300), { minLength: 1, maxLength: 40 })
  .map((lengths) =>
    lengths.map((length, i): ModelRecord => ({ time: i, value: bytesOf(length, i) })),
  );

/** What an index file may hold instead of what was written. */
const damages: Readonly<Record<string, fc.Arbitrary<Damage>>> = {
  deleted: fc.constant(async ({ fs, indexPath }) => fs.remove(indexPath)),
  "cut short": fc.nat(700).map((length) => changed((bytes) => bytes.slice(0, length))),
  extended: fc
    .uint8Array({ minLength: 1, maxLength: 64 })
    .map((more) => changed((bytes) => Uint8Array.of(...bytes, ...more))),
  "extended by zeros": fc
    .integer({ min: 1, max: 5000 })
    .map((more) => changed((bytes) => Uint8Array.of(...bytes, ...new Uint8Array(more)))),
  scrambled: fc
    .array(fc.tuple(fc.nat(640), fc.nat(255)), { minLength: 1, maxLength: 30 })
    .map((places) =>
      changed((bytes) => {
        for (const [at, byte] of places) if (at < bytes.length) bytes[at] = byte;
        return bytes;
      }),
    ),
  anything: fc.uint8Array({ maxLength: 700 }).map((bytes) => changed(() => bytes)),
  "positions of other records": fc
    .array(fc.tuple(fc.nat(39), fc.nat(39)), { minLength: 1, maxLength: 20 })
    .map((moves) => positionsMoved(moves)),
  "that of another log with the same base": records.map((others) => async (stored) => {
    const other = await storeSegment(others, { baseOffset: stored.baseOffset });
    await putFile(stored.fs, stored.indexPath, await getFile(other.fs, other.indexPath));
  }),
  "that of another segment": fc.nat(200).map((baseOffset) => async (stored) => {
    const other = await storeSegment(someRecords(20), { baseOffset });
    await putFile(stored.fs, stored.indexPath, await getFile(other.fs, other.indexPath));
  }),
};

type Damage = (stored: StoredSegment) => Promise<void>;

describe.each(FORMATS)("with %s frames, an index file that is", (frameFormat) => {
  it.each(Object.entries(damages))(
    "%s changes no read of a segment opened anew",
    async (_, damage) => {
      await fc.assert(
        fc.asyncProperty(
          records,
          damage,
          fc.constantFrom(0, 7, 2 ** 40),
          async (rs, spoil, base) => {
            const stored = await storeSegment(rs, { baseOffset: base, frameFormat });
            for (const how of waysToOpen(stored)) {
              await spoil(stored);
              await withSegment(stored, { ...how, readOnly: true }, (s) => readsAll(s, rs));
              await withSegment(stored, how, (segment) => readsAll(segment, rs));
              await withSegment(stored, how, (segment) => readsAll(segment, rs));
            }
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it.each(Object.entries(damages))("%s changes no truncate and no append", async (_, damage) => {
    await fc.assert(
      fc.asyncProperty(records, damage, fc.nat(40), async (rs, spoil, n) => {
        const stored = await storeSegment(rs, { baseOffset: 7, frameFormat });
        await spoil(stored);
        const kept = rs.slice(0, n);
        const others = someRecords(5, 99).map((r) => ({ ...r, time: 1000 }));
        const nextOffset = 7 + rs.length;
        await withSegment(stored, { mode: "closed", nextOffset }, async (segment) => {
          await segment.truncate(7 + kept.length);
          appendAll(segment, others);
          readsAll(segment, [...kept, ...others]);
        });
        await withSegment(stored, { mode: "closed" }, (s) => readsAll(s, [...kept, ...others]));
      }),
      { numRuns: 40 },
    );
  });

  it.each(["scrambled", "positions of other records"])(
    "%s while it is open changes no read, and the next opening mends it",
    async (name) => {
      const damage = damages[name] as fc.Arbitrary<Damage>;
      await fc.assert(
        fc.asyncProperty(records, damage, damage, async (rs, first, second) => {
          const stored = await storeSegment(rs, { frameFormat });
          const others = someRecords(3, 50).map((r) => ({ ...r, time: 1000 }));
          await withSegment(stored, { mode: "closed" }, async (segment) => {
            await first(stored);
            readsAll(segment, rs);
            await second(stored);
            readsAll(segment, rs);
            appendAll(segment, others);
            readsAll(segment, [...rs, ...others]);
            await segment.truncate(1);
            readsAll(segment, rs.slice(0, 1));
            appendAll(segment, others);
            readsAll(segment, [...rs.slice(0, 1), ...others]);
          });
          const nextOffset = 1 + others.length;
          await withSegment(stored, { mode: "closed", nextOffset }, (segment) =>
            readsAll(segment, [...rs.slice(0, 1), ...others]),
          );
        }),
        { numRuns: 40 },
      );
    },
  );
});

describe("an index of another log that agrees at both ends and frame by frame in between", () => {
  // frames of 32, 16, 100, 16, 16 bytes, and an index of frames of 16, 16, 16, 116, 16
  const rs = [16, 0, 84, 0, 0].map((length, i) => ({ time: i, value: bytesOf(length, i) }));
  const wrong = encodeEntries(0, [0, 16, 32, 48, 164]);

  it.each(["sealed", "closed"] as const)(
    "opened as %s it is believed, but misleads no read and no truncate",
    async (mode) => {
      const stored = await storeSegment(rs);
      expect(stored.positions).toEqual([0, 32, 48, 148, 164, 180]);
      await putFile(stored.fs, stored.indexPath, wrong);
      await withSegment(stored, { mode, nextOffset: 5 }, async (segment) => {
        expect(segment.indexRebuilt).toBe(false);
        expect(segment.read(2).value).toEqual(rs[2]?.value);
        readsAll(segment, rs);
        if (mode === "closed") {
          await segment.truncate(2);
          readsAll(segment, rs.slice(0, 2));
        }
      });
    },
  );

  it("having misled, it is written anew by the next opening", async () => {
    const stored = await storeSegment(rs);
    await putFile(stored.fs, stored.indexPath, wrong);
    const how = { mode: "closed", nextOffset: 5 } as const;
    await withSegment(stored, how, (segment) => readsAll(segment, rs));
    await withSegment(stored, how, (segment) => expect(segment.indexRebuilt).toBe(true));
    expect(await getFile(stored.fs, stored.indexPath)).toEqual(
      encodeEntries(0, stored.positions.slice(0, -1)),
    );
  });
});

it("an older copy of the index, from before a truncate, changes no read", async () => {
  const stored = await storeSegment(someRecords(60));
  const older = await getFile(stored.fs, stored.indexPath);
  const others = someRecords(40, 300);
  const rs = [...stored.records.slice(0, 20), ...others];
  await withSegment(stored, { mode: "closed" }, async (segment) => {
    await segment.truncate(20);
    appendAll(segment, others);
  });
  for (const mode of ["sealed", "closed", "crashed"] as const) {
    await putFile(stored.fs, stored.indexPath, older);
    await withSegment(stored, { mode, nextOffset: 60 }, (segment) => readsAll(segment, rs));
  }
});

it("an index that lacks its end is completed, and one that agrees is left as it is", async () => {
  const stored = await storeSegment(someRecords(60));
  const whole = await getFile(stored.fs, stored.indexPath);
  for (const entries of [0, 1, 30, 59, 60]) {
    await putFile(stored.fs, stored.indexPath, whole.slice(0, entries * 16));
    await withSegment(stored, { mode: "closed", nextOffset: 60 }, (segment) => {
      expect(segment.indexRebuilt).toBe(entries === 0);
    });
    expect(await getFile(stored.fs, stored.indexPath)).toEqual(whole);
  }
});

/** A damage that makes the index file hold what `change` says, in place where it is as long. */
function changed(change: (bytes: Uint8Array) => Uint8Array): Damage {
  return async ({ fs, indexPath }) => {
    const isThere = (await fs.stat(indexPath)) !== undefined;
    const before = isThere ? await getFile(fs, indexPath) : new Uint8Array(0);
    const { length } = before;
    const bytes = change(before);
    if (bytes.length === length) await patchFile(fs, indexPath, { at: 0, bytes });
    else await putFile(fs, indexPath, bytes);
  };
}

/** Entry `to` gets the position of record `from`. */
function positionsMoved(moves: readonly (readonly [number, number])[]): Damage {
  return async ({ fs, indexPath, positions }) => {
    const count = positions.length - 1;
    for (const [from, to] of moves) {
      const bytes = encodeEntries(0, [positions[from % count] as number]).slice(8);
      await patchFile(fs, indexPath, { at: (to % count) * 16 + 8, bytes });
    }
  };
}
