import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { countingFileSystem, memoryFileSystem } from "@seglog/fs";
import { memoryIndex } from "@seglog/index";
import {
  indexName,
  LOCK_FILE_NAME,
  PROGRESS_FILE_NAME,
  STATE_FILE_NAME,
  storeName,
} from "@seglog/segment";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fill, listed } from "../src/conformance/catalog-cases.ts";
import { appendAll, holdsRecords, someRecords } from "../src/conformance/records.ts";
import { decorated } from "./decorate.ts";
import { patchFile, putFile } from "./files.ts";
import { memoryPlace, nodePlace, openCatalog, openIndex, type Place } from "./places.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

const STATE = { firstOffset: 0, closedAt: undefined, truncatingTo: undefined, lastTime: 0 };
const WRITING_CALLS = [
  "makeDirectory",
  "removeDirectory",
  "rename",
  "remove",
  "syncDirectory",
  "lock",
  "write",
  "allocate",
  "sync",
  "truncate",
] as const;

describe("names", () => {
  it("of a segment are its base offset in 20 digits", async () => {
    const place = await memoryPlace();
    const catalog = await openCatalog(place);
    await fill(catalog, { baseOffset: 2 ** 53 - 2, count: 1 });
    await fill(catalog, { baseOffset: 42, count: 1 });
    await catalog.saveState(STATE);
    expect(await place.fs.list(place.directory)).toEqual([
      "00000000000000000042.index",
      "00000000000000000042.store",
      "00009007199254740990.index",
      "00009007199254740990.store",
      LOCK_FILE_NAME,
      PROGRESS_FILE_NAME,
      STATE_FILE_NAME,
    ]);
    await catalog.close();
  });

  it("that are not ours are not listed, and left alone", async () => {
    const { fs, directory } = await memoryPlace();
    const strangers = [
      "foo.store",
      "0.store",
      "000000000000000000007.store",
      "0000000000000000000x.store",
      "00000000000000000007.store.bak",
      "x00000000000000000007.store",
      "00000000000000000007.STORE",
      "00009007199254740992.store",
      "99999999999999999999.store",
      "00000000000000000009.index",
      "notes.txt",
    ];
    const text = new TextEncoder().encode("not ours");
    for (const name of strangers) await putFile(fs, `${directory}/${name}`, text);
    await fs.makeDirectory(`${directory}/sub`);
    const catalog = await openCatalog({ fs, directory });
    expect(await catalog.list()).toEqual([]);
    await fill(catalog, { baseOffset: 7, count: 3 });
    expect(await listed(catalog)).toEqual([7]);
    await catalog.remove([7]);
    await catalog.close();
    const left = [...strangers, "sub", LOCK_FILE_NAME].sort();
    expect(await fs.list(directory)).toEqual(left);
  });

  it("an index without a store is no segment, and the next of its name is empty", async () => {
    const { fs, directory } = await memoryPlace();
    const catalog = await openCatalog({ fs, directory });
    await fill(catalog, { baseOffset: 9, count: 30 });
    await fs.remove(`${directory}/${storeName(9)}`);
    expect(await catalog.list()).toEqual([]);
    const segment = await catalog.create(9);
    holdsRecords(segment, []);
    expect(segment.indexRebuilt).toBe(false);
    await segment.close();
    await catalog.close();
  });

  it("a directory in place of a store is listed, and refused by open", async () => {
    const { fs, directory } = await memoryPlace();
    await fs.makeDirectory(`${directory}/${storeName(0)}`);
    const catalog = await openCatalog({ fs, directory });
    expect(await catalog.list()).toEqual([{ baseOffset: 0, bytes: 0 }]);
    const io = { code: "ERR_SEGLOG_IO" };
    await expect(catalog.open(0, { mode: "crashed" })).rejects.toMatchObject(io);
    await expect(catalog.create(0)).rejects.toMatchObject({ code: "ERR_SEGLOG_EXISTS" });
    await catalog.close();
  });
});

describe("on the machine's disk", () => {
  let place: Place;
  beforeEach(async () => {
    place = await nodePlace();
  });
  afterEach(() => place.dispose());

  it.each([
    ["store", storeName(0)],
    ["index", indexName(0)],
    ["state file", STATE_FILE_NAME],
  ])("a symbolic link in place of a %s is refused", async (_, name) => {
    const catalog = await openCatalog(place);
    await fill(catalog, { baseOffset: 0, count: 5 });
    await catalog.saveState(STATE);
    await catalog.close();
    await place.fs.rename(join(place.directory, name), join(place.directory, "moved"));
    await symlink(join(place.directory, "moved"), join(place.directory, name));
    await expect(
      (async () => {
        const again = await openCatalog(place);
        try {
          expect(await listed(again)).toEqual([0]);
          await again.open(0, { mode: "sealed", nextOffset: 5 });
        } finally {
          await again.close();
        }
      })(),
    ).rejects.toMatchObject({ code: "ERR_SEGLOG_IO", context: { errno: "ELOOP" } });
  });

  it.each([
    [0o600, 0o700],
    [0o640, 0o750],
    [0o666, 0o777],
    [undefined, 0o755],
  ])(
    "mode %o is that of every file that is made, before the umask",
    async (mode, directoryMode) => {
      const directory = join(place.directory, "made/log");
      const catalog = await openCatalog(
        { fs: place.fs, directory },
        mode === undefined ? {} : { mode },
      );
      await fill(catalog, { baseOffset: 0, count: 1 });
      await catalog.saveState(STATE);
      await catalog.close();
      const names = await readdir(directory);
      expect(names).toHaveLength(5);
      const masked = (bits: number): number => bits & ~process.umask();
      for (const name of names) {
        const { mode: found } = await stat(join(directory, name));
        expect([name, found & 0o777]).toEqual([name, masked(mode ?? 0o644)]);
      }
      for (const path of [directory, join(place.directory, "made")]) {
        expect((await stat(path)).mode & 0o777).toBe(masked(directoryMode));
      }
    },
  );

  it("read-only, a directory that may not be written to is read", async () => {
    const catalog = await openCatalog(place);
    await fill(catalog, { baseOffset: 0, count: 20 });
    await catalog.saveState(STATE);
    await catalog.close();
    for (const name of await readdir(place.directory))
      await chmod(join(place.directory, name), 0o400);
    await chmod(place.directory, 0o500);
    const reader = await openCatalog(place, { readOnly: true });
    expect(await reader.loadState()).toEqual(STATE);
    const segment = await reader.open(0, { mode: "closed", nextOffset: 20 });
    holdsRecords(segment, someRecords(20));
    await segment.close();
    await reader.close();
    await chmod(place.directory, 0o700);
  });

  it("a directory is reached through a symbolic link, also read-only", async () => {
    const directory = join(place.directory, "link");
    await mkdir(join(place.directory, "real"));
    await symlink("real", directory);
    const catalog = await openCatalog({ fs: place.fs, directory });
    await fill(catalog, { baseOffset: 0, count: 2 });
    await catalog.close();
    const reader = await openCatalog({ fs: place.fs, directory }, { readOnly: true });
    expect(await listed(reader)).toEqual([0]);
    await reader.close();
  });

  it("a file in place of the directory is refused", async () => {
    const directory = join(place.directory, "file");
    await writeFile(directory, "text");
    for (const readOnly of [false, true]) {
      await expect(openCatalog({ fs: place.fs, directory }, { readOnly })).rejects.toMatchObject({
        code: readOnly ? "ERR_SEGLOG_IO" : "ERR_SEGLOG_EXISTS",
      });
    }
  });
});

describe("read-only", () => {
  it("makes no call that writes, whatever the state of the segments", async () => {
    const { fs: inner, directory } = await memoryPlace();
    const writer = await openCatalog({ fs: inner, directory });
    await writer.saveState(STATE);
    for (const baseOffset of [0, 20, 40, 60]) await fill(writer, { baseOffset, count: 20 });
    await inner.remove(`${directory}/${indexName(20)}`);
    const wrong = { at: 16, bytes: new Uint8Array(64).fill(9) };
    await patchFile(inner, `${directory}/${indexName(40)}`, wrong);
    await putFile(inner, `${directory}/${indexName(60)}`, new Uint8Array(320).fill(7));
    const { fs, counts } = countingFileSystem(inner);
    const reader = await openCatalog({ fs, directory }, { readOnly: true });
    expect(await reader.loadState()).toEqual(STATE);
    for (const { baseOffset } of await reader.list()) {
      for (const mode of ["sealed", "closed", "crashed"] as const) {
        const segment = await reader.open(baseOffset, { mode, nextOffset: baseOffset + 20 });
        holdsRecords(segment, someRecords(20));
        await segment.close();
      }
    }
    await reader.close();
    for (const call of WRITING_CALLS) expect([call, counts[call]]).toEqual([call, 0]);
    await writer.close();
  });

  it("a directory that is not there is ERR_SEGLOG_NOT_FOUND, and not made", async () => {
    const fs = memoryFileSystem();
    await expect(openCatalog({ fs, directory: "/x" }, { readOnly: true })).rejects.toMatchObject({
      code: "ERR_SEGLOG_NOT_FOUND",
    });
    expect(await fs.stat("/x")).toBeUndefined();
  });
});

describe("options", () => {
  it.each([
    ["directory", ""],
    ["directory", 7],
    ["fs", {}],
    ["openStore", undefined],
    ["openIndex", "mapped"],
    ["random", 4],
    ["readOnly", "yes"],
    ["segmentBytesMax", 0],
    ["segmentBytesMax", 2 ** 30 + 1],
    ["indexEntriesMax", 2 ** 26 + 1],
    ["recordBytesMax", 7],
    ["recordBytesMax", 2 ** 28],
    ["stagedBytesMax", 0],
    ["mode", 0o1000],
    ["frameFormat", "other"],
    ["segmentBytes", 1],
  ])("%s: %j is refused, and nothing is made", async (name, value) => {
    const fs = memoryFileSystem();
    await expect(openCatalog({ fs, directory: "/x" }, { [name]: value })).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
      context: { name },
    });
    expect(await fs.list("/")).toEqual([]);
  });

  it("that are undefined stand for their defaults", async () => {
    const { fs, directory } = await memoryPlace();
    const none = { mode: undefined, segmentBytesMax: undefined, random: undefined };
    const catalog = await openCatalog({ fs, directory }, none as object);
    await fill(catalog, { baseOffset: 0, count: 2 });
    await catalog.close();
  });

  it("reach the stores and indexes", async () => {
    const { fs, directory } = await memoryPlace();
    const asked: object[] = [];
    const catalog = await openCatalog(
      { fs, directory },
      {
        segmentBytesMax: 1000,
        indexEntriesMax: 3,
        recordBytesMax: 50,
        stagedBytesMax: 200,
        frameFormat: "plain",
        mode: 0o600,
        openIndex: (request) => {
          asked.push(request);
          return openIndex(request);
        },
      },
    );
    const segment = await catalog.create(5);
    expect(asked).toEqual([
      { fs, path: `${directory}/${indexName(5)}`, baseOffset: 5, access: "write", mode: 0o600 },
    ]);
    appendAll(segment, someRecords(2));
    expect(segment.isFull).toBe(false);
    segment.append(new Uint8Array(42), 2 ** 41, false);
    expect(segment.isFull).toBe(true);
    expect(() => segment.append(new Uint8Array(43), 2 ** 41, false)).toThrow(/longer than/);
    await segment.close();
    await catalog.close();
  });
});

describe("a segment that was sealed", () => {
  it("has its index cut to size and given back, and its close touches nothing of it", async () => {
    const place = await memoryPlace();
    const calls: string[] = [];
    const { fs, open } = watchedFileSystem(place.fs, (call, path) => {
      if (path.endsWith(".index")) calls.push(call);
    });
    const catalog = await openCatalog({ fs, directory: place.directory });
    const segment = await catalog.create(0);
    const records = someRecords(30);
    appendAll(segment, records);
    const openBefore = open();
    const sealing = segment.seal();
    holdsRecords(segment, records);
    await sealing;
    holdsRecords(segment, records); // often enough to be mapped; the handles are closed behind it
    await new Promise((resolve) => setImmediate(resolve));
    expect(segment.indexBytes).toBe(30 * 16);
    expect(open()).toBeLessThan(openBefore);
    expect((await fs.stat(`${place.directory}/${indexName(0)}`))?.bytes).toBe(30 * 16);
    calls.length = 0;
    await segment.close();
    expect(calls).toEqual([]);
    await catalog.close();
  });

  it("is given back whole when it is closed while it is being sealed", async () => {
    const place = await memoryPlace();
    const { fs, open } = watchedFileSystem(place.fs);
    const catalog = await openCatalog({ fs, directory: place.directory });
    const openBefore = open();
    const segment = await catalog.create(0);
    appendAll(segment, someRecords(30));
    await Promise.all([segment.seal(), segment.close()]);
    expect(open()).toBe(openBefore);
    await catalog.close();
  });

  it("is read through the index that it wrote where that cannot be opened again", async () => {
    const place = await memoryPlace();
    const catalog = await openCatalog(place, {
      openIndex: async ({ access }) => {
        if (access === "write") return memoryIndex();
        throw new Error("no file to read");
      },
    });
    const segment = await catalog.create(0);
    appendAll(segment, someRecords(30));
    await segment.seal();
    holdsRecords(segment, someRecords(30));
    await segment.close();
    await catalog.close();
  });
});

describe("durability", () => {
  it("a name made is synced before create resolves, and a name removed before remove does", async () => {
    const calls: string[] = [];
    const place = await memoryPlace();
    const { fs } = watchedFileSystem(place.fs, (call, path) => {
      calls.push(`${call} ${path.slice(path.lastIndexOf("/") + 1)}`);
    });
    const catalog = await openCatalog({ fs, directory: place.directory });
    await (await catalog.create(0)).close();
    const made = calls.lastIndexOf(`open write ${indexName(0)}`);
    expect(calls.indexOf("syncDirectory log", made)).toBeGreaterThan(made);
    calls.length = 0;
    await catalog.remove([0]);
    expect(calls).toEqual([
      `remove ${indexName(0)}`,
      `remove ${storeName(0)}`,
      "syncDirectory log",
    ]);
    await catalog.close();
  });
});

it.each([
  ["/logs/orders", "/logs"],
  ["/orders/", "/"],
  ["orders", "."],
  ["a/b/", "a"],
])(
  "the name of the directory %s, in %s, is synced before the first record",
  async (directory, parent) => {
    const memory = memoryFileSystem();
    await memory.makeDirectory(directory); // by a process that was killed before it synced the name
    const synced: string[] = [];
    const fs = decorated(memory, () => ({
      async syncDirectory(path: string) {
        synced.push(path);
        if (path !== ".") await memory.syncDirectory(path);
      },
    }));
    const catalog = await openCatalog({ fs, directory });
    expect(synced).toContain(parent);
    await catalog.close();
  },
);
