import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLog } from "../../src/index.ts";
import { collect, temporaryDirectory } from "../temporary.ts";
import { ended, jsonLines, seglog, startSeglog } from "./run-seglog.ts";

const VALUES: readonly Buffer[] = [
  Buffer.from("text"),
  Buffer.alloc(0),
  Buffer.from("line\nline\r\n"),
  Buffer.from('"quoted" \\ \u{2028} \0'),
  Buffer.from("\u{feff}with a mark"),
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]), // a surrogate: no UTF-8
  randomBytes(300_000),
];

/** A log of {@link VALUES}, which begins with offset `firstOffset`. */
async function filledLog(firstOffset = 0): Promise<string> {
  const directory = join(temporaryDirectory(), "log");
  let time = 1_000_000;
  const clock = (): number => time++;
  const log = await openLog(directory, { firstOffset, clock, segmentBytesMax: 1000 });
  for (const value of VALUES) await log.append(value);
  await log.close();
  return directory;
}

async function recordsOf(directory: string) {
  const log = await openLog(directory, { readOnly: true });
  const records = await collect(log.records());
  await log.close();
  return records.map(({ offset, time, value }) => [
    offset,
    time,
    Buffer.from(value).toString("hex"),
  ]);
}

test("what export writes, import reads: bytes, times, and the first offset", async () => {
  const directory = await filledLog(70_000);
  const exported = await seglog(["export", directory]);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  const copy = join(temporaryDirectory(), "copy");
  expect(await seglog(["import", copy], exported.bytes)).toMatchObject({
    code: 0,
    stdout: "",
    stderr: "8 records imported: offsets 70000 to 70007\n",
  });
  expect(await recordsOf(copy)).toEqual(await recordsOf(directory));
  expect((await seglog(["export", copy])).bytes.equals(exported.bytes)).toBe(true);
});

test("length-prefixed, export and import keep every byte of the values", async () => {
  const directory = await filledLog();
  const exported = await seglog(["export", directory, "--length-prefixed"]);
  const copy = join(temporaryDirectory(), "copy");
  expect((await seglog(["import", copy, "--length-prefixed"], exported.bytes)).code).toBe(0);
  const values = (await recordsOf(copy)).map(([, , hex]) => hex);
  expect(values).toEqual(VALUES.map((value) => value.toString("hex")));
});

test("export takes a part", async () => {
  const directory = await filledLog(10);
  const { stdout } = await seglog(["export", directory, "--from", "11", "--to", "13"]);
  expect(jsonLines(stdout)).toEqual([
    { offset: 11, time: 1_000_001, value: "" },
    { offset: 12, time: 1_000_002, value: "line\nline\r\n" },
  ]);
});

test("import appends to a log that is there, under its next offsets", async () => {
  const directory = await filledLog();
  const ran = await seglog(["import", directory], '{"offset":5,"time":9,"value":"more"}\n');
  expect(ran.stderr).toBe("1 record imported: offsets 8 to 8\n");
  // times never fall along a log
  expect((await recordsOf(directory)).at(-1)).toEqual([8, 1_000_007, "6d6f7265"]);
});

test.each([
  ["[]", "line 2: not an object"],
  ["{}", "line 2: either value or base64 is needed"],
  ['{"value":"a","base64":"YQ=="}', "line 2: either value or base64 is needed"],
  ['{"value":1}', "line 2: value is no text"],
  ['{"value":"\\ud800"}', "line 2: value is no text"],
  ['{"base64":"YQ"}', "line 2: base64 is not base64"],
  ['{"base64":7}', "line 2: base64 is not base64"],
  ['{"value":"a","time":-1}', "line 2: time is not in ms since the epoch"],
  ['{"value":"a","offset":1.5}', "line 2: offset is no offset"],
  ["{", "line 2: not JSON: "],
  ["\xff", "line 2: not UTF-8"],
])("import refuses %j, and keeps what came before", async (line, reason) => {
  const directory = join(temporaryDirectory(), "log");
  const input = Buffer.from(`{"value":"before"}\n${line}\n{"value":"after"}\n`, "latin1");
  const ran = await seglog(["import", directory], input);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("1 record imported: offsets 0 to 0\n");
  expect(ran.stderr).toContain(`seglog: ERR_SEGLOG_INVALID_ARGUMENT: ${reason}`);
  expect((await recordsOf(directory)).map(([, , hex]) => hex)).toEqual([
    Buffer.from("before").toString("hex"),
  ]);
});

test("a snapshot restores to the same log", async () => {
  const directory = await filledLog(70_000);
  const file = join(temporaryDirectory(), "file");
  const made = await seglog(["snapshot", directory, file]);
  expect(made).toMatchObject({ code: 0, stdout: "" });
  expect(made.stderr).toMatch(/^8 records, 29\d\.\d KiB: .*file\n$/);
  const copy = join(temporaryDirectory(), "copy");
  expect((await seglog(["restore", file, copy])).stderr).toBe(`8 records restored: ${copy}\n`);
  expect(await recordsOf(copy)).toEqual(await recordsOf(directory));
});

test("a snapshot goes through a pipe", async () => {
  const directory = await filledLog();
  const { code, bytes } = await seglog(["snapshot", directory, "-"]);
  expect(code).toBe(0);
  const copy = join(temporaryDirectory(), "copy");
  expect((await seglog(["restore", "-", copy], bytes)).code).toBe(0);
  expect(await recordsOf(copy)).toEqual(await recordsOf(directory));
});

test("a file that is there is replaced only with --force", async () => {
  const directory = await filledLog();
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "mine");
  const refused = await seglog(["snapshot", directory, file]);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toMatch(/^seglog: ERR_SEGLOG_EXISTS: .*--force.*\n$/);
  expect(readFileSync(file, "utf8")).toBe("mine");
  expect((await seglog(["snapshot", directory, file, "--force"])).code).toBe(0);
  expect(statSync(file).size).toBeGreaterThan(300_000);
  expect(readdirSync(join(file, ".."))).toEqual(["file"]);
});

test("a damaged, a short and a missing snapshot make no log", async () => {
  const directory = await filledLog();
  const { bytes } = await seglog(["snapshot", directory, "-"]);
  const copy = join(temporaryDirectory(), "copy");
  const short = await seglog(["restore", "-", copy], bytes.subarray(0, -1));
  expect(short.code).toBe(3);
  expect(short.stderr).toMatch(/^seglog: ERR_SEGLOG_BAD_SNAPSHOT: [^\n]*\n$/);
  const missing = await seglog(["restore", join(directory, "none"), copy]);
  expect(missing.code).toBe(5);
  expect(existsSync(copy)).toBe(false);
});

test("a restore that is interrupted leaves nothing", async () => {
  const directory = await filledLog();
  const { bytes } = await seglog(["snapshot", directory, "-"]);
  const parent = temporaryDirectory();
  const child = startSeglog(["restore", "-", join(parent, "copy")]);
  const done = ended(child);
  const stop = new AbortController();
  const begun = watch(parent, { signal: stop.signal })[Symbol.asyncIterator]();
  const first = begun.next();
  child.stdin.write(bytes.subarray(0, 1000));
  expect((await first).value).toMatchObject({ filename: "copy.restoring" });
  stop.abort();
  child.kill("SIGINT");
  expect((await done).code).toBe(130);
  expect(readdirSync(parent)).toEqual([]);
});
