import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openLog, restoreLog, type Seglog } from "../src/index.ts";
import { temporaryDirectory } from "./temporary.ts";

vi.setConfig({ testTimeout: 30_000 });

const SETTINGS = Object.freeze({ indexEntriesMax: 4 });
const ANY_CODE = { code: expect.stringMatching(/^ERR_SEGLOG_/) };
const REFUSED = { code: "ERR_SEGLOG_IO" };

function nameOf(baseOffset: number, kind: "store" | "index"): string {
  return `${`${baseOffset}`.padStart(20, "0")}.${kind}`;
}

/** Of a log of ten records in segments of four: sealed, active, and what belongs to no segment. */
const OUR_NAMES = Object.freeze([
  nameOf(0, "store"),
  nameOf(0, "index"),
  nameOf(8, "store"),
  nameOf(8, "index"),
  "seglog.state",
  "seglog.lock",
]);

let place: string;
let directory: string;

beforeEach(() => {
  place = temporaryDirectory();
  directory = join(place, "log");
});

async function appendSome(log: Seglog, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await log.append(`record ${n}`);
}

/** A closed log of ten records. */
async function makeLog(): Promise<void> {
  const log = await openLog(directory, SETTINGS);
  await appendSome(log, 10);
  await log.close();
}

/** The same as a killed process leaves it: not said to be closed. */
async function makeKilledLog(): Promise<void> {
  const log = await openLog(directory, SETTINGS);
  await appendSome(log, 10);
  const copy = join(place, "copy");
  execFileSync("cp", ["-r", directory, copy]);
  await log.close();
  rmSync(directory, { recursive: true });
  renameSync(copy, directory);
}

describe("mode", () => {
  let umask: number;
  beforeEach(() => {
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
  });

  function modes(at: string): Set<number> {
    return new Set(readdirSync(at).map((name) => statSync(join(at, name)).mode & 0o777));
  }

  async function everything(options: { readonly mode?: number }): Promise<void> {
    const log = await openLog(directory, { ...SETTINGS, ...options });
    await appendSome(log, 10); // rolls twice
    await log.truncateAfter(5); // opens a sealed segment again
    await appendSome(log, 10);
    await restoreLog(join(place, "restored"), log.reader(), { ...SETTINGS, ...options });
    await log.close();
    for (const name of readdirSync(directory)) {
      if (name.endsWith(".index")) rmSync(join(directory, name)); // to be written anew
    }
    const again = await openLog(directory, { ...SETTINGS, ...options });
    expect(again.recovery.indexesRebuilt.length).toBeGreaterThan(1);
    await again.truncateBefore(again.nextOffset);
    await again.append("x");
    await again.close();
  }

  test.each([
    [0o600, 0o700],
    [0o640, 0o750],
    [0o666, 0o777],
  ])(
    "%o is that of every file that a log makes; its directory is %o",
    async (mode, directories) => {
      await everything({ mode });
      for (const at of [directory, join(place, "restored")]) {
        expect(statSync(at).mode & 0o777).toBe(directories);
        expect(modes(at)).toEqual(new Set([mode]));
      }
    },
  );

  test("without it files are 644, and directories 755", async () => {
    await everything({});
    expect(statSync(directory).mode & 0o777).toBe(0o755);
    expect(modes(directory)).toEqual(new Set([0o644]));
  });
});

describe("a symbolic link in the place of a file", () => {
  for (const [how, make] of [
    ["closed", makeLog],
    ["killed", makeKilledLog],
  ] as const) {
    test.each(OUR_NAMES)(
      `of a ${how} log, to the very file, is refused, and nothing written through it: %s`,
      async (name) => {
        await make();
        const target = join(place, "target");
        renameSync(join(directory, name), target);
        symlinkSync(target, join(directory, name));
        const before = readFileSync(target);
        await expect(openLog(directory, SETTINGS)).rejects.toMatchObject(REFUSED);
        expect(readFileSync(target)).toEqual(before);
        expect(lstatSync(join(directory, name)).isSymbolicLink()).toBe(true);
      },
    );

    test.each(OUR_NAMES)(
      `of a ${how} log, to nothing, is refused, and nothing made there: %s`,
      async (name) => {
        await make();
        rmSync(join(directory, name));
        symlinkSync(join(place, "target"), join(directory, name));
        await expect(openLog(directory, SETTINGS)).rejects.toMatchObject(REFUSED);
        expect(existsSync(join(place, "target"))).toBe(false);
      },
    );
  }

  test.each([...OUR_NAMES.slice(0, 1), ...OUR_NAMES.slice(4)])(
    "where no log is yet, is refused, and nothing made there: %s",
    async (name) => {
      mkdirSync(directory);
      symlinkSync(join(place, "target"), join(directory, name));
      await expect(openLog(directory, SETTINGS)).rejects.toMatchObject(ANY_CODE);
      expect(existsSync(join(place, "target"))).toBe(false);
    },
  );

  test("made while the log is open, where a roll will make a store, is refused", async () => {
    const log = await openLog(directory, SETTINGS);
    await appendSome(log, 4);
    symlinkSync(join(place, "target"), join(directory, nameOf(4, "store")));
    await expect(log.append("rolls")).rejects.toMatchObject(ANY_CODE);
    await log.close().catch(() => {});
    expect(existsSync(join(place, "target"))).toBe(false);
  });

  test("made while the log is open, where a roll will make an index, gives way to a file", async () => {
    const log = await openLog(directory, SETTINGS);
    await appendSome(log, 4);
    const target = join(place, "target");
    writeFileSync(target, "precious");
    symlinkSync(target, join(directory, nameOf(4, "index")));
    await appendSome(log, 2);
    await log.close();
    expect(readFileSync(target, "utf8")).toBe("precious");
    expect(lstatSync(join(directory, nameOf(4, "index"))).isFile()).toBe(true);
  });

  test("put in the place of the state while the log is open, is not written through", async () => {
    const log = await openLog(directory, SETTINGS);
    await appendSome(log, 10);
    const target = join(place, "target");
    renameSync(join(directory, "seglog.state"), target);
    symlinkSync(target, join(directory, "seglog.state"));
    const before = readFileSync(target);
    await expect(log.truncateBefore(5)).rejects.toMatchObject(ANY_CODE);
    await log.close().catch(() => {});
    expect(readFileSync(target)).toEqual(before);
  });

  test("in the place where a log is restored, or is being, is refused, and its target stays", async () => {
    await makeLog();
    const log = await openLog(directory, { ...SETTINGS, readOnly: true });
    const other = join(place, "other");
    await (await openLog(other)).close();
    const before = readdirSync(other).map((name) => readFileSync(join(other, name)));
    for (const name of ["restored", "restored.restoring"]) {
      symlinkSync(other, join(place, name));
      await expect(restoreLog(join(place, "restored"), log.reader())).rejects.toMatchObject({
        code: "ERR_SEGLOG_EXISTS",
      });
      rmSync(join(place, name));
    }
    expect(readdirSync(other).map((name) => readFileSync(join(other, name)))).toEqual(before);
    await log.close();
  });
});

describe("what is no file, in the place of one, is refused at once", () => {
  const close: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of close.splice(0)) await end();
  });

  const KINDS = Object.freeze({
    directory: async (path: string) => mkdirSync(path),
    fifo: async (path: string) => void execFileSync("mkfifo", [path]),
    async socket(path: string) {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(path, resolve));
      close.push(() => new Promise((resolve) => server.close(resolve)));
    },
  });

  for (const [kind, make] of Object.entries(KINDS)) {
    test.each(OUR_NAMES)(`a ${kind}: %s`, async (name) => {
      await makeLog();
      rmSync(join(directory, name));
      await make(join(directory, name));
      await expect(openLog(directory, SETTINGS)).rejects.toMatchObject(REFUSED);
    });

    test(`a ${kind}, where a roll will make a store`, async () => {
      const log = await openLog(directory, SETTINGS);
      await appendSome(log, 4);
      await make(join(directory, nameOf(4, "store")));
      await expect(log.append("rolls")).rejects.toMatchObject(ANY_CODE);
      expect(log.read(3).offset).toBe(3);
      await log.close().catch(() => {});
    });
  }
});

describe("names that are not ours", () => {
  const STRANGERS: Readonly<Record<string, string>> = Object.freeze({
    "notes.txt": "by hand",
    "0.store": "too few digits",
    "000000000000000000000.store": "too many",
    "99999999999999999999.store": "no safe integer",
    "00000000000000000000.store.bak": "a copy",
    "00000000000000000000.STORE": "capitals",
    " 00000000000000000000.store": "a space",
    "00000000000000000000.indexes": "longer",
    "seglog.state~": "an editor's",
    "seglog.locks": "longer",
    ".hidden": "",
  });

  function check(): void {
    for (const [name, text] of Object.entries(STRANGERS)) {
      expect(readFileSync(join(directory, name), "utf8")).toBe(text);
    }
    expect(readFileSync(join(directory, "quarantine/00000000000000000000.store"), "utf8")).toBe(
      "below",
    );
  }

  test("stay, byte for byte, whatever the log does", async () => {
    mkdirSync(join(directory, "quarantine"), { recursive: true });
    writeFileSync(join(directory, "quarantine/00000000000000000000.store"), "below");
    for (const [name, text] of Object.entries(STRANGERS)) {
      writeFileSync(join(directory, name), text);
    }
    const log = await openLog(directory, { ...SETTINGS, retention: { segmentsMax: 4 } });
    check();
    await appendSome(log, 50);
    await log.truncateAfter(45);
    await log.truncateBefore(43);
    await log.truncateBefore(log.nextOffset);
    await appendSome(log, 10);
    check();
    await log.close();
    check();
    const again = await openLog(directory, SETTINGS);
    await again.close();
    check();
  });

  test("in a directory to be restored to, refuse it, and stay", async () => {
    await makeLog();
    const log = await openLog(directory, { ...SETTINGS, readOnly: true });
    const target = join(place, "restored");
    mkdirSync(target);
    writeFileSync(join(target, "notes.txt"), "by hand");
    await expect(restoreLog(target, log.reader())).rejects.toMatchObject({
      code: "ERR_SEGLOG_EXISTS",
    });
    expect(readdirSync(target)).toEqual(["notes.txt"]);
    await log.close();
  });
});
