import { memoryFileSystem } from "@seglog/fs";
import { inspectIndex } from "@seglog/index";
import { repairDirectory, verifyDirectory } from "@seglog/segment";
import { copyStore, type InspectStoreOptions, inspectStore } from "@seglog/store";
import { describe, expect, test, vi } from "vitest";
import { openLog, repairLog, verifyLog } from "../src/index.ts";
import {
  contentsOf,
  DIRECTORY,
  indexPath,
  STATE_PATH,
  storedLog,
  storePath,
} from "./stored-log.ts";

vi.setConfig({ testTimeout: 60_000 }); // a busy machine is ten times slower

const NO_LOG = { code: "ERR_SEGLOG_NOT_FOUND", context: { path: DIRECTORY } };

/** A disk with these files in the log's directory. */
async function diskWith(files: Readonly<Record<string, Uint8Array>>) {
  const fs = memoryFileSystem();
  await fs.makeDirectory(DIRECTORY);
  for (const [name, bytes] of Object.entries(files)) {
    const handle = await fs.open(`${DIRECTORY}/${name}`, { access: "write", create: "exclusive" });
    await handle.write([bytes], 0);
    await handle.close();
  }
  return fs;
}

/** What a state file holds that a crash left after `bytes` of its first save. */
async function unfinishedState(bytes: number): Promise<Uint8Array> {
  const { disk } = await storedLog({ records: 1, closed: false });
  const whole = disk.contents(STATE_PATH);
  const state = new Uint8Array(whole.length);
  state.set(whole.subarray(4096, 4096 + bytes), 4096);
  return state;
}

describe("a directory without a log is neither sound nor damaged", () => {
  const nothing: [what: string, files: () => Promise<Record<string, Uint8Array>>][] = [
    ["nothing", async () => ({})],
    [
      "a stranger's files",
      async () => ({ "notes.txt": Uint8Array.of(1), "1.store": Buffer.of(2) }),
    ],
    ["the lock of a making that was killed", async () => ({ "seglog.lock": Buffer.of() })],
    [
      "an index and nothing beside",
      async () => ({ [`${"0".repeat(20)}.index`]: Buffer.alloc(16) }),
    ],
    ["an empty state file", async () => ({ "seglog.state": Buffer.of() })],
    ["a state file of zeros", async () => ({ "seglog.state": Buffer.alloc(8192) })],
    ["half of a first save", async () => ({ "seglog.state": await unfinishedState(30) })],
  ];
  test.each(nothing)(
    "%s: not found, as reading says it, and opening makes a log",
    async (_, files) => {
      const fs = await diskWith(await files());
      const before = await fs.list(DIRECTORY);
      await expect(verifyLog(DIRECTORY, { fs })).rejects.toMatchObject(NO_LOG);
      for (const dryRun of [true, false]) {
        await expect(repairLog(DIRECTORY, { fs, dryRun })).rejects.toMatchObject(NO_LOG);
      }
      await expect(openLog(DIRECTORY, { fs, readOnly: true })).rejects.toMatchObject(NO_LOG);
      expect(await fs.list(DIRECTORY)).toEqual(before);
      await (await openLog(DIRECTORY, { fs })).close();
      expect(await verifyLog(DIRECTORY, { fs })).toMatchObject({ clean: true, segments: 1 });
    },
  );

  test("so is a directory that is not there, and none is made", async () => {
    const fs = memoryFileSystem();
    await expect(verifyLog(DIRECTORY, { fs })).rejects.toMatchObject(NO_LOG);
    await expect(repairLog(DIRECTORY, { fs })).rejects.toMatchObject(NO_LOG);
    expect(await fs.stat(DIRECTORY)).toBeUndefined();
  });

  test("a log whose first segment a crash kept from being made is one, and goes on", async () => {
    const fs = memoryFileSystem();
    await (await openLog(DIRECTORY, { fs, firstOffset: 7 })).close();
    for (const path of [storePath(7), indexPath(7)]) await fs.remove(path);
    const found = await verifyLog(DIRECTORY, { fs });
    expect(found).toMatchObject({ clean: true, damages: [], firstOffset: 7, nextOffset: 7 });
    expect((await repairLog(DIRECTORY, { fs })).actions).toEqual([]);
    const log = await openLog(DIRECTORY, { fs });
    expect(await log.append("x")).toBe(7);
    await log.close();
  });

  test("what is left of a state or a segment is damage, and no missing log", async () => {
    const { disk } = await storedLog({ records: 1 });
    const state = disk.contents(STATE_PATH).fill(9);
    const damaged = await diskWith({ "seglog.state": state });
    const { damages } = await verifyLog(DIRECTORY, { fs: damaged });
    expect(damages).toMatchObject([{ kind: "bad state", harmless: false }]);
    const alone = await diskWith({ [`${"0".repeat(20)}.store`]: disk.contents(storePath(0)) });
    expect(await verifyLog(DIRECTORY, { fs: alone })).toMatchObject({
      clean: false,
      damages: expect.arrayContaining([expect.objectContaining({ kind: "missing state" })]),
    });
  });
});

test("records of plain stores are counted as unchecked: a damaged value is not seen", async () => {
  const log = await storedLog({ frameFormat: "plain" });
  const { path, from } = log.places.get(5) ?? { path: "", from: 0 };
  log.disk.corrupt(path, from + 8 + 8, 0x55);
  const before = await contentsOf(log);
  const found = await verifyLog(DIRECTORY, { fs: log.disk.fs });
  expect(found).toMatchObject({ clean: true, records: 60, recordsUnchecked: 60 });
  expect((await repairLog(DIRECTORY, { fs: log.disk.fs })).actions).toEqual([]);
  expect(await contentsOf(log)).toEqual(before);
  const checked = await storedLog();
  expect((await verifyLog(DIRECTORY, { fs: checked.disk.fs })).recordsUnchecked).toBe(0);
});

test.each([[true], [false]])(
  "a store that is too long to be opened is not sound (closed: %s), and a repair cuts it",
  async (closed) => {
    const { disk, segments } = await storedLog({ closed });
    const base = segments.at(-1) as number;
    const tools = { fs: disk.fs, directory: DIRECTORY, inspectIndex, copyStore };
    /** As if zeros went on to 3 GiB, which no test has the time to walk. */
    const asIfLong = async (options: InspectStoreOptions) => {
      const store = await inspectStore(options);
      if (options.path !== storePath(base)) return store;
      const { walk } = store;
      store.walk = async (...args) => {
        const end = await walk.apply(store, args);
        return { ...end, rest: "zeros", fileBytes: 3 * 2 ** 30 };
      };
      return store;
    };
    const { damages } = await verifyDirectory({ ...tools, inspectStore: asIfLong });
    expect(damages).toMatchObject([{ kind: "wrong end", baseOffset: base, harmless: false }]);
    const { actions, lost } = await repairDirectory({ ...tools, inspectStore: asIfLong });
    expect(actions.map(({ kind }) => kind)).toEqual(["rewrite"]);
    expect(lost).toEqual([]);
    expect(await verifyLog(DIRECTORY, { fs: disk.fs })).toMatchObject({ clean: true, records: 60 });
  },
);
