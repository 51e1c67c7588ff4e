import { describe, expect, it } from "vitest";
import { countEntries } from "../src/count-entries.ts";
import { encoded } from "./files.ts";

type Entry = readonly [bigint | number, bigint | number];
const ZERO: Entry = [0, 0];
const MAX = Number.MAX_SAFE_INTEGER;

describe("the plausible entries of a file", () => {
  it.each<[string, readonly Entry[], number]>([
    ["none in an empty file", [], 0],
    ["one that stands alone", [[7, 0]], 1],
    ["one of zeros that stands alone", [ZERO], 1],
    ["none where all is zeros", [ZERO, ZERO, ZERO, ZERO], 0],
    ["a first of zeros with a second that follows", [ZERO, [1, 13], ZERO], 2],
    ["no first of zeros whose second has position 0", [ZERO, [1, 0], [2, 13]], 0],
    ["no first of zeros whose second counts on from elsewhere", [ZERO, [2, 13], [3, 26]], 0],
    ["a first with offset 0 and another position, before zeros", [[0, 8], ZERO, ZERO], 1],
    ["a first with another offset and position 0, before zeros", [[5, 0], ZERO, ZERO], 1],
    ["all up to zeros made ahead", [[5, 0], [6, 9], [7, 20], ZERO, ZERO, ZERO], 3],
    [
      "all up to a gap",
      [
        [5, 0],
        [6, 9],
        [8, 20],
      ],
      2,
    ],
    [
      "all up to a repeated offset",
      [
        [5, 0],
        [6, 9],
        [6, 20],
      ],
      2,
    ],
    [
      "all up to a position that does not rise",
      [
        [5, 10],
        [6, 20],
        [7, 20],
      ],
      2,
    ],
    [
      "all up to a position below the first",
      [
        [5, 10],
        [6, 20],
        [7, 9],
      ],
      2,
    ],
    [
      "positions that rise by 1",
      [
        [5, 10],
        [6, 11],
        [7, 12],
      ],
      3,
    ],
    ["no first offset above 2^53 - 1", [[2n ** 53n, 0]], 0],
    ["no first position above 2^53 - 1", [[0, 2n ** 53n]], 0],
    ["the largest offset and position", [[MAX, MAX]], 1],
    [
      "all up to an offset above 2^53 - 1",
      [
        [MAX, 0],
        [2n ** 53n, 13],
      ],
      1,
    ],
    [
      "all up to a position above 2^53 - 1",
      [
        [4, 0],
        [5, 2n ** 53n],
      ],
      1,
    ],
    ["none where all bits are set", [[2n ** 64n - 1n, 2n ** 64n - 1n]], 0],
  ])("are %s", (_, entries, count) => {
    expect(countIn(encoded(entries))).toBe(count);
  });

  it.each([1, 8, 15])("leave out %i bytes of an entry at the end", (extra) => {
    const bytes = new Uint8Array(2 * 16 + extra);
    bytes.set(
      encoded([
        [3, 0],
        [4, 13],
      ]),
    );
    expect(countIn(bytes)).toBe(2);
  });

  it("are none in zeros of any length but 16", () => {
    for (let length = 0; length <= 100; length += 1) {
      expect(countIn(new Uint8Array(length))).toBe(length === 16 ? 1 : 0);
    }
  });

  it("are found exactly, wherever zeros begin", () => {
    for (let count = 1; count <= 130; count += 1) {
      const bytes = new Uint8Array(130 * 16);
      bytes.set(encoded(Array.from({ length: count }, (_, n) => [900 + n, n * 13] as const)));
      expect(countIn(bytes)).toBe(count);
    }
  });

  it("are never more than one mapping holds, and found by few looks, however long the file", () => {
    let looks = 0;
    const count = countEntries(MAX, (n) => {
      looks += 1;
      return { offset: n, position: n };
    });
    expect(count).toBe(2 ** 27 - 256);
    expect(looks).toBeLessThanOrEqual(31);
  });
});

function countIn(bytes: Uint8Array): number {
  const words = new DataView(bytes.buffer);
  return countEntries(bytes.length, (n) => ({
    offset: Number(words.getBigUint64(n * 16)),
    position: Number(words.getBigUint64(n * 16 + 8)),
  }));
}
