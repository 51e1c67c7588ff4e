import { type FileSystem, memoryFileSystem } from "@seglog/fs";
import { openFileStore, type Store } from "@seglog/store";
import { describe, expect, test } from "vitest";

const PATH = "/a.store";

const textsOf = (store: Store): string[] =>
  store
    .scan(0, { recordsMax: 100, bytesMax: 1000 })
    .records.map((record) => Buffer.from(record).toString());

/** A store of six records in four generations, the fourth record damaged. */
async function damaged(): Promise<{ fs: FileSystem; positions: number[] }> {
  const fs = memoryFileSystem();
  const store = await openFileStore({ fs, path: PATH, preallocate: false });
  const positions: number[] = [];
  for (const text of ["zero", "one", "two", "three", "four", "five"]) {
    const batchContinues = text === "one" || text === "two";
    positions.push(store.append(Buffer.from(text), { batchContinues }));
    if (text !== "one" && text !== "two") await store.sync();
  }
  await store.close();
  const handle = await fs.open(PATH, { access: "write" });
  await handle.write([Buffer.from("XX")], 32 + (positions[3] as number) + 9);
  await handle.close();
  return { fs, positions };
}

describe("a store that is known to hold so many records", () => {
  test("drops what is behind them, damage that would be corruption too", async () => {
    const { fs, positions } = await damaged();
    await expect(openFileStore({ fs, path: PATH })).rejects.toMatchObject({
      code: "ERR_SEGLOG_CORRUPT",
    });
    const store = await openFileStore({ fs, path: PATH, keepRecords: 1 });
    expect(textsOf(store)).toEqual(["zero"]);
    expect([store.size, store.tornBytes]).toEqual([positions[1], 0]);
    await store.close();
  });

  test("may end in the middle of a batch, which from then on is whole", async () => {
    const { fs } = await damaged();
    await (await openFileStore({ fs, path: PATH, keepRecords: 2 })).close();
    const again = await openFileStore({ fs, path: PATH });
    expect(textsOf(again)).toEqual(["zero", "one"]);
    await again.close();
  });

  test("may be empty, and goes on with appends", async () => {
    const { fs } = await damaged();
    const store = await openFileStore({ fs, path: PATH, keepRecords: 0 });
    expect(store.size).toBe(0);
    expect(store.append(Buffer.from("new"))).toBe(0);
    await store.close();
  });

  test("changes nothing where it is only read", async () => {
    const { fs } = await damaged();
    const before = await sizeOf(fs);
    const store = await openFileStore({ fs, path: PATH, access: "read", keepRecords: 1 });
    expect(textsOf(store)).toEqual(["zero"]);
    await store.close();
    expect(await sizeOf(fs)).toBe(before);
  });

  test("is judged as any other where it holds fewer", async () => {
    const { fs } = await damaged();
    await expect(openFileStore({ fs, path: PATH, keepRecords: 4 })).rejects.toMatchObject({
      code: "ERR_SEGLOG_CORRUPT",
    });
  });
});

async function sizeOf(fs: FileSystem): Promise<number | undefined> {
  return (await fs.stat(PATH))?.bytes;
}
