import { describe, expect, it } from "vitest";
import { type FileHandle, LateMapping, memoryFileSystem } from "../src/index.ts";

const BYTES = 10_000;

async function handleOf(): Promise<FileHandle> {
  const handle = await memoryFileSystem().open("f", { access: "write", create: "ifMissing" });
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
    const late = new LateMapping(handle, BYTES);
    for (let n = 0; n < 12; n++) expect(late.look(4096)).toBeUndefined();
    expect(isClosed(handle)).toBe(false);
    const mapping = late.look(1);
    expect(mapping?.length).toBe(BYTES);
    expect(mapping?.view(BYTES - 1, 1)).toEqual(Uint8Array.of(7));
    expect(isClosed(handle)).toBe(true);
    mapping?.close();
  });

  it("maps for the first long look", async () => {
    const late = new LateMapping(await handleOf(), BYTES);
    late.look(4097)?.close();
    const other = new LateMapping(await handleOf(), BYTES);
    expect(other.look(4096)).toBeUndefined();
    expect(other.look(4097)?.length).toBe(BYTES);
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
    const late = new LateMapping(scarce, BYTES);
    expect(late.look(5000)).toBeUndefined();
    for (let n = 0; n < 12; n++) expect(late.look(1)).toBeUndefined();
    expect(isClosed(handle)).toBe(false);
    expect(late.look(1)?.length).toBe(BYTES);
  });

  it("holds 128 handles of a thread, and gives each back once", async () => {
    const all: LateMapping[] = [];
    const made = async (): Promise<boolean> => {
      const late = new LateMapping(await handleOf(), BYTES);
      all.push(late);
      return late.isDue;
    };
    for (let n = 0; n < 128; n++) expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    all[0]?.end();
    all[0]?.end();
    expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    expect(all[1]?.look(5000)?.length).toBe(BYTES); // mapped: its handle is closed
    expect(await made()).toBe(false);
    expect(await made()).toBe(true);
    for (const late of all) late.end();
    expect(await made()).toBe(false);
    all.at(-1)?.end();
  });
});
