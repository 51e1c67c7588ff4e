import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { openLog, repairLog, verifyLog } from "../src/index.ts";
import {
  contentsOf,
  copyOf,
  DIRECTORY,
  indexPath,
  logIdOf,
  putFile,
  quarantineOf,
  readAll,
  repaired,
  STATE_PATH,
  type StoredLog,
  spoil,
  storedLog,
  storePath,
  withLogId,
} from "./stored-log.ts";
import { temporaryDirectory } from "./temporary.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

/** The segment with number `n`, and where it ends. */
function segment({ segments, values }: StoredLog, n: number): { base: number; end: number } {
  const at = n < 0 ? segments.length + n : n;
  const base = segments[at] as number;
  return { base, end: segments[at + 1] ?? Math.max(...values.keys()) + 1 };
}

/** Puts bytes behind the last record of a segment. */
function extendStore({ disk }: StoredLog, base: number, byte: number): void {
  const more = new Uint8Array(200).fill(byte);
  disk.replace(storePath(base), Buffer.concat([disk.contents(storePath(base)), more]));
}

describe("frames", () => {
  test.each([
    ["in the middle of a sealed segment", { closed: true }],
    ["in the middle of a sealed segment of a log that was not closed", { closed: false }],
  ])("one that is damaged %s is lost, and nothing else", async (_name, how) => {
    const log = await storedLog(how);
    const { base } = segment(log, 1);
    spoil(log, base + 3);
    expect(await repaired(log)).toEqual({
      kinds: ["bad frame"],
      actions: ["rewrite"],
      lost: [{ from: base + 3, to: base + 4 }],
    });
  });

  test("several stretches of one store are told apart", async () => {
    const log = await storedLog();
    const { base } = segment(log, 1);
    for (const at of [0, 1, 4, 6, 7]) spoil(log, base + at, 4);
    const { lost } = await repaired(log);
    expect(lost).toEqual([
      { from: base, to: base + 2 },
      { from: base + 4, to: base + 5 },
      { from: base + 6, to: base + 8 },
    ]);
  });

  test.each([[true], [false]])("the active segment keeps its end (closed: %s)", async (closed) => {
    const log = await storedLog({ closed });
    const { base, end } = segment(log, -1);
    spoil(log, base + 1, 6);
    const { lost } = await repaired(log);
    expect(lost).toEqual([{ from: base + 1, to: base + 2 }]);
    const opened = await openLog(DIRECTORY, { fs: log.disk.fs });
    expect(await opened.append("next")).toBe(end);
    await opened.close();
  });

  test("the last of a sealed segment is lost, and its neighbours stay", async () => {
    const log = await storedLog();
    const { end } = segment(log, 1);
    spoil(log, end - 1);
    expect((await repaired(log)).lost).toEqual([{ from: end - 1, to: end }]);
  });

  test("the last of a log that was closed is lost, and its offset is not given again", async () => {
    const log = await storedLog();
    const { end } = segment(log, -1);
    spoil(log, end - 1);
    expect((await repaired(log)).lost).toEqual([{ from: end - 1, to: end }]);
    expect((await readAll(log)).nextOffset).toBe(end);
  });

  test("all of a segment are lost, and it keeps its place", async () => {
    const log = await storedLog();
    const { base, end } = segment(log, 1);
    log.disk.zeroRange(storePath(base), 32, log.disk.contents(storePath(base)).length);
    expect((await repaired(log)).lost).toEqual([{ from: base, to: end }]);
  });

  test("a damage in a batch costs the records that it hit", async () => {
    const log = await storedLog({ batch: 5, closed: false });
    const { base } = segment(log, 1);
    spoil(log, base + 7);
    expect((await repaired(log)).lost).toEqual([{ from: base + 7, to: base + 8 }]);
  });

  test.each([
    ["as the index says", { closed: false }, { index: true, to: 68_000 }],
    ["as the log's end says", { closed: true }, { index: false, to: 68_000 }],
    ["as nothing says: none behind it is kept", { closed: false }, { index: false, to: undefined }],
  ])("a damage of a mebibyte takes as many records %s", async (_name, how, { index, to }) => {
    const valueBytes = (): number => 0;
    const many = { records: 70_000, batch: 10_000, valueBytes, segmentBytesMax: 2 ** 26 };
    const log = await storedLog({ ...many, ...how });
    const [from, end] = [2, 68_000].map((offset) => log.places.get(offset)?.from as number);
    log.disk.zeroRange(storePath(0), from as number, end as number);
    if (!index) log.disk.replace(indexPath(0), new Uint8Array());
    const { lost } = await repairLog(DIRECTORY, { fs: log.disk.fs });
    expect(lost).toEqual([{ from: 2, to }]);
    const opened = await openLog(DIRECTORY, { fs: log.disk.fs });
    expect(opened.nextOffset).toBe(to === undefined ? 2 : 70_000);
    for (const offset of [0, 1, 68_000, 69_999]) {
      if (offset < opened.nextOffset) expect(opened.read(offset).value).toEqual(new Uint8Array());
    }
    await opened.close();
  });

  test("one that was lost before may be damaged again", async () => {
    const log = await storedLog();
    const { base } = segment(log, 1);
    for (const at of [2, 3, 4]) spoil(log, base + at);
    await repaired(log);
    const place = log.places.get(base + 2);
    log.disk.corrupt(storePath(base), place?.from as number, 1);
    log.disk.corrupt(storePath(base), (place?.from as number) + 8, 1);
    const { lost } = await repairLog(DIRECTORY, { fs: log.disk.fs });
    expect(lost).toEqual([{ from: base + 2, to: base + 4 }]);
    expect([...(await readAll(log)).corrupt]).toEqual([base + 2, base + 3, base + 4]);
  });
});

describe("stores", () => {
  test("a damaged header is written anew where two frames prove its salt", async () => {
    const log = await storedLog();
    const { base } = segment(log, 1);
    log.disk.zeroRange(storePath(base), 0, 32);
    expect(await repaired(log)).toEqual({ kinds: ["bad header"], actions: ["rewrite"], lost: [] });
  });

  test("a salt that only a damaged frame tells is not believed", async () => {
    const log = await storedLog({ segmentBytesMax: 1 });
    const { base, end } = segment(log, 1);
    expect(end - base).toBe(1);
    log.disk.zeroRange(storePath(base), 0, 32);
    spoil(log, base, 17);
    const { kinds, lost } = await repaired(log);
    expect(kinds).toEqual(["stray segment", "missing segment"]);
    expect(lost).toEqual([{ from: base, to: end }]);
  });

  test("a header and first frame that are gone are made up for by the salt that is left", async () => {
    const log = await storedLog();
    const { base } = segment(log, 1);
    log.disk.corrupt(storePath(base), 3, 1);
    spoil(log, base);
    expect(await repaired(log)).toEqual({
      kinds: ["bad header", "bad frame"],
      actions: ["rewrite"],
      lost: [{ from: base, to: base + 1 }],
    });
  });

  test.each([[0], [1], [2]])("segment %i that is gone leaves its range, all lost", async (n) => {
    const log = await storedLog();
    const { base, end } = segment(log, n);
    await log.disk.fs.remove(storePath(base));
    const { kinds, lost } = await repaired(log);
    expect(kinds).toEqual(["missing segment"]);
    expect(lost).toEqual([{ from: base, to: end }]);
  });

  test("the last segment of a log that was closed is gone: its offsets are not given again", async () => {
    const log = await storedLog();
    const { base, end } = segment(log, -1);
    await log.disk.fs.remove(storePath(base));
    expect((await repaired(log)).lost).toEqual([{ from: base, to: end }]);
    expect((await readAll(log)).nextOffset).toBe(end);
  });

  test("all segments are gone: the log is empty, and goes on where it was closed", async () => {
    const log = await storedLog();
    for (const base of log.segments) await log.disk.fs.remove(storePath(base));
    const { lost, actions } = await repaired(log);
    expect({ lost, actions }).toEqual({ lost: [{ from: 0, to: 60 }], actions: ["saveState"] });
    expect((await readAll(log)).nextOffset).toBe(60);
  });

  test("a store that was cut lost what was behind", async () => {
    const log = await storedLog();
    const { base, end } = segment(log, 1);
    const cut = (log.places.get(base + 5)?.from as number) + 3;
    log.disk.replace(storePath(base), log.disk.contents(storePath(base)).slice(0, cut));
    expect((await repaired(log)).lost).toEqual([{ from: base + 5, to: end }]);
  });

  test("a store that was cut between two records leaves room for another segment", async () => {
    const log = await storedLog();
    const { base, end } = segment(log, 1);
    const cut = log.places.get(base + 5)?.from as number;
    log.disk.replace(storePath(base), log.disk.contents(storePath(base)).slice(0, cut));
    expect(await repaired(log)).toEqual({
      kinds: ["missing segment"],
      actions: ["create"],
      lost: [{ from: base + 5, to: end }],
    });
  });

  test.each([
    ["a sealed one", 1],
    ["the last one", -1],
  ])("bytes behind %s of a log that was closed are cut", async (_name, n) => {
    const log = await storedLog();
    extendStore(log, segment(log, n).base, 7);
    expect(await repaired(log)).toEqual({ kinds: ["wrong end"], actions: ["rewrite"], lost: [] });
  });

  test.each([
    ["a sealed one", 1],
    ["the last one", -1],
  ])("zeros behind %s are left to opening, which cuts them without a loss", async (_name, n) => {
    const log = await storedLog();
    const { base } = segment(log, n);
    const { length } = log.disk.contents(storePath(base));
    extendStore(log, base, 0);
    const found = await verifyLog(DIRECTORY, { fs: log.disk.fs });
    expect(found).toMatchObject({ clean: true, records: 60, nextOffset: 60 });
    expect(found.damages).toMatchObject([
      { kind: "zero tail", baseOffset: base, position: length - 32, bytes: 200, harmless: true },
    ]);
    expect(await repaired(log)).toEqual({ kinds: [], actions: [], lost: [] });
    expect(log.disk.contents(storePath(base)).length).toBe(length);
    expect((await verifyLog(DIRECTORY, { fs: log.disk.fs })).damages).toEqual([]);
  });

  test("zeros in the place of the last records of a closed log are no zero tail", async () => {
    const log = await storedLog();
    const { base, end } = segment(log, -1);
    const from = log.places.get(end - 1)?.from as number;
    const bytes = log.disk.contents(storePath(base));
    bytes.fill(0, from);
    log.disk.replace(storePath(base), bytes);
    const { kinds, lost } = await repaired(log);
    expect(kinds).toContain("wrong end");
    expect(lost).toEqual([{ from: end - 1, to: end }]);
  });

  test("a segment with more records than up to the next is cut there", async () => {
    const log = await storedLog();
    const [first, second] = log.segments as [number, number];
    const longer = await storedLog({ segmentBytesMax: 1500 });
    const store = withLogId(logIdOf(log), longer.disk.contents(storePath(first)));
    log.disk.replace(storePath(first), store);
    expect(longer.segments[1]).toBeGreaterThan(second);
    expect(await repaired(log)).toEqual({ kinds: ["wrong end"], actions: ["rewrite"], lost: [] });
  });

  test("two segments that were exchanged are lost, and kept", async () => {
    const log = await storedLog();
    log.disk.swap(storePath(segment(log, 1).base), storePath(segment(log, 2).base));
    const { kinds, lost } = await repaired(log);
    expect(kinds.slice(0, 2)).toEqual(["stray segment", "stray segment"]);
    expect(lost).toEqual([{ from: segment(log, 1).base, to: segment(log, 2).end }]);
  });

  test.each([
    ["without a byte", new Uint8Array()],
    ["of other bytes", new Uint8Array(500).fill(3)],
  ])("a stray file %s costs nothing, however far its name leads", async (_name, bytes) => {
    for (const base of [5, 60, 61, 1e12]) {
      const log = await storedLog();
      await putFile(log.disk, storePath(base), bytes);
      const found = await repaired(log);
      if (base === 60 && bytes.length === 0) continue; // where a new segment would begin
      expect(found).toEqual({ kinds: ["stray segment"], actions: ["move"], lost: [] });
    }
  });

  test("a file without a byte before the first record does not make records left over", async () => {
    const log = await storedLog({ firstOffset: 7 });
    expect(log.segments[0]).toBe(0);
    await putFile(log.disk, storePath(2), new Uint8Array());
    await log.disk.fs.remove(storePath(log.segments[1] as number));
    for (const base of log.segments.slice(2)) await log.disk.fs.remove(storePath(base));
    const { lost } = await repaired(log);
    expect(lost).toEqual([{ from: log.segments[1], to: 60 }]);
  });

  test("behind a gap that is too large, everything goes to quarantine", async () => {
    const log = await storedLog();
    const far = 5_000_000;
    const store = log.disk.contents(storePath(0));
    await putFile(log.disk, storePath(far), withBase(store, far));
    const { actions, lost } = await repaired(log);
    expect(actions).toEqual(["move", "saveState"]);
    expect(lost).toEqual([{ from: 60, to: far }]);
    expect(await quarantineOf(log)).toContain(Buffer.from(withBase(store, far)).toString("hex"));
  });

  test("of plain frames those that the index leads to are kept", async () => {
    const log = await storedLog({ frameFormat: "plain" });
    const { base } = segment(log, 1);
    spoil(log, base + 3);
    expect((await repaired(log)).lost).toEqual([{ from: base + 3, to: base + 4 }]);
  });
});

/** The store with no frames but another base offset in its header. */
function withBase(store: Uint8Array, baseOffset: number): Uint8Array {
  const header = store.slice(0, 32);
  const fields = new DataView(header.buffer);
  fields.setUint32(20, baseOffset);
  fields.setUint32(28, crc32Of(header.subarray(0, 28)));
  return header;
}

function crc32Of(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

describe("the state file", () => {
  test.each([[true], [false]])("is made anew where it is gone (closed: %s)", async (closed) => {
    const log = await storedLog({ closed });
    await log.disk.fs.remove(STATE_PATH);
    expect(await repaired(log)).toEqual({
      kinds: ["missing state"],
      actions: ["saveState"],
      lost: [],
    });
  });

  test("is made anew where it is damaged, and the log's time does not go back", async () => {
    const log = await storedLog();
    log.disk.zeroRange(STATE_PATH, 8, 64);
    log.disk.zeroRange(STATE_PATH, 4100, 4160);
    expect((await repaired(log)).kinds).toEqual(["bad state"]);
    const opened = await openLog(DIRECTORY, { fs: log.disk.fs, clock: () => 1 });
    await opened.append("next");
    expect(opened.read(60).time).toBe(opened.read(59).time);
    await opened.close();
  });

  test("that says the log was closed too early does not drop what came after", async () => {
    const log = await storedLog();
    const early = await storedLog({ records: 20 });
    log.disk.replace(STATE_PATH, withLogId(logIdOf(log), early.disk.contents(STATE_PATH)));
    expect(await repaired(log)).toEqual({
      kinds: ["wrong state"],
      actions: ["saveState"],
      lost: [],
    });
  });

  test("that says the log begins behind its end drops nothing, and gives no offset again", async () => {
    const log = await storedLog();
    const other = await storedLog({ records: 200, firstOffset: 150 });
    log.disk.replace(STATE_PATH, withLogId(logIdOf(log), other.disk.contents(STATE_PATH)));
    const { kinds, actions } = await repaired(log);
    expect(kinds).toEqual(["missing segment", "wrong state"]);
    expect(actions).toEqual(["create", "saveState"]);
    expect((await readAll(log)).right.size).toBe(60);
  });
});

describe("what is not touched", () => {
  test("a log without damage: a repair does nothing and says so", async () => {
    for (const closed of [true, false]) {
      const log = await storedLog({ closed });
      const before = await contentsOf(log);
      const { fs } = log.disk;
      const repair = await repairLog(DIRECTORY, { fs });
      expect([repair.actions, repair.lost, repair.quarantined]).toEqual([[], [], []]);
      expect(await contentsOf(log)).toEqual(before);
      expect(await verifyLog(DIRECTORY, { fs })).toMatchObject({ clean: true, records: 60 });
    }
  });

  test("a log of a later release is refused as it is", async () => {
    const log = await storedLog();
    const path = storePath(log.segments[1] as number);
    const later = log.disk.contents(path);
    later[9] = 2;
    new DataView(later.buffer).setUint32(28, crc32Of(later.subarray(0, 28)));
    log.disk.replace(path, later);
    spoil(log, 1);
    const before = await contentsOf(log);
    const refusal = repairLog(DIRECTORY, { fs: log.disk.fs });
    await expect(refusal).rejects.toMatchObject({ code: "ERR_SEGLOG_UNSUPPORTED_FORMAT" });
    expect(await contentsOf(log)).toEqual(before);
  });

  test("a log that somebody writes to is refused", async () => {
    const { disk } = await storedLog();
    const log = await openLog(DIRECTORY, { fs: disk.fs });
    const refusal = repairLog(DIRECTORY, { fs: disk.fs });
    await expect(refusal).rejects.toMatchObject({ code: "ERR_SEGLOG_LOCKED" });
    await log.close();
  });

  test("names that are not ours are left alone, and a directory that is not there is not made", async () => {
    const log = await storedLog();
    await putFile(log.disk, `${DIRECTORY}/notes.store`, new Uint8Array(9));
    spoil(log, 1);
    await repaired(log);
    expect(log.disk.contents(`${DIRECTORY}/notes.store`)).toEqual(new Uint8Array(9));
    const { fs } = await copyOf(log.disk);
    await expect(repairLog("/nowhere", { fs })).rejects.toMatchObject({
      code: "ERR_SEGLOG_NOT_FOUND",
    });
    expect(await fs.stat("/nowhere")).toBeUndefined();
  });

  test("an earlier quarantine is not written over, though the clock stands still", async () => {
    const log = await storedLog();
    const { fs } = log.disk;
    const kept: (readonly string[])[] = [];
    for (const offset of [1, 3]) {
      spoil(log, offset);
      kept.push((await repairLog(DIRECTORY, { fs, clock: () => 0 })).quarantined);
    }
    const names = await fs.list(`${DIRECTORY}/quarantine`);
    expect(names.length).toBe(kept.flat().length);
    expect(new Set(kept.flat()).size).toBe(names.length);
  });
});

test("links and directories in place of files are moved, and nothing is followed", async () => {
  const directory = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  const path = join(directory, "log");
  const log = await openLog(path, { segmentBytesMax: 500 });
  for (let i = 0; i < 30; i++) await log.append(`record ${i} `.repeat(3));
  const [first, second] = log.segments();
  await log.close();
  const name = (base = 0) => String(base).padStart(20, "0");
  rmSync(join(path, `${name(first?.baseOffset)}.index`));
  mkdirSync(join(path, `${name(first?.baseOffset)}.index`));
  rmSync(join(path, `${name(second?.baseOffset)}.store`));
  symlinkSync(elsewhere, join(path, `${name(second?.baseOffset)}.store`));
  rmSync(join(path, "seglog.lock"));
  mkdirSync(join(path, "seglog.lock"));
  const repair = await repairLog(path);
  expect(repair.damages.filter(({ kind }) => kind === "not a file")).toHaveLength(3);
  expect(repair.lost).toEqual([{ from: second?.baseOffset, to: second?.nextOffset }]);
  expect(readdirSync(join(path, "quarantine")).length).toBe(3 + 1);
  expect(readdirSync(elsewhere)).toEqual([]);
  const again = await openLog(path);
  expect(again.nextOffset).toBe(30);
  await again.close();
});
