import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countingFileSystem, memoryFileSystem, nodeFileSystem } from "@seglog/fs";
import { openMappedIndex } from "@seglog/index";
import { expect, onTestFinished, test } from "vitest";
import { EntryPairs } from "../src/entry-pairs.ts";
import { encoded, putFile } from "./files.ts";

const PATH = "x.index";
const entry = (n: number) => ({ offset: 100 + n, position: n * 13 });
const entries = (count: number) =>
  encoded(Array.from({ length: count }, (_, n) => [100 + n, n * 13] as const));

async function pairsOf(content: Uint8Array) {
  const memory = memoryFileSystem();
  await putFile(memory, PATH, content);
  const { fs, counts } = countingFileSystem(memory);
  const handle = await fs.open(PATH, { access: "read" });
  return { memory, counts, pairs: new EntryPairs(handle) };
}

test("an entry and the next one are one call, in any other order each is its own", async () => {
  const { counts, pairs } = await pairsOf(entries(10));
  const callsOf = (...numbers: number[]) => {
    const before = counts.read;
    for (const n of numbers) expect(pairs.read(n)).toEqual(entry(n));
    return counts.read - before;
  };
  expect(callsOf(0, 1)).toBe(1);
  expect(callsOf(4, 5, 6, 7)).toBe(2);
  expect(callsOf(2, 2, 9, 8)).toBe(4);
  expect(callsOf(0, 2, 1)).toBe(3);
});

test("the next one is read anew where it was not there yet", async () => {
  const { memory, pairs } = await pairsOf(entries(3));
  expect(pairs.read(2)).toEqual(entry(2));
  await putFile(memory, PATH, entries(4));
  expect(pairs.read(3)).toEqual(entry(3));
});

test("behind the end there are zeros, and no entry where the disk fails", async () => {
  const { pairs } = await pairsOf(entries(3));
  expect(pairs.read(5)).toEqual({ offset: 0, position: 0 });
  const failing = {
    read() {
      throw new Error("disk");
    },
  };
  expect(new EntryPairs(failing as never).read(0)).toBeUndefined();
});

test("an index that is read by calls makes one for a record and where the next begins", async () => {
  const directory = await mkdtemp(join(tmpdir(), "seglog-index-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const node = nodeFileSystem({ mapper: "read-through" });
  const path = `${directory}/${PATH}`;
  await putFile(node, path, entries(100));
  const { fs, counts } = countingFileSystem(node);
  const index = await openMappedIndex({ fs, path, access: "read" });
  const before = counts.read;
  for (let n = 0; n < 98; n += 7) {
    expect([index.read(100 + n), index.read(101 + n)]).toEqual([n * 13, (n + 1) * 13]);
  }
  expect(counts.read - before).toBe(14);
  await index.close();
});
