import { hasCode } from "@seglog/errors";
import { countingFileSystem, type FileSystem, memoryFileSystem } from "@seglog/fs";
import { INDEX_ENTRY_BYTES, type OpenMappedIndexOptions, openMappedIndex } from "@seglog/index";
import { describe, expect, it } from "vitest";
import { encoded, getFile, putFile } from "./files.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

const path = "x.index";

describe("the file", () => {
  it("is exactly 48 bytes after three entries and close, byte for byte", async () => {
    const fs = memoryFileSystem();
    const index = await openMappedIndex({ fs, path });
    index.write(0, 0);
    index.write(1, 13);
    index.write(2, 26);
    await index.close();
    const golden = [0, 0, 1, 13, 2, 26].flatMap((low) => [0, 0, 0, 0, 0, 0, 0, low]);
    expect([...(await getFile(fs, path))]).toEqual(golden);
    expect(golden.length).toBe(3 * INDEX_ENTRY_BYTES);
  });

  it("grows first by growEntries, then by as much as there is, at most 1 MiB", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const index = await openMappedIndex({ fs, path, growEntries: 1024 });
    for (let n = 0; n <= 262_144; n += 1) index.write(n, n);
    const KiB = 1024;
    const ends = [16, 32, 64, 128, 256, 512, 1024, 2048, 3072, 4096, 5120].map((n) => n * KiB);
    const allocated = ends.map((end, n) => `allocate ${ends[n - 1] ?? 0} ${end}`);
    const isStep = (call: string): boolean => allocated.includes(call);
    expect(calls.filter(isStep)).toEqual(allocated);
    const isMap = (call: string): boolean => call.startsWith("map");
    const lengths = [16, 64, 256, 1024, 4096, 16384].map((n) => `map ${n * KiB}`);
    expect(calls.filter(isMap), "each four times as long as the one before").toEqual(lengths);
    await index.close();
    expect((await fs.stat(path))?.bytes).toBe(262_145 * 16);
  });

  it("is not touched by opening and closing", async () => {
    const { fs, counts } = countingFileSystem(memoryFileSystem());
    await putFile(
      fs,
      path,
      encoded([
        [0, 0],
        [1, 13],
      ]),
    );
    const before = { ...counts };
    const index = await openMappedIndex({ fs, path });
    expect(index.read(1)).toBe(13);
    await index.close();
    expect(counts.allocate).toBe(before.allocate);
    expect(counts.truncate).toBe(before.truncate);
  });

  it.each([8, 5000])("holds zeros behind a new entry, not those dropped of %i", async (count) => {
    const fs = memoryFileSystem();
    const index = await openMappedIndex({ fs, path, growEntries: 8 });
    for (let n = 0; n < count; n += 1) index.write(n, n * 13);
    index.truncate(2);
    index.write(2, 500);
    await index.sync();
    const bytes = await getFile(fs, path);
    expect(bytes.slice(0, 48)).toEqual(
      encoded([
        [0, 0],
        [1, 13],
        [2, 500],
      ]),
    );
    expect(bytes.slice(48, 160).every((byte) => byte === 0)).toBe(true);
    await index.close();
  });
});

describe("calls to the disk", () => {
  it("are none for a write with room and for a read", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const index = await openMappedIndex({ fs, path });
    index.write(0, 0);
    reset();
    for (let n = 1; n < 4096; n += 1) {
      index.write(n, n * 13);
      index.read(n >> 1);
      index.floor(n >> 1);
    }
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    await index.close();
  });

  it("are one for 4096 writes, and none for reading what is held and what is not", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const index = await openMappedIndex({ fs, path, growEntries: 65_536 });
    index.write(0, 0);
    calls.length = 0;
    for (let n = 1; n < 3 * 4096; n += 1) {
      index.write(n, n * 13);
      expect(index.read(n >> 1)).toBe((n >> 1) * 13);
    }
    expect(calls).toEqual(["writeNow 65536 0", "writeNow 65536 65536"]);
    await index.close();
  });

  it("are none for taking back what was written last, and writing it again", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const index = await openMappedIndex({ fs, path });
    for (let n = 0; n < 4000; n += 1) index.write(n, n * 13);
    reset();
    for (const drop of [1, 1, 100, 3000]) {
      index.truncate(4000 - drop);
      for (let n = 4000 - drop; n < 4000; n += 1) index.write(n, n * 13 + drop);
    }
    expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    expect([index.read(999), index.read(1000)]).toEqual([999 * 13, 1000 * 13 + 3000]);
    await index.close();
  });

  it("put blocks behind entries found at opening before these are written again", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const entries = Array.from({ length: 10 }, (_, n) => [n, n * 13] as const);
    await putFile(fs, path, encoded(entries));
    const index = await openMappedIndex({ fs, path, growEntries: 4 });
    index.truncate(9);
    calls.length = 0;
    index.write(9, 500);
    const ahead = ["allocate 639 640", "map 640"];
    expect(calls).toEqual([`allocate ${9 * 16} ${18 * 16}`, ...ahead, "unmap"]);
    await index.close();
  });

  it("close the old mapping after the new one is there", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const index = await openMappedIndex({ fs, path, growEntries: 2 });
    for (let n = 0; n < 3; n += 1) index.write(n, n);
    const first = ["allocate 0 32", "map 32"];
    const ahead = ["allocate 127 128", "map 128"];
    expect(calls).toEqual(["size", ...first, "allocate 32 64", ...ahead, "unmap"]);
    await index.close();
  });

  it("map only what is needed where there is no room further on", async () => {
    const calls: string[] = [];
    const watched = watchedFileSystem(memoryFileSystem(), (call) => {
      calls.push(call);
      if (call === "allocate 127 128") throw new Error("ENOSPC");
    });
    const index = await openMappedIndex({ fs: watched, path, growEntries: 2 });
    for (let n = 0; n < 4; n += 1) index.write(n, n * 2);
    expect(calls).toContain("map 64");
    expect([index.read(0), index.read(3)]).toEqual([0, 6]);
    await index.close();
  });

  it("write what is held, unmap, cut and close, in this order, at close", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const index = await openMappedIndex({ fs, path });
    index.write(0, 0);
    calls.length = 0;
    await index.close();
    await index.close();
    expect(calls).toEqual(["writeNow 16 0", "unmap", "size", "truncate 16", "close"]);
  });

  it("write what is held before they sync", async () => {
    const calls: string[] = [];
    const fs = watchedFileSystem(memoryFileSystem(), (call) => calls.push(call));
    const index = await openMappedIndex({ fs, path });
    index.write(0, 0);
    calls.length = 0;
    await index.sync();
    expect(calls).toEqual(["writeNow 16 0", "sync"]);
    await index.close();
  });

  it("find the end of a large file by looking at few entries", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const entries = Array.from({ length: 100_000 }, (_, n) => [n, n * 13] as const);
    await putFile(fs, path, encoded(entries));
    reset();
    const index = await openMappedIndex({ fs, path });
    expect(index.nextOffset).toBe(100_000);
    expect(counts.read).toBeLessThan(25);
    await index.close();
  });
});

describe("access read", () => {
  it("finds what is there and refuses to change it", async () => {
    const fs = memoryFileSystem();
    const bytes = encoded([
      [5, 0],
      [6, 13],
      [0, 0],
      [0, 0],
    ]);
    await putFile(fs, path, bytes);
    const index = await openMappedIndex({ fs, path, access: "read" });
    expect([index.nextOffset, index.read(5), index.read(6), index.bytes]).toEqual([7, 0, 13, 32]);
    expect(codeOf(() => index.write(7, 26))).toBe("ERR_SEGLOG_READ_ONLY");
    expect(codeOf(() => index.truncate(6))).toBe("ERR_SEGLOG_READ_ONLY");
    await index.sync();
    await index.close();
    expect(await getFile(fs, path)).toEqual(bytes);
    expect(codeOf(() => index.read(5))).toBe("ERR_SEGLOG_CLOSED");
  });

  it("gives its descriptor back at once without entries", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    await putFile(fs, path, encoded([]));
    reset();
    const index = await openMappedIndex({ fs, path, access: "read" });
    expect(counts.close).toBe(1);
    expect(index.read(0)).toBeUndefined();
    await index.close();
    expect(counts.unmap).toBe(0);
  });

  it("maps when it was read a few times, and gives its descriptor back then", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    await putFile(fs, path, encoded([[0, 7]]));
    reset();
    const index = await openMappedIndex({ fs, path, access: "read" });
    expect(index.nextOffset).toBe(1);
    for (let n = 0; n < 12; n++) expect(index.read(0)).toBe(7);
    expect([counts.map, counts.close]).toEqual([0, 0]);
    for (let n = 0; n < 12; n++) expect(index.read(0)).toBe(7);
    expect(index.read(1)).toBeUndefined();
    expect([counts.map, counts.close]).toEqual([1, 1]);
    await index.close();
    expect([counts.map, counts.unmap]).toEqual([1, 1]);
  });

  it("as many indexes as one likes, one after another, leave room for the next", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    await putFile(fs, path, encoded([[0, 7]]));
    reset();
    for (let n = 0; n < 300; n++)
      await (await openMappedIndex({ fs, path, access: "read" })).close();
    expect([counts.map, counts.close]).toEqual([0, 300]);
  });

  it("finds no entry whose offset was scrambled, mapped or not", async () => {
    const fs = memoryFileSystem();
    await putFile(
      fs,
      path,
      encoded([
        [0, 7],
        [9, 8],
        [2, 9],
      ]),
    );
    const index = await openMappedIndex({ fs, path, access: "read" });
    for (let n = 0; n < 20; n++) {
      expect([index.read(0), index.read(1), index.read(2)]).toEqual([7, undefined, 9]);
    }
    await index.close();
  });

  it("of a missing file is ERR_SEGLOG_NOT_FOUND, and makes none", async () => {
    const fs = memoryFileSystem();
    const opening = openMappedIndex({ fs, path, access: "read" });
    await expect(opening).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
    expect(await fs.stat(path)).toBeUndefined();
  });
});

describe("options", () => {
  it.each<[string, Record<string, unknown>]>([
    ["an unknown name", { growEntires: 1 }],
    ["no entry to grow by", { growEntries: 0 }],
    ["a step above 1 MiB", { growEntries: 65_537 }],
    ["a wrong access", { access: "append" }],
    ["a wrong create", { create: "always" }],
    ["creating for reading", { access: "read", create: "ifMissing" }],
    ["a mode beyond 0o777", { mode: 0o1000 }],
    ["an empty path", { path: "" }],
    ["no file system", { fs: undefined }],
  ])("refuse %s and make no file", async (_, wrong) => {
    const fs = memoryFileSystem();
    const options = { fs, path, ...wrong } as OpenMappedIndexOptions;
    await expect(openMappedIndex(options)).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
    });
    expect(await fs.stat(path)).toBeUndefined();
  });

  it("create exclusive refuses a name that is taken, create never one that is not", async () => {
    const fs: FileSystem = memoryFileSystem();
    const never = openMappedIndex({ fs, path, create: "never" });
    await expect(never).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
    await (await openMappedIndex({ fs, path, create: "exclusive" })).close();
    const again = openMappedIndex({ fs, path, create: "exclusive" });
    await expect(again).rejects.toMatchObject({ code: "ERR_SEGLOG_EXISTS" });
  });
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return hasCode(error, (error as { code: never }).code) ? error.code : String(error);
  }
  return undefined;
}
