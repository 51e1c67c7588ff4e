import { SeglogError } from "@seglog/errors";
import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { type Index, openMappedIndex } from "@seglog/index";
import { describe, expect, it } from "vitest";
import { encoded, getFile, putFile } from "./files.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

const path = "x.index";

/** So many entries are held in memory before they are written. */
const HELD = 4096;

/** A disk on which calls that begin with `failing` fail, and what counts the calls below it. */
function failingDisk() {
  const counted = countingFileSystem(memoryFileSystem());
  const disk = { failing: "nothing", counts: counted.counts };
  const fs = watchedFileSystem(counted.fs, (call) => {
    const operation = disk.failing;
    if (!call.startsWith(operation)) return;
    const context = { path, operation, errno: "ENOSPC" };
    throw new SeglogError("ERR_SEGLOG_IO", `${operation} failed`, context);
  });
  return { fs, disk };
}

it("of which an entry cannot be read has none from then on, and fails no read", async () => {
  const { fs, disk } = failingDisk();
  const written = await openMappedIndex({ fs, path });
  for (let n = 0; n < 40; n += 1) written.write(n, n * 13);
  await written.close();
  const index = await openMappedIndex({ fs, path, access: "read" });
  expect(index.read(7)).toBe(91);
  disk.failing = "read";
  expect(index.read(9)).toBeUndefined(); // 8 was read with 7
  disk.failing = "nothing";
  expect([index.read(8), index.floor(20), index.nextOffset, index.bytes]).toEqual([
    undefined,
    undefined,
    undefined,
    0,
  ]);
  await index.close();
});

describe("a full disk", () => {
  it.each(["allocate", "map"])(
    "at %s makes the write fail, changes nothing, and a later write succeeds",
    async (operation) => {
      const { fs, disk } = failingDisk();
      const index = await openMappedIndex({ fs, path, growEntries: 4 });
      for (let n = 0; n < 4; n += 1) index.write(n, n * 13);
      disk.failing = operation;
      for (let round = 0; round < 2; round += 1) {
        expect(() => index.write(4, 52)).toThrow(
          expect.objectContaining({ code: "ERR_SEGLOG_IO" }),
        );
        expect([index.nextOffset, index.bytes, index.read(3), index.read(4)]).toEqual([
          4,
          64,
          39,
          undefined,
        ]);
      }
      disk.failing = "nothing";
      index.write(4, 52);
      expect([index.nextOffset, index.read(3), index.read(4)]).toEqual([5, 39, 52]);
      await index.close();
      expect((await getFile(fs, path)).length).toBe(80);
    },
  );

  it("at the write of what is held makes a write fail, and nothing that was held is lost", async () => {
    const { fs, disk } = failingDisk();
    const index = await openMappedIndex({ fs, path });
    for (let n = 0; n < HELD; n += 1) index.write(n, n * 13);
    disk.failing = "writeNow";
    for (let round = 0; round < 2; round += 1) {
      const write = (): void => index.write(HELD, HELD * 13);
      expect(write).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_IO" }));
      expect([index.nextOffset, index.read(HELD - 1)]).toEqual([HELD, (HELD - 1) * 13]);
    }
    disk.failing = "nothing";
    index.write(HELD, HELD * 13);
    const ends = [0, HELD - 1, HELD].map((offset) => index.read(offset));
    expect(ends).toEqual([0, (HELD - 1) * 13, HELD * 13]);
    await index.close();
    const entries = Array.from({ length: HELD + 1 }, (_, n) => [n, n * 13] as const);
    expect(await getFile(fs, path)).toEqual(encoded(entries));
  });

  it("at the first write leaves the index empty: any offset may be first", async () => {
    const { fs, disk } = failingDisk();
    const index = await openMappedIndex({ fs, path });
    disk.failing = "allocate";
    expect(() => index.write(7, 0)).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_IO" }));
    expect([index.nextOffset, index.read(7), index.floor(9)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    disk.failing = "nothing";
    index.write(3, 0);
    expect(index.nextOffset).toBe(4);
    await index.close();
  });
});

describe("a failed sync", () => {
  it.each(["sync", "writeNow"])(
    "at %s is never retried: later syncs are refused",
    async (operation) => {
      const { fs, disk } = failingDisk();
      const index = await openMappedIndex({ fs, path });
      index.write(0, 0);
      disk.failing = operation;
      await expect(index.sync()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
      disk.failing = "nothing";
      const again = index.sync();
      await expect(again).rejects.toMatchObject({
        code: "ERR_SEGLOG_POISONED",
        cause: { code: "ERR_SEGLOG_IO" },
      });
      index.write(1, 13);
      expect([index.read(0), index.read(1)]).toEqual([0, 13]);
      await index.close();
    },
  );
});

describe("a failing close", () => {
  it.each(["writeNow", "unmap", "size", "truncate", "close"])(
    "at %s rejects every time, and still releases the rest",
    async (operation) => {
      const { fs, disk } = failingDisk();
      const index: Index = await openMappedIndex({ fs, path });
      index.write(0, 0);
      disk.failing = operation;
      await expect(index.close()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
      await expect(index.close()).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
      expect(disk.counts.close).toBe(operation === "close" ? 0 : 1);
      expect(disk.counts.unmap).toBe(operation === "unmap" ? 0 : 1);
      expect(() => index.read(0)).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_CLOSED" }));
    },
  );
});

describe("a failing open", () => {
  it.each(["size", "read", "map"])(
    "at %s rejects and gives the descriptor back",
    async (operation) => {
      const { fs, disk } = failingDisk();
      await putFile(
        fs,
        path,
        encoded([
          [0, 0],
          [1, 13],
        ]),
      );
      const closedBefore = disk.counts.close;
      disk.failing = operation;
      const opening = openMappedIndex({ fs, path });
      await expect(opening).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
      expect(disk.counts.close).toBe(closedBefore + 1);
    },
  );
});
