import * as zlib from "node:zlib";
import { crc32 } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32Copy, crc32Start, crc32View } from "../src/crc32.ts";
import { multiply, zeroBytes } from "../src/crc32-shift.ts";

const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe("crc32", () => {
  test("of the text that every CRC is checked with", () => {
    expect(crc32(Buffer.from("123456789"), 0, 9, 0)).toBe(0xcbf43926);
  });

  test.skipIf(!("crc32" in zlib))("is zlib's, for every length, place and start", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 31) >>> 3);
    const index = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(index, index, u32, (a, b, value) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(crc32(bytes, from, to, value)).toBe(zlib.crc32(bytes.subarray(from, to), value));
      }),
    );
  });

  test("of a view is the same, for every length, place and start", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 31) >>> 3);
    const view = new DataView(bytes.buffer, 8, 2992);
    const index = fc.integer({ min: 0, max: 2992 });
    fc.assert(
      fc.property(index, index, u32, (a, b, value) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(crc32View(view, from, to, value) >>> 0).toBe(crc32(bytes, 8 + from, 8 + to, value));
      }),
    );
  });

  test("of three words is that of their bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), u32, (bytes, value) => {
        const [first, second, third] = [0, 4, 8].map((at) =>
          new DataView(bytes.buffer).getInt32(at),
        );
        const sum = crc32Start(first as number, second as number, third as number, value);
        expect(sum >>> 0).toBe(crc32(bytes, 0, 12, value));
      }),
    );
  });

  test("while copying is that of the copy, which is where it belongs and nowhere else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), u32, (bytes, at, value) => {
        const to = new Uint8Array(90).fill(0xee);
        expect(crc32Copy(bytes, to, at, value) >>> 0).toBe(crc32(bytes, 0, bytes.length, value));
        const expected = new Uint8Array(90).fill(0xee);
        expected.set(bytes, at);
        expect(to).toEqual(expected);
      }),
    );
  });

  test("goes on from the sum of what came before", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), u32, (bytes, cut, value) => {
        const middle = Math.min(cut, bytes.length);
        const first = crc32(bytes, 0, middle, value);
        expect(crc32(bytes, middle, bytes.length, first)).toBe(
          crc32(bytes, 0, bytes.length, value),
        );
      }),
    );
  });
});

describe("zeroBytes", () => {
  test("shifts a register as that many zero bytes would", () => {
    fc.assert(
      fc.property(fc.nat(70_000), u32, (count, value) => {
        const zeros = new Uint8Array(count);
        const register = ~crc32(zeros, 0, count, ~value >>> 0) >>> 0;
        expect(multiply(zeroBytes(count), value) >>> 0).toBe(register);
      }),
      { numRuns: 50 },
    );
  });

  test("of a sum is the product, up to 2^32 - 1", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
        expect(zeroBytes(a + b)).toBe(multiply(zeroBytes(a), zeroBytes(b)));
      }),
    );
  });
});
