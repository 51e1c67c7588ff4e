import { RECORD_BYTES_LIMIT } from "@seglog/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckedFrames, withoutBatchFlag } from "../src/checked-frames.ts";
import { viewOf } from "../src/file-bytes.ts";
import { PlainFrames } from "../src/plain-frames.ts";

const salt = fc.integer({ min: 0, max: 0xffffffff });
const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const payload = fc.uint8Array({ maxLength: 300 });
const tags = fc.integer({ min: 0, max: 7 });

function frame(codec: CheckedFrames | PlainFrames, bytes: Uint8Array, at: number, tag: number) {
  const out = new Uint8Array(8 + bytes.length);
  out.set(bytes, 8);
  codec.seal(out, 0, at, bytes.length, tag);
  return out;
}

describe("checked frames", () => {
  test("what was sealed is read back and verified", () => {
    fc.assert(
      fc.property(salt, position, payload, tags, (s, p, bytes, tag) => {
        const codec = new CheckedFrames(s);
        const out = frame(codec, bytes, p, tag);
        expect(codec.payloadBytes(out, 0)).toBe(bytes.length);
        expect(codec.tags(out, 0)).toBe(tag);
        expect(codec.verify(viewOf(out), 0, p)).toBe(true);
        expect(out.subarray(8)).toEqual(bytes);
      }),
    );
  });

  test("a frame is valid at no other position below 4 GiB", () => {
    const below = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(salt, below, below, payload, tags, (s, p, q, bytes, tag) => {
        fc.pre(p !== q);
        const codec = new CheckedFrames(s);
        expect(codec.seed(p)).not.toBe(codec.seed(q));
        // With the batch flag only: the sum of a frame without may stand for one with it.
        if (tag & 4) expect(codec.verify(viewOf(frame(codec, bytes, p, tag)), 0, q)).toBe(false);
      }),
    );
  });

  test("every single bit that flips is found, but for the batch flag taken off", () => {
    const codec = new CheckedFrames(77);
    for (const tag of [1, 5]) {
      const out = frame(codec, Uint8Array.of(1, 2, 3, 4, 5), 4711, tag);
      const lengths = 4; // where the length is wrong, there may be no bytes to verify
      for (let bit = 0; bit < 8 * out.length; bit++) {
        const damaged = out.slice();
        damaged[bit >>> 3] = (damaged[bit >>> 3] as number) ^ (1 << (bit & 7));
        const length = codec.payloadBytes(damaged, 0);
        const whole = length >= 0 && length <= out.length - 8;
        const taken = tag === 5 && bit === lengths * 8 + 6;
        expect(whole && codec.verify(viewOf(damaged), 0, 4711), `bit ${bit}`).toBe(taken);
      }
    }
  });

  test("truncate may take the batch flag off with one byte", () => {
    const codec = new CheckedFrames(3);
    const out = frame(codec, Uint8Array.of(9, 9), 26, 0x4 | 2);
    out[4] = withoutBatchFlag(out[4] as number);
    expect(codec.tags(out, 0)).toBe(2);
    expect(codec.verify(viewOf(out), 0, 26)).toBe(true);
  });

  test("no frame begins with eight zero bytes", () => {
    expect(new CheckedFrames(0).payloadBytes(new Uint8Array(8), 0)).toBe(-1);
  });

  test("28 bits of length fit beside the flags", () => {
    const codec = new CheckedFrames(0);
    const out = Uint8Array.of(0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
    expect(codec.payloadBytes(out, 0)).toBe(RECORD_BYTES_LIMIT);
  });
});

describe("plain frames", () => {
  test("are the book's: an eight-byte length, then the bytes", () => {
    const out = frame(new PlainFrames(), Buffer.from("hello"), 0, 0);
    expect(Buffer.from(out).toString("hex")).toBe("000000000000000568656c6c6f");
  });

  test("a length beyond 28 bits is none", () => {
    const codec = new PlainFrames();
    expect(codec.payloadBytes(Uint8Array.of(0, 0, 0, 0, 0x0f, 255, 255, 255), 0)).toBe(2 ** 28 - 1);
    expect(codec.payloadBytes(Uint8Array.of(0, 0, 0, 0, 0x10, 0, 0, 0), 0)).toBe(-1);
    expect(codec.payloadBytes(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0), 0)).toBe(-1);
  });
});
