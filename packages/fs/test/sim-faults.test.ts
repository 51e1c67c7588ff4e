import { hasCode, type SeglogError } from "@seglog/errors";
import {
  type DiskOperation,
  type SimulatedDisk,
  simulatedDisk,
  turnScheduler,
} from "@seglog/fs/sim";
import { beforeEach, describe, expect, test } from "vitest";
import { bytesOf, contentOf, durableFile, look, looks, storeAll } from "./fixtures/sim-look.ts";

const CREATE = { access: "write", create: "exclusive" } as const;
let disk: SimulatedDisk;

beforeEach(() => {
  disk = simulatedDisk({ seed: 7 });
});

async function errnoOf(call: Promise<unknown>): Promise<string | undefined> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason as SeglogError<"ERR_SEGLOG_IO">,
  );
  return error?.context.errno;
}

describe("scripted faults", () => {
  test("a call fails by its number, once, and does nothing", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    disk.fail({ at: disk.operationCount, errno: "EIO" });
    expect(await errnoOf(handle.write([bytesOf("b", 9)], 0))).toBe("EIO");
    expect(await looks(disk)).toEqual(["/a: a*9"]);
    await handle.write([bytesOf("c", 9)], 0);
    expect(await look(disk.fs)).toBe("/a: c*9");
  });

  test("the nth call of a kind fails by what a function says, until the fault is taken back", async () => {
    let opens = 0;
    const heal = disk.fail({ at: ({ kind }) => kind === "open" && opens++ >= 1, errno: "EMFILE" });
    await (await disk.fs.open("/a", CREATE)).close();
    expect(await errnoOf(disk.fs.open("/b", CREATE))).toBe("EMFILE");
    expect(await errnoOf(disk.fs.open("/a", { access: "read" }))).toBe("EMFILE");
    heal();
    expect(await disk.fs.list("/")).toEqual(["a"]);
    await (await disk.fs.open("/a", { access: "read" })).close();
  });

  test("a short write leaves a prefix, of any length by the seed", async () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 40; seed += 1) {
      const each = simulatedDisk({ seed });
      const handle = await durableFile(each, "/a", new Uint8Array(0));
      each.fail({ at: each.operationCount, errno: "EIO", effect: "partial" });
      expect(await errnoOf(handle.write([bytesOf("b", 5), bytesOf("c", 5)], 0))).toBe("EIO");
      const content = Buffer.from(await contentOf(each.fs, "/a")).toString();
      expect("bbbbbccccc".startsWith(content)).toBe(true);
      lengths.add(content.length);
    }
    expect(lengths.size).toBeGreaterThan(5);
  });

  test("a call may do all of its work and report an error", async () => {
    disk.fail({ at: ({ kind }) => kind === "rename", errno: "EIO", effect: "all" });
    const heal = disk.fail({ at: ({ kind }) => kind === "open", errno: "EIO", effect: "all" });
    await disk.fs.makeDirectory("/d");
    expect(await errnoOf(disk.fs.rename("/d", "/e"))).toBe("EIO");
    expect(await errnoOf(disk.fs.open("/e/a", CREATE))).toBe("EIO");
    heal();
    expect(await look(disk.fs)).toBe("/e/a:");
    expect(disk.openHandles).toBe(0);
  });

  test("a durable write is one call: it fails for its own bytes, and not with a sync", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    const heal = disk.fail({ at: ({ kind }) => kind === "sync", errno: "ENOSPC" });
    await handle.writeDurably([bytesOf("b", 9)], 0);
    expect(await looks(disk)).toEqual(["/a: b*9"]);
    heal();
    disk.fail({ at: ({ kind }) => kind === "writeDurably", errno: "ENOSPC" });
    await expect(handle.writeDurably([bytesOf("c", 9)], 0)).rejects.toMatchObject({
      code: "ERR_SEGLOG_IO",
      context: { operation: "writeDurably", errno: "ENOSPC" },
    });
    expect(await looks(disk)).toEqual(["/a: b*9"]);
  });

  test("close, unmap and release report their error and release all the same", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    const mapping = handle.map(9, { access: "read" });
    const lock = await disk.fs.lock("/lock");
    const kinds = ["close", "unmap", "release"];
    disk.fail({ at: ({ kind }) => kinds.includes(kind), errno: "EIO" });
    expect(() => mapping.close()).toThrow("EIO");
    expect(await errnoOf(handle.close())).toBe("EIO");
    expect(await errnoOf(lock.release())).toBe("EIO");
    expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
  });

  test("faults that are none are refused", () => {
    const bad = [{ at: -1, errno: "EIO" }, { at: 0 }, { at: 0, errno: "EIO", effect: "half" }];
    for (const fault of bad) {
      expect(() => disk.fail(fault as never)).toThrow(/fault/);
    }
  });
});

describe("a disk of few bytes", () => {
  test("a write that finds no room leaves what had room and is ENOSPC; room helps", async () => {
    disk.quotaBytes = 8192;
    const handle = await disk.fs.open("/a", CREATE);
    expect(await errnoOf(handle.write([bytesOf("a", 10_000)], 0))).toBe("ENOSPC");
    expect(await look(disk.fs)).toBe("/a: a*8192");
    await handle.write([bytesOf("b", 10)], 0);
    expect(disk.usedBytes).toBe(8192);
    disk.quotaBytes = 12_288;
    await handle.write([bytesOf("c", 1)], 8192);
    await handle.truncate(0);
    expect(disk.usedBytes).toBe(0);
  });

  test("allocate does the same, synchronously", async () => {
    disk.quotaBytes = 4096;
    const handle = await disk.fs.open("/a", CREATE);
    expect(() => handle.allocate(0, 4097)).toThrow("ENOSPC");
    expect(await handle.size()).toBe(4096);
  });

  test("a removed file keeps its blocks while it is open", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    await disk.fs.remove("/a");
    expect(disk.usedBytes).toBe(4096);
    await handle.close();
    expect(disk.usedBytes).toBe(0);
  });

  test("a store to a page without a block is SIGBUS when the disk is full, and is remembered", async () => {
    const handle = await disk.fs.open("/a", CREATE);
    await handle.truncate(4096);
    disk.quotaBytes = 0;
    const failure = await storeAll(handle, [1]).catch((error: unknown) => error);
    expect(hasCode(failure, "ERR_SEGLOG_INVARIANT")).toBe(true);
    expect(disk.sigbus).toBe(failure);
    expect(String(failure)).toMatch("SIGBUS");
  });

  test("a disk that refuses holes finds such stores without being full, and takes allocated ones", async () => {
    const strict = simulatedDisk({ seed: 1, holes: "refuse" });
    const handle = await strict.fs.open("/a", CREATE);
    handle.allocate(0, 4096);
    (await storeAll(handle, [1])).close();
    expect(strict.sigbus).toBeUndefined();
    await handle.truncate(8192);
    const mapping = handle.map(8192, { access: "write" });
    expect(() => mapping.setU64(4096, 1)).toThrow("SIGBUS");
    expect(strict.sigbus).toBeDefined();
  });

  test("blocks that were not synced are not there after a crash; synced ones are", async () => {
    const strict = simulatedDisk({ seed: 1, holes: "refuse" });
    const handle = await durableFile(strict, "/a", new Uint8Array(0));
    handle.allocate(0, 8192);
    const stores = async () => {
      const outcomes = new Set<string>();
      for (const state of strict.crashStates()) {
        const again = await state.fs.open("/a", { access: "write" });
        if ((await again.size()) < 8192) continue;
        const stored = await storeAll(again, [1]).catch(() => undefined);
        outcomes.add(stored === undefined ? "SIGBUS" : "stored");
      }
      return [...outcomes];
    };
    expect(await stores()).toEqual(["SIGBUS"]);
    await handle.sync();
    expect(await stores()).toEqual(["stored"]);
  });

  test("a cut below an open mapping is SIGBUS too", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    handle.map(9, { access: "read" });
    await expect(handle.truncate(8)).rejects.toThrow("SIGBUS");
    expect(disk.sigbus).toBeDefined();
  });
});

describe("the power", () => {
  test("from the cut on calls reject, and none of them does anything", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    const mapping = handle.map(9, { access: "write" });
    disk.cutAfter(disk.operationCount + 1);
    expect(await handle.size()).toBe(9);
    expect(await errnoOf(handle.size())).toBe("ESHUTDOWN");
    expect(await errnoOf(handle.write([bytesOf("b", 9)], 0))).toBe("ESHUTDOWN");
    expect(await errnoOf(disk.fs.remove("/a"))).toBe("ESHUTDOWN");
    expect(() => handle.read(new Uint8Array(1), 0)).toThrow("power");
    mapping.setU64(0, 1);
    mapping.close();
    expect(await looks(disk)).toEqual(["/a: a*9"]);
  });

  test("what was in flight at the cut never completes, whatever it was", async () => {
    const handle = await disk.fs.open("/a", CREATE);
    const settled: string[] = [];
    const calls = [handle.write([bytesOf("b", 9)], 0), handle.sync(), disk.fs.syncDirectory("/")];
    for (const call of calls) {
      call.then(
        () => settled.push("done"),
        () => settled.push("gone"),
      );
    }
    disk.cut();
    await Promise.allSettled(calls);
    expect(settled).toEqual(["gone", "gone", "gone"]);
    expect(await looks(disk)).toEqual(["", "/a:", "/a: 0*9", "/a: b*9"]);
  });

  test("calls may hang instead, so that no program acts on what a dead machine says", async () => {
    const hanging = simulatedDisk({ seed: 1, afterCut: "hang" });
    hanging.cut();
    let settled = false;
    const noteIt = () => {
      settled = true;
    };
    hanging.fs.list("/").then(noteIt, noteIt);
    await new Promise(setImmediate);
    expect(settled).toBe(false);
  });

  test("cutAfter of a call that has been made cuts now", async () => {
    await disk.fs.list("/");
    disk.cutAfter(0);
    expect(disk.powerIsGone).toBe(true);
  });
});

describe("what is counted", () => {
  test("every call is told to the hook as it begins, by number, kind, path and bytes", async () => {
    const seen: DiskOperation[] = [];
    const end = disk.onOperation((operation) => seen.push(operation));
    const handle = await disk.fs.open("/a", CREATE);
    await handle.write([bytesOf("a", 9)], 0);
    await handle.sync();
    end();
    await handle.close();
    expect(seen).toEqual([
      { index: 0, kind: "open", path: "/a" },
      { index: 1, kind: "write", path: "/a", bytes: 9 },
      { index: 2, kind: "sync", path: "/a" },
    ]);
    expect(disk.operationCount).toBe(4);
  });

  test("handles, mappings and locks that nobody closed are counted", async () => {
    const handle = await durableFile(disk, "/a", bytesOf("a", 9));
    const mapping = handle.map(9, { access: "read" });
    const lock = await disk.fs.lock("/lock");
    expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([1, 1, 1]);
    for (let i = 0; i < 2; i += 1) {
      mapping.close();
      await handle.close();
      await lock.release();
    }
    expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
  });
});

test("options that are none are refused", () => {
  const bad = [{}, { seed: -1 }, { seed: 1, quota: 1 }, { seed: 1, quotaBytes: -1 }];
  const more = [
    { seed: 1, holes: "x" },
    { seed: 1, afterCut: "x" },
    { seed: 1, scheduler: {} },
  ];
  for (const options of [...bad, ...more]) {
    expect(() => simulatedDisk(options as never)).toThrow(/must be/);
  }
  expect(() => disk.crashStates({ limit: 0 })).toThrow("limit");
  expect(() => disk.cutAfter(-1)).toThrow("index");
});

test("with a scheduler of turns a call waits until it is its turn, however long that takes", async () => {
  const scheduler = turnScheduler({ seed: 3 });
  const slow = simulatedDisk({ seed: 1, scheduler });
  let done = false;
  const made = slow.fs.makeDirectory("/d").then(() => {
    done = true;
  });
  await new Promise(setImmediate);
  expect([done, scheduler.waiting]).toEqual([false, 1]);
  while (!done) {
    scheduler.step();
    await undefined;
  }
  await made;
  expect(scheduler.step()).toBe(false);
});
