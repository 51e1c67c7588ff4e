import { countingFileSystem, type FileSystem, memoryFileSystem } from "@seglog/fs";
import { simulatedDisk } from "@seglog/fs/sim";
import { type OpenFileStoreOptions, openFileStore, type Store } from "@seglog/store";
import { describe, expect, test } from "vitest";
import { faultyFileSystem } from "./faulty.ts";
import { fileContent, putContent, type StoreOptions } from "./places.ts";

const PATH = "/a.store";
const bytes = (text: string): Uint8Array => Buffer.from(text);

function textsOf(store: Store): string[] {
  const { records } = store.scan(0, { recordsMax: 10 ** 6, bytesMax: 2 ** 40 });
  return records.map((record) => Buffer.from(record).toString());
}

describe("syncs", () => {
  test("creation costs two, of file and directory; one sync, one call; a clean one, none", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const store = await openFileStore({ fs, path: PATH, preallocate: false });
    expect([counts.sync, counts.syncDirectory]).toEqual([1, 1]);
    reset();
    await store.sync();
    expect(counts.writeDurably).toBe(0);
    for (let i = 0; i < 1000; i++) store.append(bytes("record"));
    await store.sync();
    await store.sync();
    await store.close();
    expect([counts.writeDurably, counts.write, counts.sync]).toEqual([1, 0, 0]);
  });

  test("calls that wait share one: 100 at once cost two", async () => {
    const { fs, counts, reset } = countingFileSystem(memoryFileSystem());
    const store = await openFileStore({ fs, path: PATH, preallocate: false });
    reset();
    store.append(bytes("first"));
    const pending = [store.sync()];
    await Promise.resolve();
    await Promise.resolve();
    for (let i = 0; i < 100; i++) {
      store.append(bytes("more"));
      pending.push(store.sync());
    }
    await Promise.all(pending);
    expect([counts.writeDurably, counts.sync]).toEqual([2, 0]);
    await store.close();
  });

  test("nothing is written while a sync runs", async () => {
    const disk = faultyFileSystem();
    const store = await openFileStore({ fs: disk.fs, path: PATH, preallocate: false });
    let open = (): void => undefined;
    disk.syncGate = new Promise((resolve) => {
      open = resolve;
    });
    disk.calls.length = 0;
    store.append(bytes("one"));
    const sync = store.sync();
    expect(disk.calls).toEqual(["writeDurably 32+11"]);
    store.append(bytes("two"));
    const flush = store.flush();
    for (let i = 0; i < 100; i++) await Promise.resolve();
    expect(disk.calls).toHaveLength(1);
    expect(textsOf(store)).toEqual(["one", "two"]);
    open();
    await Promise.all([sync, flush]);
    expect(disk.calls.at(-1)).toMatch(/^write /);
    await store.close();
  });
});

describe("preallocation", () => {
  test("goes ahead in steps, ends at expectedBytes, and is cut by close", async () => {
    const fs = memoryFileSystem();
    const expectedBytes = 300_000;
    const store = await openFileStore({ fs, path: PATH, expectedBytes });
    const sizes = new Set<number>();
    for (let i = 0; i < 60; i++) {
      store.append(new Uint8Array(4992).fill(i + 1));
      await store.sync();
      await new Promise((resolve) => setImmediate(resolve));
      sizes.add((await fs.stat(PATH))?.bytes ?? 0);
    }
    expect(sizes.size).toBeLessThan(10);
    expect(Math.max(...sizes)).toBe(32 + expectedBytes);
    const { records } = store.scan(0, { recordsMax: 99, bytesMax: 2 ** 30 });
    for (const [i, record] of records.entries()) {
      expect(Buffer.compare(record, new Uint8Array(4992).fill(i + 1))).toBe(0);
    }
    store.append(bytes("beyond"));
    await store.close();
    expect((await fs.stat(PATH))?.bytes).toBe(32 + 60 * 5000 + 14);
  });

  test("zeros never land on frames, however flushes and steps fall", async () => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: PATH });
    const lengths = Array.from({ length: 300 }, (_, i) => 1 + ((i * 7919) % 30_000));
    for (const [i, length] of lengths.entries()) {
      store.append(new Uint8Array(length).fill((i % 255) + 1));
      if (i % 3 === 0) void store.flush();
      if (i % 7 === 0) await store.flush();
    }
    await store.sync();
    const { records } = store.scan(0, { recordsMax: 999, bytesMax: 2 ** 30 });
    expect(records.map((record) => record.length)).toEqual(lengths);
    await store.close();
  });
});

describe("reading", () => {
  test("inside a frame is CORRUPT, staged and written", async () => {
    const store = await openFileStore({ fs: memoryFileSystem(), path: PATH });
    store.append(bytes("hello"));
    store.append(bytes("world"));
    for (let round = 0; round < 2; round++) {
      for (let p = 1; p < store.size; p++) {
        if (p === 13) continue;
        const corrupt = expect.objectContaining({ code: "ERR_SEGLOG_CORRUPT" });
        expect(() => store.read(p), `read(${p})`).toThrow(corrupt);
        expect(() => store.scan(p, { recordsMax: 1, bytesMax: 1 })).toThrow(corrupt);
      }
      await store.sync();
    }
    await store.close();
  });

  test("a scan ends before a damaged frame, and fails at it", async () => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: PATH });
    for (const text of ["one", "two", "three"]) store.append(bytes(text));
    await store.sync();
    const handle = await fs.open(PATH, { access: "write" });
    await handle.write([bytes("T")], 32 + 22 + 8);
    const scan = store.scan(0, { recordsMax: 9, bytesMax: 999 });
    expect([scan.records.length, scan.next]).toEqual([2, 22]);
    expect(() => store.scan(22, { recordsMax: 9, bytesMax: 999 })).toThrow(/no valid frame/);
    expect(() => store.readView(22)).toThrow(/no valid frame/);
    expect(store.next(22)).toBe(store.size);
    await store.truncate(22);
    expect(textsOf(store)).toEqual(["one", "two"]);
    await store.close();
    await handle.close();
  });

  test("with access read writes nothing and ignores a torn tail", async () => {
    const fs = memoryFileSystem();
    const writer = await openFileStore({ fs, path: PATH, preallocate: false });
    writer.append(bytes("one"));
    writer.append(bytes("two"));
    await writer.sync();
    const content = await fileContent(fs, PATH);
    content[content.length - 1] = 0;
    await putContent(fs, "/b.store", content);
    const { fs: counted, counts } = countingFileSystem(fs);
    const store = await openFileStore({ fs: counted, path: "/b.store", access: "read" });
    expect(textsOf(store)).toEqual(["one"]);
    expect(store.tornBytes).toBe(10);
    const readOnly = { code: "ERR_SEGLOG_READ_ONLY" };
    expect(() => store.append(bytes("x"))).toThrow(expect.objectContaining(readOnly));
    await expect(store.truncate(0)).rejects.toMatchObject(readOnly);
    await store.sync();
    await store.close();
    expect([counts.write, counts.sync, counts.truncate]).toEqual([0, 0, 0]);
    await writer.close();
  });
});

describe("opening", () => {
  const make = async (options: StoreOptions = {}): Promise<Uint8Array> => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: PATH, ...options });
    for (const text of ["one", "two"]) store.append(bytes(text));
    await store.close();
    return fileContent(fs, PATH);
  };
  const openWith = async (content: Uint8Array, options: StoreOptions = {}): Promise<Store> => {
    const fs = memoryFileSystem();
    await putContent(fs, PATH, content);
    return openFileStore({ fs, path: PATH, ...options });
  };

  test("closed trusts the length, looks at the last frame, and appends on", async () => {
    const content = await make();
    const store = await openWith(content, { end: "closed" });
    store.append(bytes("three"));
    await store.sync();
    expect(textsOf(store)).toEqual(["one", "two", "three"]);
    await store.close();
    for (const torn of [
      content.subarray(0, content.length - 1),
      Buffer.concat([content, bytes("x")]),
    ]) {
      await expect(openWith(torn, { end: "closed" })).rejects.toMatchObject({
        code: "ERR_SEGLOG_CORRUPT",
      });
    }
  });

  test("closed goes on one generation above, so that a crash is told from damage", async () => {
    const fs = memoryFileSystem();
    let store = await openFileStore({ fs, path: PATH, preallocate: false });
    for (let i = 0; i < 6; i++) {
      store.append(bytes("one"));
      await store.sync();
      await store.close();
      store = await openFileStore({ fs, path: PATH, preallocate: false, end: "closed" });
    }
    for (const text of ["torn", "whole"]) store.append(bytes(text));
    await store.flush();
    const content = await fileContent(fs, PATH);
    content.fill(0, 32 + 66, 32 + 70);
    const again = await openWith(content);
    expect(textsOf(again)).toHaveLength(6);
    await again.close();
  });

  test("truncate goes on one generation above what it keeps", async () => {
    const fs = memoryFileSystem();
    const store = await openFileStore({ fs, path: PATH, preallocate: false });
    for (let i = 0; i < 3; i++) {
      store.append(bytes("one"));
      await store.sync();
    }
    await store.truncate(11);
    for (const text of ["torn", "whole"]) store.append(bytes(text));
    await store.flush();
    const content = await fileContent(fs, PATH);
    content.fill(0, 32 + 11, 32 + 15);
    const again = await openWith(content);
    expect(textsOf(again)).toEqual(["one"]);
    await again.close();
  });

  test("sealed refuses appends", async () => {
    const content = await make();
    const fs = memoryFileSystem();
    await putContent(fs, PATH, content);
    const { fs: counted, counts } = countingFileSystem(fs);
    const store = await openFileStore({ fs: counted, path: PATH, end: "sealed" });
    expect(textsOf(store)).toEqual(["one", "two"]);
    const readOnly = { code: "ERR_SEGLOG_READ_ONLY" };
    expect(() => store.append(bytes("x"))).toThrow(expect.objectContaining(readOnly));
    await expect(store.truncate(0)).rejects.toMatchObject(readOnly);
    expect(counts.write).toBe(0);
    await store.close();
  });

  test("sealed is read by calls at first, then mapped, and its descriptor is closed then", async () => {
    const fs = memoryFileSystem();
    await putContent(fs, PATH, await make());
    const { fs: counted, counts } = countingFileSystem(fs);
    const store = await openFileStore({ fs: counted, path: PATH, end: "sealed" });
    expect(textsOf(store)).toEqual(["one", "two"]);
    expect([counts.map, counts.close]).toEqual([0, 0]);
    for (let n = 0; n < 20; n++) expect(textsOf(store)).toEqual(["one", "two"]);
    expect([counts.map, counts.close]).toEqual([1, 1]);
    await store.close();
    expect([counts.map, counts.unmap]).toEqual([1, 1]);
  });

  test.each(["gives the file again", "gives it no more"])(
    "sealed by its writer is mapped when it is read, where the system %s",
    async (how) => {
      const { fs: counted, counts } = countingFileSystem(memoryFileSystem());
      let isGiven = true;
      const fs: FileSystem = {
        ...counted,
        open: (path, options) => (isGiven ? counted.open(path, options) : Promise.reject(path)),
      };
      const store = await openFileStore({ fs, path: PATH });
      store.append(bytes("one"));
      store.append(bytes("two"));
      isGiven = how === "gives the file again";
      await store.seal();
      expect([counts.open, counts.close, counts.map]).toEqual(isGiven ? [2, 1, 0] : [1, 1, 1]);
      for (let n = 0; n < 20; n++) expect(textsOf(store)).toEqual(["one", "two"]);
      await store.close();
      expect([counts.map, counts.unmap]).toEqual([1, 1]);
    },
  );

  test("close that comes upon a seal leaves nothing open", async () => {
    const disk = simulatedDisk({ seed: 1 });
    const store = await openFileStore({ fs: disk.fs, path: PATH });
    store.append(bytes("one"));
    const sealing = store.seal();
    await Promise.all([store.close(), sealing]);
    expect([disk.openHandles, disk.openMappings]).toEqual([0, 0]);
  });

  test("sealed is read by calls for as long as the system gives no mapping", async () => {
    const fs = memoryFileSystem();
    await putContent(fs, PATH, await make());
    let refused = 0;
    const scarce: FileSystem = {
      ...fs,
      open: async (path, options) => {
        const handle = await fs.open(path, options);
        handle.map = () => {
          refused++;
          throw new Error("ENOMEM");
        };
        return handle;
      },
    };
    const store = await openFileStore({ fs: scarce, path: PATH, end: "sealed" });
    for (let n = 0; n < 50; n++) expect(textsOf(store)).toEqual(["one", "two"]);
    expect(refused).toBeGreaterThan(1);
    await store.close();
  });

  test("as many sealed stores as one likes, one after another, leave room for the next", async () => {
    const fs = memoryFileSystem();
    await putContent(fs, PATH, await make());
    const { fs: counted, counts } = countingFileSystem(fs);
    for (let n = 0; n < 300; n++) {
      await (await openFileStore({ fs: counted, path: PATH, end: "sealed" })).close();
    }
    expect([counts.map, counts.close]).toEqual([0, 300]);
  });

  test("a file that creation left unfinished is an empty store, and written anew", async () => {
    const whole = await make();
    const zeros = new Uint8Array(5000);
    for (const content of [zeros, zeros.subarray(0, 40), ...prefixesOf(whole.subarray(0, 31))]) {
      const reader = await openWith(content, { access: "read" });
      expect(reader.size).toBe(0);
      await reader.close();
      const store = await openWith(content);
      expect(store.append(bytes("one"))).toBe(0);
      await store.sync();
      await store.close();
    }
  });

  test("anything else is told apart by its code", async () => {
    const code = async (content: Uint8Array, options?: StoreOptions): Promise<unknown> =>
      openWith(content, options).catch((error: { code: string }) => error.code);
    const whole = await make({ baseOffset: 7 });
    expect(await code(bytes("hello"))).toBe("ERR_SEGLOG_NOT_A_LOG");
    expect(await code(Buffer.alloc(99, "text"))).toBe("ERR_SEGLOG_NOT_A_LOG");
    expect(await code(changed(whole, 12))).toBe("ERR_SEGLOG_CORRUPT");
    expect(await code(Buffer.concat([new Uint8Array(32), whole.subarray(32)]))).toBe(
      "ERR_SEGLOG_CORRUPT",
    );
    expect(await code(whole, { baseOffset: 8 })).toBe("ERR_SEGLOG_CORRUPT");
    const { encodeStoreHeader } = await import("../src/store-header.ts");
    const { crc32 } = await import("@seglog/store");
    for (const [at, value] of [
      [9, 2],
      [11, 9],
    ] as const) {
      const header = encodeStoreHeader({
        frameFormat: "checked",
        salt: 1,
        baseOffset: 0,
        logId: 0,
      });
      header[at] = value;
      new DataView(header.buffer).setUint32(28, crc32(header, 0, 28, 0));
      expect(await code(header)).toBe("ERR_SEGLOG_UNSUPPORTED_FORMAT");
    }
  });

  test("create says whether the file may, or must, be there", async () => {
    const fs = memoryFileSystem();
    const path = PATH;
    const never = openFileStore({ fs, path, create: "never" });
    await expect(never).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
    const reader = openFileStore({ fs, path, access: "read" });
    await expect(reader).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
    await (await openFileStore({ fs, path, create: "exclusive" })).close();
    const again = openFileStore({ fs, path, create: "exclusive" });
    await expect(again).rejects.toMatchObject({ code: "ERR_SEGLOG_EXISTS" });
  });

  test("an option out of its bounds is refused by name, and no file is made", async () => {
    const fs = memoryFileSystem();
    const bad: Record<string, unknown>[] = [
      { path: "" },
      { fs: {} },
      { recordBytesMax: 0 },
      { recordBytesMax: 2 ** 28 },
      { stagedBytesMax: 0 },
      { bufferBytes: 100 },
      { expectedBytes: -1 },
      { baseOffset: 0.5 },
      { mode: 0o1000 },
      { frameFormat: "other" },
      { end: "open" },
      { preallocate: 1 },
      { random: 4 },
      { create: "always" },
      { buffer: 1 },
    ];
    for (const option of bad) {
      const options = { fs, path: PATH, ...option } as unknown as OpenFileStoreOptions;
      const [name] = Object.keys(option);
      await expect(openFileStore(options), name).rejects.toMatchObject({
        code: "ERR_SEGLOG_INVALID_ARGUMENT",
        context: { name },
      });
    }
    expect(await fs.list("/")).toEqual([]);
  });
});

function* prefixesOf(content: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length <= content.length; length++) yield content.subarray(0, length);
}

function changed(content: Uint8Array, at: number): Uint8Array {
  const copy = content.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
