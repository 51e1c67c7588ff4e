import { expect, test, vi } from "vitest";
import { memoryFileSystem, openLog, repairLog, verifyLog } from "../src/index.ts";
import {
  contentsOf,
  DIRECTORY,
  indexPath,
  STATE_PATH,
  spoil,
  storedLog,
  storePath,
} from "./stored-log.ts";
import { temporaryDirectory } from "./temporary.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

test("a log without damage is clean, and counted", async () => {
  for (const frameFormat of ["checked", "plain"] as const) {
    const log = await storedLog({ frameFormat, firstOffset: 33 });
    const found = await verifyLog(DIRECTORY, { fs: log.disk.fs });
    const segments = log.segments.length;
    expect(found).toMatchObject({ path: DIRECTORY, firstOffset: 33, nextOffset: 60, segments });
    expect([found.clean, found.damages]).toEqual([true, []]);
    const bytes = [...(await contentsOf(log)).values()].reduce(
      (sum, hex) => sum + hex.length / 2,
      0,
    );
    expect(found.bytes).toBe(bytes);
  }
});

test("nothing is changed, no lock taken, nothing left open", async () => {
  const log = await storedLog({ closed: false });
  spoil(log, 1);
  const before = await contentsOf(log);
  const lock = await log.disk.fs.lock(`${DIRECTORY}/seglog.lock`);
  expect((await verifyLog(DIRECTORY, { fs: log.disk.fs })).clean).toBe(false);
  await lock.release();
  expect(await contentsOf(log)).toEqual(before);
  expect([log.disk.openHandles, log.disk.openMappings, log.disk.heldLocks]).toEqual([0, 0, 0]);
});

test("beside a writer that appends, rolls and truncates there is no damage", async () => {
  const directory = temporaryDirectory();
  const log = await openLog(directory, { segmentBytesMax: 20_000 });
  let stop = false;
  const writing = (async () => {
    for (let n = 0; !stop; n++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => log.append(`${n} ${i}`.repeat(20))));
      if (n % 40 === 39) await log.truncateBefore(log.nextOffset - 200);
      if (n % 55 === 54) await log.truncateAfter(log.nextOffset - 30);
    }
  })();
  let records = 0;
  for (let i = 0; i < 30; i++) {
    const { damages, records: found } = await verifyLog(directory);
    expect(damages.filter(({ harmless }) => !harmless)).toEqual([]);
    records += found;
  }
  stop = true;
  await writing;
  await log.close();
  expect(records).toBeGreaterThan(0);
});

test("an unfinished append at the end is told, and no damage", async () => {
  const log = await storedLog({ closed: false });
  const base = log.segments.at(-1) as number;
  const place = log.places.get(59);
  log.disk.corrupt(storePath(base), (place?.from as number) + 9, 1);
  const { clean, damages } = await verifyLog(DIRECTORY, { fs: log.disk.fs });
  expect(clean).toBe(true);
  expect(damages).toMatchObject([
    { kind: "torn tail", from: 59, harmless: true, baseOffset: base },
  ]);
});

test("a damage is told with its place in file and log", async () => {
  const log = await storedLog();
  const base = log.segments[1] as number;
  spoil(log, base + 2);
  const { from, to } = log.places.get(base + 2) ?? { from: 0, to: 0 };
  const { damages } = await verifyLog(DIRECTORY, { fs: log.disk.fs });
  const place = { position: from - 32, bytes: to - from, from: base + 2, to: base + 3 };
  expect(damages).toMatchObject([{ kind: "bad frame", path: storePath(base), baseOffset: base }]);
  expect(damages).toMatchObject([place]);
});

test.each([
  ["missing", undefined],
  ["empty", new Uint8Array()],
  ["of other bytes", new Uint8Array(160).fill(3)],
])("an index that is %s is told, and harmless", async (_name, bytes) => {
  const log = await storedLog();
  const path = indexPath(log.segments[1] as number);
  if (bytes === undefined) await log.disk.fs.remove(path);
  else log.disk.replace(path, bytes);
  const { clean, damages } = await verifyLog(DIRECTORY, { fs: log.disk.fs });
  expect(clean).toBe(true);
  expect(damages).toMatchObject([{ kind: "wrong index", path, harmless: true }]);
});

test("half of the state file that is damaged is told, and harmless", async () => {
  const log = await storedLog({ closed: false });
  log.disk.corrupt(STATE_PATH, 4096 + 20, 1);
  const { damages } = await verifyLog(DIRECTORY, { fs: log.disk.fs });
  expect(damages).toMatchObject([{ kind: "torn state", harmless: true }]);
});

test("progress never falls and ends at the total, others have their turn, an abort ends it", async () => {
  const directory = temporaryDirectory();
  const log = await openLog(directory, { durability: "os", segmentBytesMax: 2 ** 25 });
  for (let i = 0; i < 60; i++) await log.append(new Uint8Array(2 ** 20).fill(i));
  await log.close();
  const seen: number[] = [];
  let total = 0;
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  await verifyLog(directory, {
    onProgress({ bytesDone, bytesTotal }) {
      seen.push(bytesDone);
      total = bytesTotal;
    },
  });
  clearInterval(ticking);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(total);
  expect(turns).toBeGreaterThan(0);
  const steps = seen.slice(1).map((bytes, i) => bytes - (seen[i] as number));
  expect(Math.max(...steps)).toBeLessThan(20 * 2 ** 20);
  const stop = new AbortController();
  const ended = verifyLog(directory, {
    signal: stop.signal,
    onProgress: () => stop.abort("enough"),
  });
  await expect(ended).rejects.toBe("enough");
});

test("a length that a file claims is not believed: memory stays bounded", async () => {
  const log = await storedLog();
  const base = log.segments[1] as number;
  const bytes = log.disk.contents(storePath(base));
  bytes.set([0x8f, 0xff, 0xff, 0xff], 36);
  log.disk.replace(storePath(base), bytes);
  const before = process.memoryUsage().arrayBuffers;
  await verifyLog(DIRECTORY, { fs: log.disk.fs });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
});

test("options that no call accepts are refused by name", async () => {
  const fs = memoryFileSystem();
  for (const [name, value] of Object.entries({ onProgress: 1, signal: {}, fs: {}, more: 1 })) {
    const options = { fs, [name]: value };
    await expect(verifyLog("/a", options)).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
      context: { name },
    });
  }
  for (const [name, value] of Object.entries({ dryRun: 1, clock: 0, mode: -1, signal: 1 })) {
    const options = { fs, [name]: value };
    await expect(repairLog("/a", options)).rejects.toMatchObject({
      code: "ERR_SEGLOG_INVALID_ARGUMENT",
      context: { name },
    });
  }
  await expect(verifyLog("/a", { fs })).rejects.toMatchObject({ code: "ERR_SEGLOG_NOT_FOUND" });
});
