import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { COLOURS, PLAIN, wantsColour } from "../src/palette.mjs";
import { traceGroupCommit } from "../src/trace-group-commit.mjs";
import { traceHello } from "../src/trace-hello.mjs";
import { traceIndex } from "../src/trace-index.mjs";
import { traceLog } from "../src/trace-log.mjs";
import { traceSeglog } from "../src/trace-seglog.mjs";
import { traceSegment } from "../src/trace-segment.mjs";
import { traceStore } from "../src/trace-store.mjs";

const RECORDS = ["hello", "world", "foo"];
const HELLO_WORLD_FOO =
  "000000000000000568656c6c6f" + "0000000000000005776f726c64" + "0000000000000003666f6f";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-trace-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("what each layer holds", () => {
  test("a plain store: positions 0, 13, 26, and the book's bytes after 32 of header", async () => {
    const { positions, readBack, size, file } = await traceStore(directory, "plain");
    expect(positions).toEqual([0, 13, 26]);
    expect(readBack).toEqual(RECORDS);
    expect(size).toBe(37);
    expect(file.length).toBe(32 + 37);
    expect(Buffer.from(file.subarray(32)).toString("hex")).toBe(HELLO_WORLD_FOO);
  });

  test("a checked store: the same positions and sizes; the generation rises by syncs", async () => {
    const { positions, readBack, file, frames } = await traceStore(directory, "checked");
    expect(positions).toEqual([0, 13, 26]);
    expect(readBack).toEqual(RECORDS);
    expect(file.length).toBe(32 + 37);
    const words = frames.map(({ header }) => Buffer.from(header.subarray(4)).toString("hex"));
    expect(words).toEqual(["80000005", "90000005", "a0000003"]);
    const sums = frames.map(({ header }) => Buffer.from(header.subarray(0, 4)).toString("hex"));
    expect(sums).toEqual(["3c129f8c", "6dfa8d6f", "5fb54422"]);
  });

  test("an index: three pairs in 48 bytes", async () => {
    const { found, file, entries } = await traceIndex(directory, [0, 13, 26]);
    expect(found).toEqual([0, 13, 26]);
    expect(file.length).toBe(48);
    expect(entries.map(({ offset, position }) => [offset, position])).toEqual([
      [0, 0],
      [1, 13],
      [2, 26],
    ]);
  });

  test("a segment: each value behind 8 bytes of number and time", async () => {
    const { nextOffset, storeBytes, records, frames, entries } = await traceSegment(directory);
    expect(entries.map(({ offset, position }) => [offset, position])).toEqual([
      [16, 0],
      [17, 21],
      [18, 42],
    ]);
    expect([nextOffset, storeBytes]).toEqual([19, 61]);
    expect(records.map(({ value }) => Buffer.from(value).toString())).toEqual(RECORDS);
    const times = records.map(({ time }) => new Date(time).toISOString());
    expect(times[1]).toBe("2026-01-01T00:00:01.000Z");
    const head = Buffer.from(frames.subarray(21 + 8, 21 + 16));
    expect(head.readUInt16BE(0)).toBe(17);
    expect(head.readUIntBE(2, 6)).toBe(Date.UTC(2026, 0, 1) + 1000);
  });

  test("a log: two segments, and their files", async () => {
    const { offsets, segments, rolls, files } = await traceLog(directory);
    expect(offsets).toEqual([0, 1, 2]);
    expect(rolls).toBe(1);
    expect(segments.map(({ values }) => values)).toEqual([["hello", "world"], ["foo"]]);
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["00000000000000000000.index", 32],
      ["00000000000000000000.store", 32 + 42],
      ["00000000000000000002.index", 16],
      ["00000000000000000002.store", 32 + 19],
      ["seglog.lock", 0],
      ["seglog.progress", expect.any(Number)],
      ["seglog.state", expect.any(Number)],
    ]);
  });

  test("group commit: three appends at once, one durable write", async () => {
    expect(await traceGroupCommit(directory)).toEqual({
      staged: 37,
      positions: [0, 13, 26],
      writes: 1,
      batchMax: 3,
    });
  });

  test("seglog: offsets, and the same records after closing", async () => {
    const { offsets, syncs, clean, nextOffset, records } = await traceSeglog(directory);
    expect({ offsets, syncs, clean, nextOffset }).toEqual({
      offsets: [0, 1, 2],
      syncs: 1,
      clean: true,
      nextOffset: 3,
    });
    expect(records.map(({ value }) => Buffer.from(value).toString())).toEqual(RECORDS);
  });
});

describe("what is printed", () => {
  test("no line is longer than 100 columns, and all of it is ASCII", async () => {
    for (const line of await printed()) expect(line).toMatch(/^[ -~]{0,100}$/);
  });

  test("is the same in every run, and begins as in the README", async () => {
    const readme = await readFile(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
    const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? "none";
    const lines = await printed();
    expect(shown.split("\n").length).toBeGreaterThan(20);
    expect(`${lines.join("\n")}\n`.slice(0, shown.length)).toBe(shown);
  });

  test("has colours on a terminal only, and not with NO_COLOR", async () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    const plain = await printed();
    await rm(directory, { recursive: true });
    directory = await mkdtemp(join(tmpdir(), "seglog-trace-"));
    const coloured = await printed(COLOURS);
    const sgr = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(coloured.join("\n")).toMatch(sgr);
    const bare = coloured.map((line) => line.replaceAll(sgr, "").trimEnd());
    expect(bare).toEqual(plain);
  });

  test("the program leaves nothing behind", async () => {
    const program = fileURLToPath(new URL("../trace-hello.mjs", import.meta.url));
    const env = { ...process.env, TMPDIR: directory };
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
    expect(await readdir(directory)).toEqual([]);
    expect(stdout).toBe(`${(await printed()).join("\n")}\n`);
  });
});

async function printed(palette = PLAIN): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of traceHello(directory, palette)) lines.push(line);
  return lines;
}
