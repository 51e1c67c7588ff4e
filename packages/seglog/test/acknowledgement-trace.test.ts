import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { markedAt, notDurableAt, parseTrace, type SystemCall, writesTo } from "./system-trace.ts";
import { temporaryDirectory } from "./temporary.ts";

// child processes and the real disk on a busy machine: 5 s would be too few
vi.setConfig({ testTimeout: 60_000 });

const SCRIPT = join(import.meta.dirname, "fixtures/traced-appends.mjs");
const STORE_HEADER_BYTES = 32;
/** Of the store's frame and the segment's record head. */
const FRAMING_BYTES = 16;
const MIB = 2 ** 20;
const built = existsSync(join(import.meta.dirname, "../dist/index.js"));

function canTrace(): boolean {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // not installed, or not allowed: the tests are skipped, and shown as skipped
  }
}

interface Traced {
  readonly directory: string;
  readonly calls: readonly SystemCall[];
}

/** Runs the fixture on a new log: a record of each size, each acknowledged before the next. */
function traceAppends(sizes: readonly number[], segmentBytesMax?: number): Traced {
  const place = realpathSync(temporaryDirectory());
  const directory = join(place, "log");
  const file = join(place, "trace");
  const names = "trace=openat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync";
  const limit = segmentBytesMax === undefined ? [] : [`${segmentBytesMax}`];
  const command = [process.execPath, SCRIPT, directory, sizes.join(","), ...limit];
  // of each buffer as many bytes as tell whose they are, also behind a block that is written again
  const options = ["-f", "-y", "-s", "5000", "-e", names, "-o", file];
  execFileSync("strace", [...options, ...command], { stdio: ["ignore", "ignore", "inherit"] });
  return { directory, calls: parseTrace(readFileSync(file, "utf8")) };
}

function storeOf(directory: string, baseOffset: number): string {
  return join(directory, `${`${baseOffset}`.padStart(20, "0")}.store`);
}

/** The problems of acknowledgement `i`, for records that share a segment. */
function problemsOf({ directory, calls }: Traced, sizes: readonly number[], i: number): string[] {
  const text = `RECORD-${i}-`;
  const called = markedAt(calls, `call ${text}`);
  const at = markedAt(calls, `acknowledged ${text}`);
  if (called === -1 || at < called) return [`${text} was not acknowledged after its call`];
  const before = sizes.slice(0, i).reduce((sum, size) => sum + size + FRAMING_BYTES, 0);
  const from = STORE_HEADER_BYTES + before;
  const to = from + (sizes[i] as number) + FRAMING_BYTES;
  return notDurableAt(calls, { path: storeOf(directory, 0), from, to, text }, at);
}

describe.skipIf(!built || !canTrace())("what the system was told before an acknowledgement", () => {
  test.each([
    ["100 bytes, then 1 MiB, then 100 bytes", [100, MIB, 100]],
    ["1 MiB first", [MIB, 100]],
  ])("the record's bytes are written, then synced: %s", (_, sizes) => {
    const traced = traceAppends(sizes);
    expect(sizes.flatMap((_, i) => problemsOf(traced, sizes, i))).toEqual([]);
  });

  test("before the first acknowledgement of a new log its directory is synced, and its parent", () => {
    const { directory, calls } = traceAppends([100]);
    const at = markedAt(calls, "acknowledged RECORD-0-");
    const made = calls.find(
      ({ path, flags }) => path === storeOf(directory, 0) && flags.includes("O_CREAT"),
    );
    expect(made?.ended).toBeLessThan(at);
    const syncs = (path: string, from: number): SystemCall[] =>
      calls.filter(
        (call) =>
          call.name === "fsync" && call.path === path && call.began > from && call.ended < at,
      );
    expect(syncs(directory, made?.ended ?? at).map(({ result }) => result)).toContain(0);
    expect(syncs(dirname(directory), 0).map(({ result }) => result)).toContain(0);
  });

  test("at a roll the old segment is synced before the first byte of the new one is written", () => {
    const { directory, calls } = traceAppends([1000, 1000, 1000], 2500);
    const [first] = writesTo(calls, storeOf(directory, 2));
    const rolledAt = first?.call.began ?? -1;
    expect(rolledAt).toBeGreaterThan(markedAt(calls, "call RECORD-2-"));
    for (const i of [0, 1]) {
      const from = STORE_HEADER_BYTES + i * (1000 + FRAMING_BYTES);
      const record = { path: storeOf(directory, 0), from, to: from + 1016, text: `RECORD-${i}-` };
      expect(notDurableAt(calls, record, rolledAt)).toEqual([]);
    }
    const to = STORE_HEADER_BYTES + 1000 + FRAMING_BYTES;
    const record = { path: storeOf(directory, 2), from: STORE_HEADER_BYTES, to, text: "RECORD-2-" };
    const at = markedAt(calls, "acknowledged RECORD-2-");
    expect(notDurableAt(calls, record, at)).toEqual([]);
    const named = calls.some(
      ({ name, path, result, began, ended }) =>
        name === "fsync" && path === directory && result === 0 && began > rolledAt && ended < at,
    );
    expect(named).toBe(true);
  });
});

describe("a trace that lies is told from one that does not", () => {
  const open = (flags: string): string => `7 openat(AT_FDCWD, "/a", O_RDWR${flags}) = 9</a>`;
  const write = '8 pwrite64(9</a>, "RECORD-0-....", 13, 32) = 13';
  const sync = "8 fdatasync(9</a>) = 0";
  const mark = '7 write(1<pipe:[1]>, "acknowledged\\n", 13) = 13';
  const sound = [open(""), write, sync, mark];
  const half = '8 pwrite64(9</a>, "RECORD-0-", 9, 32) = 9';
  const rest = '8 pwritev(9</a>, [{iov_base="....", iov_len=4}], 1, 41) = 4';
  const unfinished = "8 fdatasync(9</a> <unfinished ...>";
  const resumed = "8 <... fdatasync resumed>) = 0";

  function problems(lines: readonly string[]): string[] {
    const calls = parseTrace(lines.join("\n"));
    const at = markedAt(calls, "acknowledged");
    return notDurableAt(calls, { path: "/a", from: 32, to: 45, text: "RECORD-0-" }, at);
  }

  test.each([
    ["a write, then a sync", sound],
    ["a write through O_DSYNC", [open("|O_DSYNC"), write, mark]],
    ["two writes, then a sync", [open(""), half, rest, sync, mark]],
    [
      "a sync that other calls cut in two",
      [open(""), write, unfinished, "7 x() = 0", resumed, mark],
    ],
  ])("sound: %s", (_, lines) => {
    expect(problems(lines)).toEqual([]);
  });

  test.each([
    ["no sync", [open(""), write, mark], "not synced"],
    ["the sync after the acknowledgement", [open(""), write, mark, sync], "not synced"],
    ["the sync still under way", [open(""), write, unfinished, mark, resumed], "not synced"],
    ["the sync before the write", [open(""), sync, write, mark], "not synced"],
    ["a sync that failed", [open(""), write, "8 fdatasync(9</a>) = -1 EIO", mark], "not synced"],
    ["a sync of another file", [open(""), write, "8 fdatasync(8</b>) = 0", mark], "not synced"],
    ["the second write unsynced", [open(""), half, sync, rest, mark], "not synced"],
    ["half a record", [open(""), half, sync, mark], "byte 41"],
    ["nothing written", [open(""), sync, mark], "was not written"],
    ["written afterwards", [open(""), sync, mark, write], "was not written"],
    ["zeros", [open(""), '8 pwrite64(9</a>, "\\0\\0"..., 13, 32) = 13', sync, mark], "not written"],
  ])("refused: %s", (_, lines, problem) => {
    expect(problems(lines).join()).toContain(problem);
  });
});
