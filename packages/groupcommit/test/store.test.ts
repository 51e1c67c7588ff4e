import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CountingFileSystem, countingFileSystem, nodeFileSystem } from "@seglog/fs";
import { type CommitTarget, groupCommit } from "@seglog/groupcommit";
import { memoryStore, openFileStore } from "@seglog/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let directory: string;
let disk: CountingFileSystem;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "groupcommit-"));
  disk = countingFileSystem(nodeFileSystem());
});
afterEach(() => rm(directory, { recursive: true }));

const line = (i: number): Uint8Array => Buffer.from(`record ${i}`);

/** The target, and how often its sync was called. */
function counted(target: CommitTarget): { target: CommitTarget; syncs: () => number } {
  let syncs = 0;
  return {
    syncs: () => syncs,
    target: {
      append: (record) => target.append(record),
      sync: () => {
        syncs++;
        return target.sync();
      },
    },
  };
}

describe("over a file store", () => {
  test("1,000 concurrent appends cause at most 2 syncs, and are there after reopening", async () => {
    const path = join(directory, "records.store");
    const store = await openFileStore({ fs: disk.fs, path, preallocate: false });
    const group = groupCommit(store);
    disk.reset();
    const positions = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => group.append(line(i))),
    );
    expect(group.stats().syncs).toBeLessThanOrEqual(2);
    expect(disk.counts.sync).toBeLessThanOrEqual(2);
    await group.close();
    await store.close();

    const reopened = await openFileStore({ fs: disk.fs, path });
    expect(positions.map((position) => Buffer.from(reopened.read(position)).toString())).toEqual(
      positions.map((_, i) => `record ${i}`),
    );
    await reopened.close();
  });

  test("64 callers of 8 appends each, one after another, need no more than 10 syncs", async () => {
    const path = join(directory, "records.store");
    const store = await openFileStore({ fs: disk.fs, path, preallocate: false });
    const group = groupCommit(store);
    disk.reset();
    const callers = Array.from({ length: 64 }, async (_, caller) => {
      for (let round = 0; round < 8; round++) await group.append(line(caller));
    });
    await Promise.all(callers);
    expect(group.stats().appends).toBe(512);
    expect(disk.counts.sync).toBeLessThanOrEqual(10);
    await group.close();
    await store.close();
  });

  test("its bound is met before the store's: a burst of 8 times both is committed", async () => {
    const bytesMax = 2 ** 20;
    const path = join(directory, "records.store");
    const store = await openFileStore({ fs: disk.fs, path, stagedBytesMax: bytesMax });
    const group = groupCommit(store, { bytesMax });
    const burst = Array.from({ length: 8192 }, () => group.append(new Uint8Array(1024)));
    await Promise.all(burst);
    expect(store.size).toBe(8192 * (1024 + 8));
    await group.close();
    await store.close();
  });
});

test("over a memory store 1,000 concurrent appends cause at most 2 syncs", async () => {
  const store = memoryStore();
  const { target, syncs } = counted(store);
  const group = groupCommit(target);
  const positions = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => group.append(line(i))),
  );
  expect(syncs()).toBeLessThanOrEqual(2);
  for (const [i, position] of positions.entries()) {
    expect(Buffer.from(store.read(position)).toString()).toBe(`record ${i}`);
  }
  await group.close();
});
