import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { openLog } from "../../src/index.ts";
import { temporaryDirectory } from "../temporary.ts";
import { jsonLines, seglog } from "./run-seglog.ts";

const BASE = Date.parse("2026-11-24T08:00:00Z");
const FIRST_STORE = "00000000000000000000.store";

/** 10 records of 4 bytes in segments of 4; the time stands still. */
async function tenRecords(): Promise<string> {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory, { clock: () => BASE, segmentBytesMax: 80 });
  await log.append("rec0");
  await log.appendBatch(["rec1", "rec2"]);
  for (let n = 3; n < 10; n++) await log.append(`rec${n}`);
  await log.close();
  return directory;
}

/** Writes over bytes of the first store. */
function damage(directory: string, position: number): void {
  const file = openSync(join(directory, FIRST_STORE), "r+");
  writeSync(file, "?", position);
  closeSync(file);
}

test("inspect shows segments, offsets, times, bytes, mapper, and that the log is closed", async () => {
  const directory = await tenRecords();
  const { code, stdout } = await seglog(["inspect", directory]);
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  expect(lines.slice(0, 4)).toEqual([
    directory,
    "records  10 [0, 10)",
    "times    2026-11-24T08:00:00.000Z to 2026-11-24T08:00:00.000Z",
    "bytes    200 B, index 160 B",
  ]);
  expect(lines[4]).toMatch(/^mapper {3}(?:mmap-io|koffi|read-through)$/);
  expect(lines[5]).toBe("state    closed cleanly");
  const table = lines.slice(7).map((line) => line.replaceAll(/ {2,}/g, " | "));
  const times = "2026-11-24 08:00:00 | 2026-11-24 08:00:00";
  expect(table).toEqual([
    "offsets | records | first | last | bytes | full",
    `[0, 4) | 4 | ${times} | 80 B | ██████████ 100%`,
    `[4, 8) | 4 | ${times} | 80 B | ██████████ 100%`,
    `[8, 10) | 2 | ${times} | 40 B | █████····· | 50% active`,
    "",
  ]);
});

test("inspect --json has the same, and --segment-bytes-max says what full is", async () => {
  const directory = await tenRecords();
  const { stdout } = await seglog(["inspect", directory, "--json", "--segment-bytes-max", "160"]);
  const [found] = jsonLines(stdout);
  expect(found).toMatchObject({
    path: directory,
    firstOffset: 0,
    committedOffset: 10,
    recovery: { clean: true },
    segments: [
      { baseOffset: 0, nextOffset: 4, storeBytes: 80, fill: 0.5, active: false },
      { baseOffset: 4, fill: 0.5 },
      { baseOffset: 8, nextOffset: 10, fill: 0.25, active: true },
    ],
  });
});

test("inspect --json names one mapper: what maps files on this machine", async () => {
  const directory = await tenRecords();
  const [found = {}] = jsonLines((await seglog(["inspect", directory, "--json"])).stdout);
  const { stdout } = await seglog(["inspect", directory]);
  expect(stdout).toContain(`\nmapper   ${found["mapper"]}\n`);
  expect(found["stats"]).toMatchObject({ segments: 3, storeBytes: 200 });
  expect(found["stats"]).not.toHaveProperty("mapper");
});

test("dump lists the frames of a store with positions, and how it ends", async () => {
  const directory = await tenRecords();
  const { code, stdout } = await seglog(["dump", join(directory, FIRST_STORE)]);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(
    /^store: 112 bytes, base offset 0, checked, log [0-9a-f]{8}, salt [0-9a-f]{8}$/,
  );
  expect(lines.slice(1)).toEqual([
    "position\tbytes\toffset\ttime\tgeneration",
    "0\t20\t0\t2026-11-24T08:00:00.000Z\t0",
    "20\t20\t1\t2026-11-24T08:00:00.000Z\t1 batch goes on",
    "40\t20\t2\t2026-11-24T08:00:00.000Z\t1",
    "60\t20\t3\t2026-11-24T08:00:00.000Z\t2",
    "end: 80, then nothing; opening would keep all",
  ]);
});

test("dump shows damage, and what follows it", async () => {
  const directory = await tenRecords();
  damage(directory, 32 + 20 + 16);
  const store = join(directory, FIRST_STORE);
  const { stdout } = await seglog(["dump", store, "--json"]);
  expect(jsonLines(stdout).slice(1)).toEqual([
    expect.objectContaining({ kind: "frame", position: 0, offset: 0, time: BASE, lost: false }),
    { kind: "bad", from: 20, to: 40, last: false },
    expect.objectContaining({ kind: "frame", position: 40, offset: 2 }),
    expect.objectContaining({ kind: "frame", position: 60, offset: 3, generation: 2 }),
    { kind: "end", position: 80, rest: "nothing", verdict: "corrupt" },
  ]);
});

test("dump takes a part", async () => {
  const directory = await tenRecords();
  const { stdout } = await seglog([
    "dump",
    join(directory, FIRST_STORE),
    ...["--from", "20", "--limit", "1", "--json"],
  ]);
  expect(jsonLines(stdout).slice(1)).toEqual([
    expect.objectContaining({ kind: "frame", position: 20, batchContinues: true }),
  ]);
});

test("dump of a large store lists every frame once, in pages, and judges the whole", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  for (let n = 0; n < 30_000; n++) log.write("");
  await log.close();
  damage(directory, 32 + 16 * 100 + 12);
  const { stdout } = await seglog(["dump", join(directory, FIRST_STORE), "--json"]);
  const lines = jsonLines(stdout);
  const frames = lines.filter(({ kind }) => kind === "frame");
  expect(frames.map(({ offset }) => offset)).toEqual(
    Array.from({ length: 30_000 }, (_, n) => n).filter((n) => n !== 100),
  );
  expect(lines.at(-1)).toMatchObject({ kind: "end", position: 480_000 });
});

test("dump lists the entries of an index", async () => {
  const directory = await tenRecords();
  const index = join(directory, "00000000000000000004.index");
  expect((await seglog(["dump", index])).stdout).toBe(
    "index: 4 entries, 64 bytes\nentry\toffset\tposition\n0\t4\t0\n1\t5\t20\n2\t6\t40\n3\t7\t60\n",
  );
  const { stdout } = await seglog(["dump", index, "--json", "--from", "1", "--limit", "2"]);
  expect(jsonLines(stdout)).toEqual([
    { entry: 1, offset: 5, position: 20 },
    { entry: 2, offset: 6, position: 40 },
  ]);
});

test("dump of another file is refused", async () => {
  const directory = await tenRecords();
  const [other] = readdirSync(directory).filter((name) => !/\.(store|index)$/.test(name));
  const ran = await seglog(["dump", join(directory, other as string)]);
  expect(ran.code).toBe(2);
  expect((await seglog(["dump", join(directory, "9.store")])).code).toBe(5);
});

test("verify says that a log is sound, and exits with 0", async () => {
  const directory = await tenRecords();
  const ran = await seglog(["verify", directory]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toMatch(/^sound: 10 records \[0, 10\), 3 segments, \d+\.\d KiB\n$/);
});

test.each([["verify"], ["repair"], ["repair", "--dry-run"]])(
  "%s of a directory that holds no log fails with 5, and leaves it as it was",
  async (...command) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "notes.txt"), "mine");
    const ran = await seglog([...command, directory]);
    expect([ran.code, ran.stdout]).toEqual([5, ""]);
    expect(ran.stderr).toContain("ERR_SEGLOG_NOT_FOUND");
    expect(readdirSync(directory)).toEqual(["notes.txt"]);
  },
);

test("verify says what is damaged, and exits with 3", async () => {
  const directory = await tenRecords();
  damage(directory, 32 + 60 + 16);
  const ran = await seglog(["verify", directory]);
  expect(ran.code).toBe(3);
  const [line, last] = ran.stdout.split("\n");
  expect(line).toMatch(/^bad frame: .*00\.store at 60, records \[3, 4\): /);
  expect(last).toMatch(/^damaged: 9 records \[0, 10\)/);
  const json = await seglog(["verify", directory, "--json"]);
  expect(json.code).toBe(3);
  expect(jsonLines(json.stdout)[0]).toMatchObject({ clean: false, records: 9, nextOffset: 10 });
});

test("what a damage makes fail exits with 3, in one line", async () => {
  const directory = await tenRecords();
  damage(directory, 32 + 60 + 16);
  const ran = await seglog(["cat", directory]);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toBe("rec0\nrec1\nrec2\n");
  expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_CORRUPT: [^\n]*\n$/);
});

test("repair --dry-run changes nothing and exits with 3; repair mends, and says what is lost", async () => {
  const directory = await tenRecords();
  damage(directory, 32 + 60 + 16);
  const before = readFileSync(join(directory, FIRST_STORE));
  const dry = await seglog(["repair", directory, "--dry-run"]);
  expect(dry.code).toBe(3);
  expect(dry.stdout).toContain("would rewrite: ");
  expect(readFileSync(join(directory, FIRST_STORE)).equals(before)).toBe(true);
  const done = await seglog(["repair", directory]);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(done.stdout).toMatch(/\nin quarantine: .*\.store\n/);
  expect(done.stdout).toMatch(/\nlost: \[3, 4\)\n$/);
  expect(await seglog(["repair", directory, "--json"])).toMatchObject({ code: 0 });
  expect(await seglog(["repair", directory, "--dry-run"])).toMatchObject({ code: 0 });
  expect((await seglog(["cat", directory, "--from", "4"])).code).toBe(0);
});

test("behind a repair verify exits with 7 while only lost records are wrong, and with 3 again after", async () => {
  const directory = await tenRecords();
  damage(directory, 32 + 60 + 16);
  await seglog(["repair", directory]);
  const ran = await seglog(["verify", directory]);
  expect(ran).toMatchObject({ code: 7, stderr: "" });
  expect(ran.stdout).toMatch(
    /^lost record: .* at 60, records \[3, 4\): .*\nsound but for lost records: 9 records \[0, 10\)/,
  );
  expect((await seglog(["verify", directory, "--json"])).code).toBe(7);
  damage(directory, 32 + 20 + 16);
  const again = await seglog(["verify", directory]);
  expect(again.code).toBe(3);
  expect(again.stdout).toMatch(/\ndamaged: 8 records/);
});

test("verify of a plain log says that a damaged value would not show", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory, { frameFormat: "plain" });
  await log.appendBatch(["rec0", "rec1"]);
  await log.close();
  damage(directory, 32 + 16);
  const { code, stdout } = await seglog(["verify", directory]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^unchecked: 2 records without checksums, format plain: .*\nsound: 2 records/,
  );
});

test("verify of a log of a later release calls it neither sound nor damaged, and exits with 3", async () => {
  const directory = await tenRecords();
  const path = join(directory, FIRST_STORE);
  const bytes = readFileSync(path);
  bytes.writeUInt16BE(2, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 28)), 28);
  writeFileSync(path, bytes);
  const { code, stdout } = await seglog(["verify", directory]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^later version: .* has version 2\nof a later release, not judged: /);
  const repair = await seglog(["repair", directory]);
  expect(repair.code).toBe(3);
  expect(repair.stderr).toContain("ERR_SEGLOG_UNSUPPORTED_FORMAT");
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("repair of a sound log has nothing to do", async () => {
  const directory = await tenRecords();
  expect(await seglog(["repair", directory])).toMatchObject({ code: 0, stdout: "nothing to do\n" });
  const { stdout } = await seglog(["repair", directory, "--dry-run", "--json"]);
  expect(jsonLines(stdout)).toEqual([
    { damages: [], actions: [], lost: [], quarantined: [], dryRun: true },
  ]);
});

test("truncate --before and --after drop what they say", async () => {
  const directory = await tenRecords();
  expect(await seglog(["truncate", directory, "--before", "3", "--yes"])).toMatchObject({
    code: 0,
    stderr: "3 records [0, 3) dropped\n",
  });
  expect((await seglog(["truncate", directory, "--after", "7", "-y"])).stderr).toBe(
    "2 records [8, 10) dropped\n",
  );
  expect((await seglog(["cat", directory])).stdout).toBe("rec3\nrec4\nrec5\nrec6\nrec7\n");
  expect((await seglog(["truncate", directory, "--after", "2", "-y"])).code).toBe(0);
  expect((await seglog(["append", directory, "-v", "x"])).stdout).toBe("3\n");
});

test.each([
  [["--before", "3"], "--yes"],
  [["--before", "3", "--after", "4", "-y"], "either"],
  [["-y"], "either"],
  [["--before", "x", "-y"], "whole number"],
])("truncate %j without a terminal is refused, and drops nothing", async (args, reason) => {
  const directory = await tenRecords();
  const ran = await seglog(["truncate", directory, ...args]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_INVALID_ARGUMENT: [^\n]*\n$/);
  expect(ran.stderr).toContain(reason);
  expect((await seglog(["tail", directory])).stdout).toMatch(/^rec0\n/);
});

test("truncate of an offset that is not held fails with 5, of no log makes none", async () => {
  const directory = await tenRecords();
  expect((await seglog(["truncate", directory, "--before", "11", "-y"])).code).toBe(5);
  rmSync(directory, { recursive: true });
  expect((await seglog(["truncate", directory, "--before", "0", "-y"])).code).toBe(5);
  expect(readdirSync(join(directory, ".."))).toEqual([]);
});

test("bench measures, prints ratios to the raw disk, and leaves nothing", async () => {
  const directory = temporaryDirectory();
  const args = ["bench", directory, "--rounds", "1", "--ms", "5"];
  const { code, stdout } = await seglog([...args, "--json"]);
  expect(code).toBe(0);
  const [{ results } = {}] = jsonLines(stdout);
  const measured = results as { id: string; value: number; ofRaw?: number }[];
  expect(measured.map(({ id }) => id)).toEqual([
    ...["raw-sync", "append-1", "append-64", "append-1024"],
    ...["raw-write", "write", "raw-read", "read"],
  ]);
  for (const { id, value, ofRaw } of measured) {
    expect(value, id).toBeGreaterThan(0);
    expect(ofRaw === undefined, id).toBe(id.startsWith("raw"));
  }
  expect((await seglog(args)).stdout).toMatch(/\nappend of 128 B, 64 callers +[\d.,]+ +durable\/s/);
  expect(readdirSync(directory)).toEqual([]);
});
