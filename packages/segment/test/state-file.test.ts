import { crc32 } from "node:zlib";
import type { FileSystem } from "@seglog/fs";
import { type CatalogState, STATE_FILE_NAME } from "@seglog/segment";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  decodeStateSlot,
  encodeStateSlot,
  STATE_FILE_BYTES,
  STATE_SLOT_BYTES,
  STATE_SLOT_POSITIONS,
  type StateSlot,
} from "../src/state-codec.ts";
import { getFile, patchFile, putFile } from "./files.ts";
import { memoryPlace, openCatalog } from "./places.ts";
import { watchedFileSystem } from "./watched-file-system.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const PATH = `/log/${STATE_FILE_NAME}`;
const STATES = [1, 2, 3, 4, 5].map(
  (n): CatalogState => ({
    firstOffset: n,
    closedAt: n % 2 === 0 ? undefined : n * 10,
    truncatingTo: n % 3 === 0 ? n * 5 : undefined,
    lastTime: 1_700_000_000_000 + n,
  }),
);

describe("a save that is cut short", () => {
  it.each([0, 1, 2, 3, 4])("after %i others leaves the old state or the new one", async (count) => {
    const { fs, after, before } = await savedFiles(count);
    for (let length = 0; length <= STATE_SLOT_BYTES; length++) {
      // the new slot is there up to `length`, as every part of a write may be
      const position = STATE_SLOT_POSITIONS[(count + 1) % 2] as number;
      const torn = before.slice();
      torn.set(after.slice(position, position + length), position);
      await putFile(fs, PATH, torn);
      const expected = length === STATE_SLOT_BYTES ? STATES[count] : STATES[count - 1];
      expect(await loaded(fs, { readOnly: true })).toEqual(expected);
      expect(await loaded(fs, { readOnly: false })).toEqual(expected);
      await savesAgain(fs);
    }
  });

  it("leaves the file of a first save short, or full of zeros: no state yet", async () => {
    const { fs } = await memoryPlace();
    for (const bytes of [0, 1, 64, 4096, 4100, STATE_FILE_BYTES]) {
      await putFile(fs, PATH, new Uint8Array(bytes));
      expect(await loaded(fs, { readOnly: true })).toBeUndefined();
      expect(await loaded(fs, { readOnly: false })).toBeUndefined();
      await savesAgain(fs);
    }
  });

  it("does not spoil the state when a save after it fails too", async () => {
    let failing: string | undefined;
    const { fs: inner, directory } = await memoryPlace();
    const { fs } = watchedFileSystem(inner, (call) => {
      if (call === failing) throw new Error("EIO");
    });
    const catalog = await openCatalog({ fs, directory });
    await catalog.saveState(STATES[0] as CatalogState);
    await catalog.saveState(STATES[1] as CatalogState);
    const before = await getFile(inner, PATH);
    const kept = STATE_SLOT_POSITIONS[0] as number;
    for (const call of ["open write", "write", "sync", "write", "sync"]) {
      failing = call;
      await expect(catalog.saveState(STATES[2] as CatalogState)).rejects.toThrow("EIO");
      const bytes = await getFile(inner, PATH);
      expect(bytes.slice(kept, 64)).toEqual(before.slice(kept, 64));
    }
    failing = undefined;
    await catalog.saveState(STATES[3] as CatalogState);
    expect(await catalog.loadState()).toEqual(STATES[3]);
    await catalog.close();
    expect(await loaded(inner, { readOnly: true })).toEqual(STATES[3]);
  });
});

describe("the state of a process that was killed", () => {
  it("is written over itself, and synced with its name, before it is acted upon", async () => {
    const { fs: inner } = await savedFiles(3);
    const before = await getFile(inner, PATH);
    const calls: string[] = [];
    const { fs } = watchedFileSystem(inner, (call, path) => {
      if (path === PATH || call === "syncDirectory") calls.push(call);
    });
    const catalog = await openCatalog({ fs, directory: "/log" });
    expect(calls.slice(-3)).toEqual(["write", "sync", "syncDirectory"]);
    expect(await getFile(inner, PATH)).toEqual(before);
    calls.length = 0;
    await catalog.saveState(STATES[3] as CatalogState);
    await catalog.saveState(STATES[4] as CatalogState);
    expect(calls).not.toContain("syncDirectory");
    await catalog.close();
  });

  it("has its name synced by the first save that finds the file there", async () => {
    const { fs: inner } = await memoryPlace();
    await putFile(inner, PATH, new Uint8Array(STATE_FILE_BYTES));
    const calls: string[] = [];
    const { fs } = watchedFileSystem(inner, (call) => void calls.push(call));
    const catalog = await openCatalog({ fs, directory: "/log" });
    await catalog.saveState(STATES[0] as CatalogState);
    expect(calls).toContain("syncDirectory");
    await catalog.close();
  });
});

describe("a state file of other content", () => {
  it.each([
    ["text", new TextEncoder().encode("not a state file, though it is longer than one slot")],
    ["ones", new Uint8Array(STATE_FILE_BYTES).fill(255)],
    ["a byte before the second slot", Uint8Array.of(...new Uint8Array(4000), 1)],
    ["a byte behind the second slot", Uint8Array.of(...new Uint8Array(8000), 1)],
  ])("%s is ERR_SEGLOG_CORRUPT and is not changed", async (_, bytes) => {
    const { fs } = await memoryPlace();
    await putFile(fs, PATH, bytes);
    const corrupt = { code: "ERR_SEGLOG_CORRUPT", context: { path: PATH } };
    await expect(loaded(fs, { readOnly: true })).rejects.toMatchObject(corrupt);
    await expect(loaded(fs, { readOnly: false })).rejects.toMatchObject(corrupt);
    expect(await getFile(fs, PATH)).toEqual(bytes);
  });

  it("both slots damaged is ERR_SEGLOG_CORRUPT, one is the other's state", async () => {
    const { fs, before: after } = await savedFiles(3);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(59),
        fc.nat(59),
        fc.integer({ min: 1, max: 255 }),
        async (a, b, x) => {
          const bytes = after.slice();
          bytes[a] = (bytes[a] as number) ^ x;
          await putFile(fs, PATH, bytes);
          expect(await loaded(fs, { readOnly: true })).toEqual(STATES[2]);
          bytes[4096 + b] = (bytes[4096 + b] as number) ^ x;
          await putFile(fs, PATH, bytes);
          await expect(loaded(fs, { readOnly: true })).rejects.toMatchObject({
            code: "ERR_SEGLOG_CORRUPT",
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([0, 1])("a later version in slot %i is ERR_SEGLOG_UNSUPPORTED_FORMAT", async (slot) => {
    const { fs } = await savedFiles(2);
    const bytes = encodeStateSlot(slotOf({ sequence: 9 }), crc32);
    const fields = new DataView(bytes.buffer);
    fields.setUint16(8, 2);
    fields.setUint32(60, crc32(bytes.subarray(0, 60)));
    await patchFile(fs, PATH, { at: STATE_SLOT_POSITIONS[slot] as number, bytes });
    for (const readOnly of [true, false]) {
      await expect(loaded(fs, { readOnly })).rejects.toMatchObject({
        code: "ERR_SEGLOG_UNSUPPORTED_FORMAT",
        context: { path: PATH, found: 2, supported: [1] },
      });
    }
  });
});

describe("a slot", () => {
  const number = fc.maxSafeNat();
  const optional = fc.option(number, { nil: undefined });

  it("is decoded as it was encoded", () => {
    const states = fc.record({
      firstOffset: number,
      closedAt: optional,
      truncatingTo: optional,
      lastTime: number,
    });
    fc.assert(
      fc.property(number, fc.nat(2 ** 32 - 1), states, (sequence, logId, state) => {
        const slot = { sequence, logId, state };
        const bytes = encodeStateSlot(slot, crc32);
        expect(decodeStateSlot(bytes, crc32)).toEqual({ kind: "valid", slot });
      }),
    );
  });

  it.each([10, 16, 24, 32, 40, 48])("with an illegal value at %i is not valid", (at) => {
    const bytes = encodeStateSlot(slotOf({ sequence: 1 }), crc32);
    bytes[at] = 255;
    new DataView(bytes.buffer).setUint32(60, crc32(bytes.subarray(0, 60)));
    expect(decodeStateSlot(bytes, crc32)).toEqual({ kind: "invalid" });
  });
});

function slotOf(what: Partial<StateSlot>): StateSlot {
  return { sequence: 1, logId: 5, state: STATES[0] as CatalogState, ...what };
}

/** The state file when `count` states were saved, and when one more was. */
async function savedFiles(
  count: number,
): Promise<{ fs: FileSystem; before: Uint8Array; after: Uint8Array }> {
  const { fs, directory } = await memoryPlace();
  const catalog = await openCatalog({ fs, directory });
  let before: Uint8Array = new Uint8Array(STATE_FILE_BYTES);
  for (const state of STATES.slice(0, count)) {
    await catalog.saveState(state);
    before = await getFile(fs, PATH);
  }
  await catalog.saveState(STATES[count] as CatalogState);
  const after = await getFile(fs, PATH);
  await catalog.close();
  await putFile(fs, PATH, before);
  return { fs, before, after };
}

async function loaded(
  fs: FileSystem,
  { readOnly }: { readonly readOnly: boolean },
): Promise<CatalogState | undefined> {
  const catalog = await openCatalog({ fs, directory: "/log" }, { readOnly });
  try {
    return await catalog.loadState();
  } finally {
    await catalog.close();
  }
}

/** Whatever was found, saving goes on. */
async function savesAgain(fs: FileSystem): Promise<void> {
  for (const state of [STATES[4], STATES[0]] as CatalogState[]) {
    const catalog = await openCatalog({ fs, directory: "/log" });
    await catalog.saveState(state);
    await catalog.close();
    expect(await loaded(fs, { readOnly: true })).toEqual(state);
  }
}
