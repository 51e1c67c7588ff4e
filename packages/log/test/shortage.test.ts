import type { Log } from "@seglog/log";
import { describe, expect, test } from "vitest";
import {
  openFileStore,
  openMappedIndex,
  type SimulatedDisk,
  simulatedDisk,
} from "./support/parts.ts";
import { type PlaceOptions, placeOn } from "./support/place.ts";

const openOn = (disk: SimulatedDisk, options: PlaceOptions = {}): Promise<Log> =>
  placeOn(disk.fs).open(options);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const textAt = (log: Log, offset: number): string => Buffer.from(log.read(offset).value).toString();
/** For a busy machine. */
const SLOW = { timeout: 60_000 };
const NOT_WRITTEN = { code: "ERR_SEGLOG_NOT_WRITTEN" };

interface Place {
  readonly disk: SimulatedDisk;
  readonly log: Log;
}

/** Without blocks written ahead: each durable write makes the file longer, and is the only one. */
const openGrowing: NonNullable<PlaceOptions["openStore"]> = (request) =>
  openFileStore({ ...request, preallocate: false });

async function openPlace(options = {}): Promise<Place> {
  const disk = simulatedDisk({ seed: 1, holes: "refuse" });
  const log = await openOn(disk, { openStore: openGrowing, ...options });
  log.append(bytes("first"));
  await log.sync();
  return { disk, log };
}

/** Makes the next call of `kind` on a path that ends in `ending` fail. */
function failNext(disk: SimulatedDisk, kind: string, ending: string, errno: string): void {
  let isOver = false;
  disk.fail({
    at: (operation) => {
      if (isOver || operation.kind !== kind || !operation.path.endsWith(ending)) return false;
      isOver = true;
      return true;
    },
    errno,
    effect: "partial",
  });
}

describe("a log whose disk has no room", () => {
  test("rejects the sync, refuses what follows, and goes on where it was committed", async () => {
    const { disk, log } = await openPlace();
    expect(log.append(bytes("lost"))).toBe(1);
    failNext(disk, "writeDurably", ".store", "ENOSPC");
    await expect(log.sync()).rejects.toMatchObject({
      ...NOT_WRITTEN,
      context: { errno: "ENOSPC" },
      cause: { code: "ERR_SEGLOG_IO" },
    });
    expect(log.stats()).toMatchObject({ stalled: true, poisoned: false });
    expect(() => log.append(bytes("x"))).toThrow(expect.objectContaining(NOT_WRITTEN));
    for (const call of [() => log.truncateAfter(0), () => log.truncateBefore(1), () => log.sync()])
      await expect(call()).rejects.toMatchObject(NOT_WRITTEN);
    expect(textAt(log, 0)).toBe("first");

    await log.resume();
    expect(log.nextOffset).toBe(1);
    expect(log.append(bytes("second"))).toBe(1);
    await log.sync();
    await log.close();
    const again = await openOn(disk);
    expect(again.recovery.clean).toBe(true);
    expect([textAt(again, 0), textAt(again, 1), again.nextOffset]).toEqual(["first", "second", 2]);
    await again.close();
  });

  test("never gives back what was refused, whenever the power goes", async () => {
    const { disk, log } = await openPlace();
    log.append(bytes("lost"));
    failNext(disk, "writeDurably", ".store", "ENOSPC");
    await expect(log.sync()).rejects.toMatchObject(NOT_WRITTEN);
    await log.resume();
    for (const state of disk.crashStates({ limit: 64 })) {
      const again = await openOn(state.disk);
      expect([again.nextOffset, textAt(again, 0)]).toEqual([1, "first"]);
      await again.close();
    }
    await log.close();
  });

  test.each(["EMFILE", "ENFILE", "ENOSPC"])(
    "loses at a roll only what waited for the segment (%s)",
    async (errno) => {
      const { disk, log } = await openPlace({ segmentBytesMax: 64 });
      // twice: the second try comes after the full segment has given back what it had ahead
      for (let i = 0; i < 2; i++) failNext(disk, "open", "1.store", errno);
      expect(log.append(bytes("x".repeat(40)))).toBe(1);
      await expect(log.sync()).rejects.toMatchObject({ ...NOT_WRITTEN, context: { errno } });
      await log.resume();
      expect([log.nextOffset, log.committedOffset]).toEqual([1, 1]);
      expect(log.append(bytes("small"))).toBe(1);
      await log.sync();
      expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([0, 1]);
      await log.close();
      const again = await openOn(disk);
      expect(textAt(again, 1)).toBe("small");
      await again.close();
    },
  );

  test("rolls all the same when the full segment gives back what it had ahead", async () => {
    const { disk, log } = await openPlace({ segmentBytesMax: 64 });
    failNext(disk, "open", "1.store", "ENOSPC");
    log.append(bytes("x".repeat(40)));
    await log.sync();
    expect(log.segments()).toHaveLength(2);
    await log.close();
  });

  test("goes on after half of a batch found no room in the index", async () => {
    const openIndex: PlaceOptions["openIndex"] = ({ fs, path }) =>
      openMappedIndex({ fs, path, growEntries: 16 });
    const { disk, log } = await openPlace({ openIndex });
    const values = Array.from({ length: 40 }, (_, i) => bytes(`${i}`));
    failNext(disk, "allocate", ".index", "ENOSPC");
    expect(() => log.appendBatch(values)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_IO" }),
    );
    await log.resume();
    expect(log.nextOffset).toBe(1);
    expect(log.appendBatch(values)).toBe(1);
    await log.sync();
    expect(textAt(log, 40)).toBe("39");
    await log.close();
  });

  test("takes truncateBefore of everything for a roll that can wait", async () => {
    const { disk, log } = await openPlace();
    for (let i = 0; i < 2; i++) failNext(disk, "open", "1.store", "ENOSPC");
    await log.truncateBefore(1);
    expect([log.firstOffset, log.nextOffset]).toEqual([1, 1]);
    expect(log.append(bytes("next"))).toBe(1);
    await log.sync();
    await log.close();
    const again = await openOn(disk);
    expect([again.firstOffset, textAt(again, 1)]).toEqual([1, "next"]);
    await again.close();
  });

  test("frees what truncateBefore drops, though a roll meanwhile finds no room", async () => {
    const { disk, log } = await openPlace({ segmentBytesMax: 64 });
    for (let i = 1; i < 4; i++) {
      log.append(bytes("x".repeat(40)));
      await log.sync();
    }
    let isWaiting = false;
    const stop = disk.fail({
      at: ({ kind, path }) => {
        if (kind !== "open" || !path.endsWith("4.store")) return false;
        if (!isWaiting) log.append(bytes("waits for the roll"));
        isWaiting = true;
        return true;
      },
      errno: "ENOSPC",
    });
    await expect(log.truncateBefore(4)).rejects.toMatchObject(NOT_WRITTEN);
    expect([isWaiting, log.firstOffset]).toEqual([true, 4]);
    expect(log.segments().map(({ baseOffset }) => baseOffset)).toEqual([3]);
    stop();
    await log.resume();
    await log.close();
    const again = await openOn(disk);
    expect([again.firstOffset, again.nextOffset]).toEqual([4, 4]);
    await again.close();
  });

  test("rejects a sync and a close that were called before a resume, and hangs in neither", async () => {
    for (const call of ["sync", "flush", "close"] as const) {
      const { disk, log } = await openPlace();
      log.append(bytes("lost"));
      failNext(disk, "writeDurably", ".store", "ENOSPC");
      const cut = log.truncateBefore(2);
      const resumed = log.resume();
      const late = log[call]();
      await expect(cut).rejects.toMatchObject(NOT_WRITTEN);
      await expect(late).rejects.toMatchObject(NOT_WRITTEN);
      await resumed;
      await log.close().catch(() => {});
      expect([disk.openHandles, disk.heldLocks]).toEqual([0, 0]);
      const again = await openOn(disk);
      expect([again.nextOffset, textAt(again, 0)]).toEqual([1, "first"]);
      await again.close();
    }
  });

  test("is poisoned by a sync that fails, also while a shortage stalls it", async () => {
    const openIndex: PlaceOptions["openIndex"] = ({ fs, path }) =>
      openMappedIndex({ fs, path, growEntries: 16 });
    const { disk, log } = await openPlace({ openIndex });
    const values = Array.from({ length: 40 }, (_, i) => bytes(`${i}`));
    failNext(disk, "allocate", ".index", "ENOSPC");
    const noRoom = expect.objectContaining({ code: "ERR_SEGLOG_IO" });
    disk.fail({
      at: ({ kind, path }) => {
        if (kind !== "sync" || !path.endsWith("seglog.state") || log.stats().stalled) return false;
        expect(() => log.appendBatch(values)).toThrow(noRoom);
        return true;
      },
      errno: "EIO",
    });
    await expect(log.truncateBefore(1)).rejects.toMatchObject({ code: "ERR_SEGLOG_IO" });
    expect(log.stats()).toMatchObject({ poisoned: true });
    await expect(log.resume()).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
    await log.close().catch(() => {});
  });

  test("can be cut where the full segment was sealed to make room", async () => {
    const { disk, log } = await openPlace({ segmentBytesMax: 90 });
    log.append(bytes("second"));
    await log.sync();
    for (let i = 0; i < 2; i++) failNext(disk, "open", "2.store", "ENOSPC");
    log.append(bytes("x".repeat(60)));
    await expect(log.sync()).rejects.toMatchObject(NOT_WRITTEN);
    await log.resume();
    await log.truncateAfter(0);
    expect(log.append(bytes("other"))).toBe(1);
    await log.sync();
    await log.close();
    const again = await openOn(disk);
    expect([textAt(again, 0), textAt(again, 1), again.nextOffset]).toEqual(["first", "other", 2]);
    await again.close();
  });

  test("is poisoned where dropping what was refused fails, or a cut was under way", async () => {
    const { disk, log } = await openPlace();
    log.append(bytes("lost"));
    failNext(disk, "writeDurably", ".store", "ENOSPC");
    await expect(log.sync()).rejects.toMatchObject(NOT_WRITTEN);
    failNext(disk, "truncate", ".store", "EIO");
    await expect(log.resume()).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
    expect(textAt(log, 0)).toBe("first");
    await expect(log.close()).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });

    const other = await openPlace();
    other.log.append(bytes("lost"));
    failNext(other.disk, "writeDurably", ".store", "ENOSPC");
    const cut = other.log.truncateAfter(0);
    await expect(cut).rejects.toMatchObject(NOT_WRITTEN);
    await expect(other.log.resume()).rejects.toMatchObject({ code: "ERR_SEGLOG_POISONED" });
    await other.log.close().catch(() => {});
    const again = await openOn(other.disk);
    expect(again.nextOffset).toBe(1);
    await again.close();
  });

  test("resume does nothing where nothing is to be resumed, and is refused after close", async () => {
    const { log } = await openPlace();
    log.append(bytes("staged"));
    await log.resume();
    expect(log.nextOffset).toBe(2);
    await log.close();
    await expect(log.resume()).rejects.toMatchObject({ code: "ERR_SEGLOG_CLOSED" });
  });

  test("close tells what is lost of a stalled log, and releases everything", async () => {
    const { disk, log } = await openPlace();
    log.append(bytes("lost"));
    failNext(disk, "writeDurably", ".store", "ENOSPC");
    await expect(log.sync()).rejects.toMatchObject(NOT_WRITTEN);
    await expect(log.close()).rejects.toMatchObject(NOT_WRITTEN);
    expect([disk.openHandles, disk.openMappings, disk.heldLocks]).toEqual([0, 0, 0]);
    const again = await openOn(disk);
    expect([again.nextOffset, textAt(again, 0)]).toEqual([1, "first"]);
    await again.close();
  });
});

describe("a log that was emptied, on a disk without room for a new segment", SLOW, () => {
  /** The power was cut when everything was dropped, and nothing removed yet. */
  async function emptied(): Promise<SimulatedDisk> {
    const { disk, log } = await openPlace();
    for (let i = 0; i < 30; i++) log.append(bytes("x".repeat(1000)));
    await log.sync();
    let opens = 0;
    const stop = disk.fail({
      at: ({ kind, path }) => kind === "open" && path.endsWith("31.store") && ++opens > 0,
      errno: "ENOSPC",
    });
    await log.truncateBefore(31);
    expect(opens).toBeGreaterThan(0);
    disk.cut();
    stop();
    await log.close().catch(() => {});
    const [state] = disk.crashStates({ limit: 1 });
    return (state as { disk: SimulatedDisk }).disk;
  }

  test("opens, removing first what it holds no more", async () => {
    const disk = await emptied();
    disk.quotaBytes = disk.usedBytes;
    const log = await openOn(disk);
    expect([log.firstOffset, log.nextOffset]).toEqual([31, 31]);
    expect(log.append(bytes("room"))).toBe(31);
    await log.sync();
    await log.close();
  });

  test("opens again whenever the power goes meanwhile", async () => {
    const disk = await emptied();
    disk.quotaBytes = disk.usedBytes;
    const states: SimulatedDisk[] = [];
    const stop = disk.onOperation(() => {
      for (const state of disk.crashStates({ limit: 4 })) states.push(state.disk);
    });
    await (await openOn(disk)).close();
    stop();
    for (const each of states) {
      const log = await openOn(each);
      expect([log.firstOffset, log.nextOffset]).toEqual([31, 31]);
      await log.close();
    }
    expect(states.length).toBeGreaterThan(50);
  });
});
