import { memoryFileSystem } from "@seglog/fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckedFrames, withoutBatchFlag } from "../src/checked-frames.ts";
import { viewOf } from "../src/file-bytes.ts";
import { FileWindow } from "../src/file-window.ts";
import { findLastFrame } from "../src/last-frame.ts";
import { laterFrames } from "../src/later-frames.ts";
import { putContent } from "./places.ts";

const HEADER = 32;

/** Frames between stretches of anything, with a bad frame at the very start. */
interface Tail {
  readonly salt: number;
  /** Before the tail, as the last good frame. */
  readonly generation: number;
  readonly parts: readonly { junk: Uint8Array; payload: Uint8Array; tags: number; cut: boolean }[];
}

const tail: fc.Arbitrary<Tail> = fc.record({
  salt: fc.integer({ min: 0, max: 0xffffffff }),
  generation: fc.integer({ min: -1, max: 3 }),
  parts: fc.array(
    fc.record({
      junk: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(150).map((length) => new Uint8Array(length + 1).fill(0x80)),
      ),
      payload: fc.uint8Array({ maxLength: 200 }),
      tags: fc.integer({ min: 0, max: 7 }),
      cut: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

function bytesOf({ salt, parts }: Tail): Uint8Array {
  const frames = new CheckedFrames(salt);
  let all: Uint8Array = new Uint8Array(0);
  for (const { junk, payload, tags, cut } of parts) {
    const frame = new Uint8Array(8 + payload.length);
    frame.set(payload, 8);
    frames.seal(frame, 0, all.length + junk.length, payload.length, tags);
    if (cut) frame[4] = withoutBatchFlag(frame[4] as number);
    all = Buffer.concat([all, junk, frame]);
  }
  return new Uint8Array(all);
}

/** What {@link laterFrames} must find, from its definition. */
function naive({ salt, generation }: Tail, bytes: Uint8Array): string {
  const frames = new CheckedFrames(salt);
  const found = new Set<number>();
  for (let p = 1; p + 8 <= bytes.length; ) {
    const length = frames.payloadBytes(bytes, p);
    if (length >= 0 && p + 8 + length <= bytes.length && frames.verify(viewOf(bytes), p, p)) {
      found.add(frames.tags(bytes, p) & 3);
      p += 8 + length;
    } else p++;
  }
  if (found.size === 0) return "none";
  const [only] = found;
  const explained = only === (generation + 1) % 4 || only === generation;
  return found.size === 1 && explained ? "sameSync" : "laterSync";
}

async function handleOf(bytes: Uint8Array) {
  const fs = memoryFileSystem();
  await putContent(fs, "/a", Buffer.concat([new Uint8Array(HEADER), bytes]));
  return fs.open("/a", { access: "read" });
}

describe("the search behind a bad frame", () => {
  test("finds what verifying the bytes at every position would", async () => {
    await fc.assert(
      fc.asyncProperty(tail, async (t) => {
        const bytes = bytesOf(t);
        const handle = await handleOf(bytes);
        const found = laterFrames({
          handle,
          frames: new CheckedFrames(t.salt),
          fileBytes: HEADER + bytes.length,
          position: 0,
          generation: t.generation,
        });
        expect(found).toBe(naive(t, bytes));
      }),
      { numRuns: 300 },
    );
  });
});

describe("the search for the last frame", () => {
  test("finds the frame that ends at the end, and none where none does", async () => {
    await fc.assert(
      fc.asyncProperty(tail, fc.nat(3), async (t, more) => {
        const whole = bytesOf(t);
        const bytes = Buffer.concat([whole, new Uint8Array(more)]);
        const handle = await handleOf(bytes);
        const window = new FileWindow(handle, HEADER + bytes.length, 64);
        const found = findLastFrame(window, new CheckedFrames(t.salt), bytes.length);
        const last = t.parts.at(-1);
        const position = whole.length - 8 - (last?.payload.length ?? 0);
        if (more > 0) expect(found).toBeUndefined();
        else expect(found?.position).toBe(position);
      }),
    );
  });
});
