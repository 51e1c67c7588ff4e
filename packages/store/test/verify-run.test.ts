import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { describe, expect, it } from "vitest";
import { CheckedFrames, withoutBatchFlag } from "../src/checked-frames.ts";
import { crc32Word } from "../src/crc32.ts";
import { FRAME_FLAGS } from "../src/format.ts";
import { openFileStore } from "../src/index.ts";
import { beforeFourBytes } from "../src/run-sum.ts";

const LENGTHS = [0, 1, 7, 8, 30, 0, 128, 3];
const LIMITS = { recordsMax: 100, bytesMax: 2 ** 20 };

/** Frames of {@link LENGTHS}, from `position` on, and where each ends. */
function runOf(frames: CheckedFrames, position: number, tags = 0) {
  const ends: number[] = [];
  let at = 0;
  const bytes = new Uint8Array(LENGTHS.reduce((sum, length) => sum + 8 + length, 0));
  for (const length of LENGTHS) {
    for (let i = 0; i < length; i++) bytes[at + 8 + i] = (at * 7 + i * 31) >>> 1;
    frames.seal(bytes, at, position + at, length, tags);
    at += 8 + length;
    ends.push(at);
  }
  return { bytes, ends };
}

describe("the one checksum of a run", () => {
  const frames = new CheckedFrames(0x89abcdef);

  it("is right for frames as they were written, below and above 4 GiB", () => {
    for (const position of [0, 77, 2 ** 32 - 100, 2 ** 40 + 5]) {
      const { bytes, ends } = runOf(frames, position);
      for (let count = 1; count <= ends.length; count++) {
        expect(frames.verifyRun(bytes.slice(), position, ends, count)).toBe(true);
      }
      expect(frames.verifyRun(bytes.slice(), position + 1, ends, ends.length)).toBe(false);
    }
  });

  it("is wrong whichever one bit of it is", () => {
    const { bytes, ends } = runOf(frames, 1000);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >>> 3] = (damaged[bit >>> 3] as number) ^ (1 << (bit & 7));
      expect(frames.verifyRun(damaged, 1000, ends, ends.length), `bit ${bit}`).toBe(false);
    }
  });

  it("is wrong where two frames of one length have changed places", () => {
    const { bytes, ends } = runOf(frames, 0);
    const first = bytes.slice(0, 8); // records 0 and 5 are empty
    const other = (ends[4] as number) + 0;
    bytes.copyWithin(0, other, other + 8);
    bytes.set(first, other);
    expect(frames.verifyRun(bytes, 0, ends, ends.length)).toBe(false);
  });

  it("rests on four bytes that lead a register to any other", () => {
    for (const [from, to] of [
      [0, -1],
      [-1, 0x12345678],
      [0x7fffffff, 1],
    ] as const) {
      const word = from ^ beforeFourBytes(to);
      const bytes = new Uint8Array(Int32Array.of(word).buffer);
      expect(~crc32Word(bytes, 0, 4, ~from)).toBe(to);
    }
  });
});

describe("a scan", () => {
  it("ends before a damaged frame, wherever in a run, and gives those before it", async () => {
    const salt = 5;
    const fs = memoryFileSystem();
    const path = "/a.store";
    const store = await openFileStore({ fs, path, random: () => salt });
    for (const length of LENGTHS) store.append(new Uint8Array(length).fill(length));
    await store.close();
    const { positions } = await scanOf(fs, path);
    for (let n = 0; n < positions.length; n++) {
      await flip(fs, path, 32 + (positions[n] as number) + 3);
      if (n > 0) expect((await scanOf(fs, path)).records).toHaveLength(n);
      else await expect(scanOf(fs, path)).rejects.toThrow(/no valid frame/);
      await flip(fs, path, 32 + (positions[n] as number) + 3);
    }
  });

  it("gives a frame whose batch flag a truncation took off", async () => {
    const fs = memoryFileSystem();
    const path = "/a.store";
    const store = await openFileStore({ fs, path });
    for (let i = 0; i < 4; i++) store.append(Uint8Array.of(i), { batchContinues: i < 3 });
    await store.sync();
    const { positions } = store.scan(0, LIMITS);
    await store.truncate(positions[2] as number);
    store.append(Uint8Array.of(9));
    await store.close();
    const { records } = await scanOf(fs, path);
    expect(records.map(([byte]) => byte)).toEqual([0, 1, 9]);
    expect(withoutBatchFlag(FRAME_FLAGS.batchContinues << 4)).toBe(0);
  });

  it("puts heads before the records where it is asked to, and all can be", async () => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: "/a.store" });
    const head = Uint8Array.of(1, 2, 3);
    for (let i = 0; i < 5; i++) store.append(new Uint8Array(i).fill(i), { head });
    const { records, split } = store.scan(0, LIMITS, { headBytes: 3 });
    expect(records.map(({ length }) => length)).toEqual([0, 1, 2, 3, 4]);
    for (const record of records) {
      const at = record.byteOffset - (split?.bytes.byteOffset ?? 0);
      expect([...(split?.bytes.subarray(at - 3, at) ?? [])]).toEqual([1, 2, 3]);
    }
    store.append(Uint8Array.of(7)); // shorter than a head
    const whole = store.scan(0, LIMITS, { headBytes: 3 });
    expect(whole.split).toBeUndefined();
    expect(whole.records.map(({ length }) => length)).toEqual([3, 4, 5, 6, 7, 1]);
    await store.flush();
    store.append(Uint8Array.of(8, 8, 8, 8)); // in another place: the file and the staging area
    const both = store.scan(0, LIMITS, { headBytes: 3 });
    expect(both.split).toBeUndefined();
    expect(both.records).toEqual([...whole.records, Uint8Array.of(8, 8, 8, 8)]);
    await store.close();
  });

  it("makes nothing per record in the space that it is given", async () => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: "/a.store" });
    for (let i = 0; i < 20; i++) store.append(Uint8Array.of(i, i));
    const into = { bytes: new Uint8Array(1000), views: [] as Uint8Array[], starts: [] };
    const first = store.scan(0, { ...LIMITS, recordsMax: 10 }, { into });
    const before = [...first.records];
    const second = store.scan(first.next, { ...LIMITS, recordsMax: 10 }, { into });
    for (const [i, record] of second.records.entries()) expect(record).toBe(before[i]);
    expect(second.records.map(([byte]) => byte)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const small = { bytes: new Uint8Array(5), views: [], starts: [] };
    expect(store.scan(0, LIMITS, { into: small }).records).toHaveLength(20);
    await store.close();
  });
});

type Disk = FileSystem;

async function scanOf(fs: Disk, path: string) {
  const store = await openFileStore({ fs, path, access: "read", end: "sealed" });
  try {
    return store.scan(0, LIMITS);
  } finally {
    await store.close();
  }
}

async function flip(fs: Disk, path: string, at: number): Promise<void> {
  const handle = await fs.open(path, { access: "write" });
  const byte = new Uint8Array(1);
  handle.read(byte, at);
  byte[0] = (byte[0] as number) ^ 16;
  await handle.write([byte], at);
  await handle.close();
}
