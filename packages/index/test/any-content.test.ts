import { memoryFileSystem } from "@seglog/fs";
import { type Index, openMappedIndex } from "@seglog/index";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encoded, getFile, putFile } from "./files.ts";

const path = "x.index";
const written = encoded([
  [0, 0],
  [1, 13],
  [2, 26],
  [3, 39],
  [4, 52],
  [5, 65],
  [6, 78],
]);

/** Offsets worth asking for: small ones, ones that garbage may spell, and the ends. */
const asked = [0, 1, 2, 5, 6, 7, 255, 2 ** 32, 2 ** 53 - 2, 2 ** 53 - 1];

describe("a file of any content opens, answers, can be written on and emptied", () => {
  it("cut or extended with zeros to every size from 0 to 200 bytes", async () => {
    for (let size = 0; size <= 200; size += 1) {
      const bytes = new Uint8Array(size);
      bytes.set(written.subarray(0, size));
      // A first entry of zeros counts only beside a second, or where it is the whole file.
      const counted = size >= 32 ? Math.min(Math.floor(size / 16), 7) : Number(size === 16);
      expect((await usesFile(bytes)).nextOffset).toBe(counted === 0 ? undefined : counted);
    }
  });

  it("all zeros, of every size from 0 to 100 bytes", async () => {
    for (let size = 0; size <= 100; size += 1) {
      expect((await usesFile(new Uint8Array(size))).nextOffset).toBe(size === 16 ? 1 : undefined);
    }
  });

  it("with every single byte of it changed", async () => {
    for (let at = 0; at < written.length; at += 1) {
      for (const mask of [0x01, 0xff]) {
        const bytes = written.slice();
        bytes[at] = (bytes[at] as number) ^ mask;
        await usesFile(bytes);
      }
    }
  });

  it("with entries scrambled in its middle: those are not found, the floor is the one before", async () => {
    const fs = memoryFileSystem();
    const bytes = written.slice();
    bytes.fill(0xff, 2 * 16, 4 * 16);
    await putFile(fs, path, bytes);
    const index = await openMappedIndex({ fs, path });
    expect(index.nextOffset).toBe(7);
    expect([1, 2, 3, 4].map((n) => index.read(n))).toEqual([13, undefined, undefined, 52]);
    expect([1, 2, 3, 4].map((n) => index.floor(n)?.offset)).toEqual([1, 1, 1, 4]);
    index.truncate(4);
    index.write(4, 99);
    expect([index.read(3), index.read(4)]).toEqual([undefined, 99]);
    await index.close();
  });

  it("random, of every size from 0 to 100 bytes", async () => {
    const contents = fc.uint8Array({ maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(contents, async (bytes) => void (await usesFile(bytes))),
      { numRuns: 200 },
    );
  });

  it("of entries with offsets and positions that are nearly right", async () => {
    const value = fc.oneof(fc.bigInt(0n, 6n), fc.bigInt(0n, 2n ** 64n - 1n), fc.constant(0n));
    const entries = fc.array(fc.tuple(value, value), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(entries, fc.uint8Array({ maxLength: 15 }), async (list, rest) => {
        const ordered = list.map(([o, p], n) => [n % 3 === 2 ? o : BigInt(n), p] as const);
        await usesFile(Uint8Array.from([...encoded(ordered), ...rest]));
      }),
      { numRuns: 200 },
    );
  });
});

/** Opens `bytes` for reading and for writing, and does everything that an index allows. */
async function usesFile(bytes: Uint8Array): Promise<{ nextOffset: number | undefined }> {
  const fs = memoryFileSystem();
  await putFile(fs, path, bytes);
  const reader = await openMappedIndex({ fs, path, access: "read" });
  expect(reader.bytes).toBeLessThanOrEqual(bytes.length);
  answersSafely(reader);
  await reader.close();
  expect(await getFile(fs, path)).toEqual(bytes);

  const writer = await openMappedIndex({ fs, path });
  const { nextOffset } = writer;
  expect(nextOffset).toBe(reader.nextOffset);
  answersSafely(writer);
  if (nextOffset !== undefined) writer.truncate(nextOffset - 1);
  answersSafely(writer);
  writer.truncate(0);
  writer.write(3, 1);
  writer.write(4, 2);
  expect([writer.nextOffset, writer.read(3), writer.read(4)]).toEqual([5, 1, 2]);
  await writer.close();
  expect(await getFile(fs, path)).toEqual(
    encoded([
      [3, 1],
      [4, 2],
    ]),
  );
  return { nextOffset };
}

/** Whatever is found is a position for exactly the offset asked for, or nothing. */
function answersSafely(index: Index): void {
  const { nextOffset } = index;
  const offsets = nextOffset === undefined ? asked : [...asked, nextOffset - 1];
  for (const offset of offsets) {
    const position = index.read(offset);
    expect(position === undefined || Number.isSafeInteger(position)).toBe(true);
    const entry = index.floor(offset);
    expect(entry === undefined || entry.offset <= offset).toBe(true);
    if (position !== undefined) expect(entry).toEqual({ offset, position });
  }
}
