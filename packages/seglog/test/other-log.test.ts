import { describe, expect, test } from "vitest";
import { openLog, restoreLog, verifyLog } from "../src/index.ts";
import {
  DIRECTORY,
  indexPath,
  logIdOf,
  readAll,
  repaired,
  STATE_PATH,
  type StoredLog,
  storedLog,
  storePath,
  withLogId,
} from "./stored-log.ts";

const CORRUPT = { code: "ERR_SEGLOG_CORRUPT" };
const EVERYTHING = { records: 20, segmentBytesMax: 1e6 };

describe("a store of another log in the place of ours", () => {
  test.each([0, 1, -1])("segment %i is refused, lost, and kept", async (n) => {
    const log = await storedLog();
    const base = log.segments.at(n) as number;
    const end = log.segments[n === -1 ? log.segments.length : n + 1] ?? 60;
    put(log, storePath(base), await storedLog());
    await isRefused(log, storePath(base));
    const { kinds, lost } = await repaired(log);
    expect(kinds).toContain("stray segment");
    expect(lost).toEqual([{ from: base, to: end }]);
  });

  test("is told where there are no others, by the index and else by the state", async () => {
    for (const closed of [true, false]) {
      for (const hasIndex of [true, false]) {
        const log = await storedLog({ ...EVERYTHING, closed });
        const valueBytes = (offset: number): number => offset;
        put(log, storePath(0), await storedLog({ ...EVERYTHING, valueBytes }));
        if (!hasIndex) log.disk.replace(indexPath(0), new Uint8Array());
        await isRefused(log, storePath(0));
        const { kinds, lost } = await repaired(log);
        expect(kinds).toContain("stray segment");
        expect(lost).toEqual([{ from: 0, to: closed ? 20 : undefined }]);
      }
    }
  });

  test("of one record is not told by an index: it begins as all of them do", async () => {
    const log = await storedLog(EVERYTHING);
    put(log, storePath(0), await storedLog({ segmentBytesMax: 1 }));
    const { kinds, lost } = await repaired(log);
    expect(kinds).toContain("stray segment");
    expect(lost).toEqual([{ from: 0, to: 20 }]);
  });

  test("is believed where it has no id, as a store from before there were any", async () => {
    const log = await storedLog();
    const other = await storedLog();
    log.disk.replace(storePath(0), withLogId(0, other.disk.contents(storePath(0))));
    expect((await readAll(log)).right.size).toBe(60);
    expect(await verifyLog(DIRECTORY, { fs: log.disk.fs })).toMatchObject({ clean: true });
  });
});

describe("the state file of another log in the place of ours", () => {
  test.each([
    ["that fits", {}],
    ["that was not closed", { closed: false }],
    ["that ends before", { records: 20 }],
    ["that begins later", { records: 200, firstOffset: 150 }],
  ])("%s is refused, reported, and made anew: no record is dropped", async (_name, what) => {
    for (const options of [{}, { closed: false }]) {
      const log = await storedLog(options);
      const id = logIdOf(log);
      put(log, STATE_PATH, await storedLog(what));
      await isRefused(log, undefined);
      expect(await repaired(log)).toEqual({
        kinds: ["wrong state"],
        actions: ["saveState"],
        lost: [],
      });
      expect(await readAll(log)).toMatchObject({ nextOffset: 60 });
      expect(stateIdOf(log)).toBe(id);
    }
  });

  test("is told by the index where there is one store", async () => {
    const log = await storedLog(EVERYTHING);
    put(log, STATE_PATH, await storedLog(EVERYTHING));
    await isRefused(log, storePath(0));
    expect(await repaired(log)).toEqual({
      kinds: ["wrong state"],
      actions: ["saveState"],
      lost: [],
    });
  });

  test("in one of its slots: the newer decides, and the other is not valid", async () => {
    const log = await storedLog();
    const ours = log.disk.contents(STATE_PATH);
    const fields = new DataView(ours.buffer, ours.byteOffset);
    const older = fields.getUint32(20) < fields.getUint32(4096 + 20) ? 0 : 4096;
    const other = (await storedLog()).disk.contents(STATE_PATH);
    ours.set(other.subarray(older, older + 64), older);
    log.disk.replace(STATE_PATH, ours);
    const { damages, clean } = await verifyLog(DIRECTORY, { fs: log.disk.fs });
    expect(damages.map(({ kind }) => kind)).toEqual(["torn state"]);
    expect(clean).toBe(true);
    expect((await readAll(log)).right.size).toBe(60);
  });
});

describe("the id of a log", () => {
  test("is in its state file and in every store, and no other log has it", async () => {
    const [one, two] = [await storedLog(), await storedLog()];
    const idsOf = (log: StoredLog): Set<number> =>
      new Set([stateIdOf(log), ...log.segments.map((base) => storeIdOf(log, base))]);
    expect([...idsOf(one), ...idsOf(two)]).toEqual([logIdOf(one), logIdOf(two)]);
    expect(logIdOf(one)).not.toBe(0);
    expect(logIdOf(one)).not.toBe(logIdOf(two));
  });

  test("goes on in later segments", async () => {
    const log = await storedLog();
    const opened = await openLog(DIRECTORY, { fs: log.disk.fs, segmentBytesMax: 1 });
    await opened.append("in a segment of its own");
    await opened.append("and another");
    const bases = opened.segments().map(({ baseOffset }) => baseOffset);
    await opened.close();
    expect(new Set(bases.map((base) => storeIdOf(log, base)))).toEqual(new Set([logIdOf(log)]));
    expect(stateIdOf(log)).toBe(logIdOf(log));
  });

  test("comes from the stores where the state file was lost", async () => {
    const log = await storedLog();
    const id = logIdOf(log);
    await log.disk.fs.remove(STATE_PATH);
    await repaired(log);
    expect(stateIdOf(log)).toBe(id);
  });

  test("is in stores that a repair makes, or gives a header", async () => {
    const log = await storedLog();
    const id = logIdOf(log);
    const [, second, third] = log.segments as [number, number, number];
    log.disk.zeroRange(storePath(second), 0, 32);
    await log.disk.fs.remove(storePath(third));
    await repaired(log);
    expect([storeIdOf(log, second), storeIdOf(log, third)]).toEqual([id, id]);
  });

  test("of a log that was restored is a new one", async () => {
    const log = await storedLog();
    const { fs } = log.disk;
    const opened = await openLog(DIRECTORY, { fs });
    await restoreLog("/copy", opened.reader(), { fs });
    await opened.close();
    const copy = log.disk.contents("/copy/seglog.state");
    expect(new DataView(copy.buffer, copy.byteOffset).getUint32(12)).not.toBe(logIdOf(log));
  });
});

/** Puts a file of `other` in the place of that of `log`. */
function put(log: StoredLog, path: string, other: StoredLog): void {
  log.disk.replace(path, other.disk.contents(path));
}

/** By opening, to write and to read, with nothing changed, and by verification. */
async function isRefused({ disk }: StoredLog, path: string | undefined): Promise<void> {
  const { fs } = disk;
  const names = await fs.list(DIRECTORY);
  for (const readOnly of [true, false]) {
    const refusal = { ...CORRUPT, ...(path === undefined ? {} : { context: { path } }) };
    await expect(openLog(DIRECTORY, { fs, readOnly })).rejects.toMatchObject(refusal);
  }
  expect((await fs.list(DIRECTORY)).filter((name) => name !== "seglog.lock")).toEqual(
    names.filter((name) => name !== "seglog.lock"),
  );
  expect(await verifyLog(DIRECTORY, { fs })).toMatchObject({ clean: false });
}

function storeIdOf({ disk }: StoredLog, baseOffset: number): number {
  const bytes = disk.contents(storePath(baseOffset));
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(24);
}

/** Of both slots, which have the same where nothing is wrong. */
function stateIdOf({ disk }: StoredLog): number {
  const bytes = disk.contents(STATE_PATH);
  const fields = new DataView(bytes.buffer, bytes.byteOffset);
  const ids = [12, 4096 + 12].map((at) => fields.getUint32(at)).filter((id) => id !== 0);
  expect(new Set(ids).size).toBe(1);
  return ids[0] as number;
}
