import { beforeEach, describe, expect, it } from "vitest";
import { type FileHandle, type FileSystem, LateMapping, memoryFileSystem } from "../src/index.ts";

const BYTES = 10_000;

let fs: FileSystem;
beforeEach(() => {
  fs = memoryFileSystem();
});

async function handleOf(): Promise<FileHandle> {
  const handle = await fs.open("f", { access: "write", create: "ifMissing" });
  await handle.write([new Uint8Array(BYTES).fill(7)], 0);
  return handle;
}

/** Whether its owner or somebody else has closed it. */
function isClosed(handle: FileHandle): boolean {
  try {
    handle.read(new Uint8Array(1), 0);
    return false;
  } catch {
    return true;
  }
}

describe("LateMapping", () => {
  it("leaves twelve short looks to the handle, then maps and closes it", async () => {
    const handle = await handleOf();
    const late = new LateMapping(fs, handle, BYTES);
    for (let n = 0; n < 12; n++) expect(late.look(65_536)).toBeUndefined();
    expect(isClosed(handle)).toBe(false);
    const mapping = late.look(1);
    expect(mapping?.length).toBe(BYTES);
    expect(mapping?.view(BYTES - 1, 1)).toEqual(Uint8Array.of(7));
    expect(isClosed(handle)).toBe(true);
    mapping?.close();
  });

  it("maps for the first long look", async () => {
    const late = new LateMapping(fs, await handleOf(), BYTES);
    late.look(65_537)?.close();
    const other = new LateMapping(fs, await handleOf(), BYTES);
    expect(other.look(65_536)).toBeUndefined();
    expect(other.look(65_537)?.length).toBe(BYTES);
  });

  it("tries again later where the system has no mapping to give, and keeps the handle", async () => {
    const handle = await handleOf();
    let refusals = 1;
    const scarce: FileHandle = Object.create(handle, {
      map: {
        value: (...args: Parameters<FileHandle["map"]>) => {
          if (refusals-- > 0) throw new Error("ENOMEM");
          return handle.map(...args);
        },
      },
    });
    const late = new LateMapping(fs, scarce, BYTES);
    expect(late.look(70_000)).toBeUndefined();
    for (let n = 0; n < 12; n++) expect(late.look(1)).toBeUndefined();
    expect(isClosed(handle)).toBe(false);
    expect(late.look(1)?.length).toBe(BYTES);
  });

  it("holds 128 handles, and gives each back once", async () => {
    const all: LateMapping[] = [];
    const made = async (): Promise<boolean> => {
      const late = new LateMapping(fs, await handleOf(), BYTES);
      all.push(late);
      return late.isDue;
    };
    for (let n = 0; n < 128; n++) expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    all[0]?.end();
    all[0]?.end();
    expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    expect(all[1]?.look(70_000)?.length).toBe(BYTES); // mapped: its handle is closed
    expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    for (const late of all) late.end();
    expect(await made()).toBe(false);
  });

  it("is due at once on a file system that maps nothing", async () => {
    const { path } = await handleOf();
    const calls = { ...fs, mapper: "read-through" };
    const late = new LateMapping(calls, await calls.open(path, { access: "read" }), BYTES);
    expect(late.isDue).toBe(true);
    expect(late.look(1)?.length).toBe(BYTES);
  });
});
