import * as zlib from "node:zlib";
import { crc32 } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
