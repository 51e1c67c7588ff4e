import { crc32 } from "node:zlib";
import type { FileSystem } from "@seglog/fs";
import { type CatalogState, STATE_FILE_NAME, storeName } from "@seglog/segment";
import { type OpenFileStoreOptions, openFileStore } from "@seglog/store";
import { describe, expect, it } from "vitest";
import { encodeStateSlot, STATE_SLOT_POSITIONS } from "../src/state-codec.ts";
import { getFile, putFile } from "./files.ts";
import { memoryPlace, openCatalog } from "./places.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

const PATH = `/log/${STATE_FILE_NAME}`;
const STATE: CatalogState = {
  firstOffset: 0,
  closedAt: undefined,
  truncatingTo: undefined,
  lastTime: 0,
};

describe("the id of a log", () => {
  it("is drawn by the first save, and kept by every later one", async () => {
    const { fs, directory } = await memoryPlace();
    for (const drawn of [7, 8, 9]) {
      const catalog = await openCatalog({ fs, directory }, { random: () => drawn });
      await catalog.saveState(STATE);
      await catalog.saveState(STATE);
      await catalog.close();
      expect(await idsOf(fs)).toEqual([7, 7]);
    }
  });

  it("is never 0, which stands for none", async () => {
    const { fs, directory } = await memoryPlace();
    const catalog = await openCatalog({ fs, directory }, { random: () => 0 });
    await catalog.saveState(STATE);
    await catalog.close();
    expect(await idsOf(fs)).toEqual([0, 1]);
  });

  it("differs from log to log where nobody says how it is drawn", async () => {
    const ids = new Set<number>();
    for (let n = 0; n < 5; n++) {
      const { fs, directory } = await memoryPlace();
      const catalog = await openCatalog({ fs, directory });
      await catalog.saveState(STATE);
      await catalog.close();
      ids.add((await idsOf(fs))[1] as number);
    }
    expect(ids.size).toBe(5);
  });

  it("is the same when the first save is tried again, since the disk may have the first try", async () => {
    let isFailing = true;
    const { fs: inner, directory } = await memoryPlace();
    const { fs } = watchedFileSystem(inner, (call, path) => {
      if (isFailing && call === "sync" && path === PATH) throw new Error("EIO");
    });
    let drawn = 5;
    const catalog = await openCatalog({ fs, directory }, { random: () => drawn++ });
    await expect(catalog.saveState(STATE)).rejects.toThrow("EIO");
    isFailing = false;
    await catalog.saveState(STATE);
    await catalog.close();
    expect(await idsOf(inner)).toEqual([0, 5]);
  });

  it("is drawn anew where a crash cut the first save short", async () => {
    const { fs, directory } = await memoryPlace();
    const beginning = new Uint8Array(8192);
    beginning.set(new TextEncoder().encode("SEGSTATE"), 4096);
    await putFile(fs, PATH, beginning);
    const catalog = await openCatalog({ fs, directory }, { random: () => 6 });
    await catalog.saveState(STATE);
    await catalog.close();
    expect(await idsOf(fs)).toEqual([0, 6]);
  });

  it("stays unknown in a log that has none, so that no slot says otherwise than the other", async () => {
    const { fs, directory } = await memoryPlace();
    await putFile(fs, PATH, fileWithoutId());
    const catalog = await openCatalog({ fs, directory }, { random: () => 6 });
    for (let n = 0; n < 3; n++) await catalog.saveState(STATE);
    await catalog.close();
    expect(await idsOf(fs)).toEqual([0, 0]);
  });
});

describe("openStore is asked", () => {
  it("with the id as soon as it is known, to make, to open and to read", async () => {
    const { fs, directory } = await memoryPlace();
    const asked: (number | undefined)[] = [];
    const openStore = (request: OpenFileStoreOptions) => {
      asked.push(request.logId);
      return openFileStore(request);
    };
    const catalog = await openCatalog({ fs, directory }, { openStore, random: () => 7 });
    await (await catalog.create(0)).close();
    await catalog.saveState(STATE);
    await (await catalog.create(5)).close();
    await catalog.close();
    expect(asked).toEqual([0, 7]);
    for (const readOnly of [true, false]) {
      const again = await openCatalog({ fs, directory }, { openStore, readOnly });
      await again.loadState();
      await (await again.open(5, { mode: "closed", nextOffset: 5 })).close();
      await again.close();
    }
    expect(asked).toEqual([0, 7, 7, 7]);
  });

  it("so that a segment of another log is refused, by whatever mode it is opened", async () => {
    const { fs, directory } = await otherInPlace();
    const modes = ["sealed", "closed", "crashed"] as const;
    for (const readOnly of [true, false]) {
      const catalog = await openCatalog({ fs, directory }, { readOnly });
      await catalog.loadState();
      for (const mode of modes) {
        await expect(catalog.open(0, { mode, nextOffset: 0 })).rejects.toMatchObject({
          code: "ERR_SEGLOG_CORRUPT",
          context: { path: `/log/${storeName(0)}` },
        });
      }
      await catalog.close();
    }
  });

  it("and a store that does not compare it takes the other's for its own", async () => {
    const { fs, directory } = await otherInPlace();
    const openStore = ({ logId: _, ...request }: OpenFileStoreOptions) => openFileStore(request);
    const catalog = await openCatalog({ fs, directory }, { openStore });
    await (await catalog.open(0, { mode: "closed", nextOffset: 0 })).close();
    await catalog.close();
  });
});

/** A log of one empty segment, whose store is that of another. */
async function otherInPlace(): Promise<{ fs: FileSystem; directory: string }> {
  const stores: Uint8Array[] = [];
  let place = await memoryPlace();
  for (const id of [1, 2]) {
    place = await memoryPlace();
    const catalog = await openCatalog(place, { random: () => id });
    await catalog.saveState(STATE);
    await (await catalog.create(0)).close();
    await catalog.close();
    stores.push(await getFile(place.fs, `/log/${storeName(0)}`));
  }
  await putFile(place.fs, `/log/${storeName(0)}`, stores[0] as Uint8Array);
  return place;
}

/** The ids that both slots of the state file have. */
async function idsOf(fs: FileSystem): Promise<number[]> {
  const bytes = await getFile(fs, PATH);
  return STATE_SLOT_POSITIONS.map((at) => new DataView(bytes.buffer).getUint32(at + 12));
}

/** As the releases before wrote it: save number 1. */
function fileWithoutId(): Uint8Array {
  const bytes = new Uint8Array(8192);
  bytes.set(encodeStateSlot({ sequence: 1, logId: 0, state: STATE }, crc32), 4096);
  return bytes;
}
