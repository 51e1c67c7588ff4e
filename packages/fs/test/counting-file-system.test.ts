import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { expect, test } from "vitest";

test("every call is counted by the name of its method, on handles, mappings and locks too", async () => {
  const { fs, counts } = countingFileSystem(memoryFileSystem());
  await fs.makeDirectory("/d");
  const handle = await fs.open("/d/a", { access: "write", create: "exclusive" });
  await handle.write([Uint8Array.of(1)], 0);
  await handle.write([Uint8Array.of(2)], 1);
  await handle.writeDurably([Uint8Array.of(3)], 2);
  handle.allocate(2, 16);
  handle.read(new Uint8Array(1), 0);
  const mapping = handle.map(16, { access: "write" });
  mapping.setU64(0, 1);
  mapping.flush();
  mapping.close();
  await handle.truncate(8);
  await handle.size();
  await Promise.all([handle.sync(), handle.sync(), handle.sync()]);
  await handle.close();
  await fs.syncDirectory("/d");
  await (await fs.lock("/d/lock")).release();
  fs.watch("/d", () => {}).close();
  await fs.stat("/d/a");
  await fs.list("/d");
  await fs.rename("/d/a", "/d/b");
  await fs.remove("/d/b");
  await fs.remove("/d/lock");
  await fs.removeDirectory("/d");
  expect(counts).toEqual({
    open: 1,
    stat: 1,
    list: 1,
    makeDirectory: 1,
    removeDirectory: 1,
    rename: 1,
    remove: 2,
    syncDirectory: 1,
    lock: 1,
    release: 1,
    size: 1,
    read: 1,
    write: 2,
    writeDurably: 1,
    allocate: 1,
    sync: 3,
    truncate: 1,
    map: 1,
    close: 1,
    flush: 1,
    unmap: 1,
    watch: 1,
  });
});

test("a call that fails is counted, and a reset starts again from 0", async () => {
  const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
  await fs.remove("/no").catch(() => undefined); // only the count is looked at
  expect(counts.remove).toBe(1);
  reset();
  expect(Object.values(counts).every((count) => count === 0)).toBe(true);
});
