import { hasCode } from "@seglog/errors";
import { memoryFileSystem } from "@seglog/fs";
import { expect, test } from "vitest";

test("a mapping shows later writes of a handle, also after the file grew past its backing", async () => {
  const fs = memoryFileSystem();
  const handle = await fs.open("/a", { access: "write", create: "exclusive" });
  await handle.write([new Uint8Array(16)], 0);
  const mapping = handle.map(16, { access: "write" });
  await handle.write([new Uint8Array(1_000_000)], 16);
  mapping.setU64(8, 2 ** 40 + 7);
  const read = new Uint8Array(8);
  handle.read(read, 8);
  expect([...read]).toEqual([0, 0, 1, 0, 0, 0, 0, 7]);
  await handle.write([Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9)], 0);
  expect(mapping.u64(0)).toBe(9);
});

test("cutting a file below an open mapping is a bug that is reported, not a crash", async () => {
  const fs = memoryFileSystem();
  const handle = await fs.open("/a", { access: "write", create: "exclusive" });
  await handle.truncate(64);
  const mapping = handle.map(64, { access: "read" });
  const failure = await handle.truncate(63).catch((error: unknown) => error);
  expect(hasCode(failure, "ERR_SEGLOG_INVARIANT")).toBe(true);
  mapping.close();
  await handle.truncate(0);
});

test("a write takes its bytes later than the call, so a reused buffer is seen", async () => {
  const fs = memoryFileSystem();
  const handle = await fs.open("/a", { access: "write", create: "exclusive" });
  const part = Uint8Array.of(1);
  const written = handle.write([part], 0);
  part[0] = 2;
  await written;
  const read = new Uint8Array(1);
  handle.read(read, 0);
  expect(read[0]).toBe(2);
});

test("a relative path starts at the root", async () => {
  const fs = memoryFileSystem();
  await fs.makeDirectory("a/b");
  expect(await fs.list("/a")).toEqual(["b"]);
  expect(await fs.list("/a/b/../..")).toEqual(["a"]);
});
