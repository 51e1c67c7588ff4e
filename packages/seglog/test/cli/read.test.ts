import { join } from "node:path";
import { expect, test } from "vitest";
import { openLog } from "../../src/index.ts";
import { temporaryDirectory } from "../temporary.ts";
import { ended, jsonLines, said, seglog, startSeglog } from "./run-seglog.ts";

const BASE = Date.parse("2026-11-24T08:00:00Z");

/** A log whose record n has the text `rn`, a second after the one before it. */
async function tenRecords(values: readonly (string | Uint8Array)[] = []): Promise<string> {
  const directory = join(temporaryDirectory(), "log");
  let time = BASE - 1000;
  const clock = (): number => {
    time += 1000;
    return time;
  };
  const log = await openLog(directory, { clock, segmentBytesMax: 100 });
  const all = values.length > 0 ? values : Array.from({ length: 10 }, (_, n) => `r${n}`);
  for (const value of all) await log.append(value);
  await log.close();
  return directory;
}

test.each([
  [[], "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9"],
  [["--from", "7"], "r7 r8 r9"],
  [["--to", "2"], "r0 r1"],
  [["--from", "3", "--to", "5"], "r3 r4"],
  [["--from", "5", "--to", "5"], ""],
  [["--limit", "2"], "r0 r1"],
  [["--limit", "0"], ""],
  [["--reverse", "--limit", "2"], "r9 r8"],
  [["--reverse", "--from", "1", "--to", "4"], "r3 r2 r1"],
  [["--time", "2026-11-24T08:00:08Z"], "r8 r9"],
  [["--time", String(BASE + 7500)], "r8 r9"],
  [["--until", "2026-11-24T08:00:02Z"], "r0 r1"],
  [["--time", "2026-11-24T08:00:02Z", "--from", "4", "--limit", "1"], "r4"],
  [["--time", "2099-01-01"], ""],
])("cat %j prints %j", async (args, expected) => {
  const directory = await tenRecords();
  const ran = await seglog(["cat", directory, ...args]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toBe(expected === "" ? "" : `${expected.replaceAll(" ", "\n")}\n`);
});

test("cat -v has offset and time before each record", async () => {
  const directory = await tenRecords(["a", "b"]);
  expect((await seglog(["cat", directory, "-v"])).stdout).toBe(
    "0\t2026-11-24T08:00:00.000Z\ta\n1\t2026-11-24T08:00:01.000Z\tb\n",
  );
});

test("cat --json gives an object a line, values that are no text in base64", async () => {
  const directory = await tenRecords(["a\nb", Uint8Array.of(0xff, 0x00), "\u{feff}✓"]);
  const expected = [
    { offset: 0, time: BASE, value: "a\nb" },
    { offset: 1, time: BASE + 1000, base64: "/wA=" },
    { offset: 2, time: BASE + 2000, value: "\u{feff}✓" },
  ];
  expect(jsonLines((await seglog(["cat", directory, "--json"])).stdout)).toEqual(expected);
  expect(jsonLines((await seglog(["cat", directory, "--format", "json"])).stdout)).toEqual(
    expected,
  );
});

test("cat --format raw gives the bytes of the values and nothing else", async () => {
  const directory = await tenRecords(["a", Uint8Array.of(0xff, 10), "b"]);
  const { bytes } = await seglog(["cat", directory, "--format", "raw"]);
  expect(bytes).toEqual(Buffer.from("61ff0a62", "hex"));
});

test("cat --format hex shows bytes and what is printable", async () => {
  const directory = await tenRecords([Uint8Array.from({ length: 18 }, (_, n) => n + 60)]);
  expect((await seglog(["cat", directory, "--format", "hex"])).stdout).toBe(
    [
      "0  2026-11-24T08:00:00.000Z  18 bytes",
      "00000000  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b  |<=>?@ABCDEFGHIJK|",
      "00000010  4c 4d                                             |LM|",
      "",
    ].join("\n"),
  );
});

test("an offset that is not held is refused, and what is held is said", async () => {
  const directory = await tenRecords();
  const ran = await seglog(["cat", directory, "--from", "12"]);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_OUT_OF_RANGE: from 12 is not in \[0, 11\)\n$/);
});

test.each(["cat", "tail", "inspect", "export"])(
  "%s of no log fails with 5, and makes none",
  async (name) => {
    const directory = join(temporaryDirectory(), "none");
    const ran = await seglog([name, directory]);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_NOT_FOUND: [^\n]*\n$/);
    expect((await seglog(["verify", directory])).code).toBe(5);
  },
);

test.each([
  [["-n", "2"], "r8\nr9\n"],
  [[], "r0\nr1\nr2\nr3\nr4\nr5\nr6\nr7\nr8\nr9\n"],
  [["-n", "0"], ""],
  [["-n", "99", "--json"], undefined],
])("tail %j prints the last records", async (args, expected) => {
  const directory = await tenRecords();
  const ran = await seglog(["tail", directory, ...args]);
  expect(ran.code).toBe(0);
  if (expected === undefined) expect(jsonLines(ran.stdout)).toHaveLength(10);
  else expect(ran.stdout).toBe(expected);
});

test("tail -f prints what is there, and ends when interrupted", async () => {
  const directory = await tenRecords();
  const child = startSeglog(["tail", directory, "-f", "-n", "1"]);
  const done = ended(child);
  expect(await said(child, (text) => text.endsWith("\n"))).toBe("r9\n");
  child.kill("SIGINT");
  expect(await done).toMatchObject({ code: 130, stdout: "r9\n", stderr: "" });
});

test("tail -f prints what another process commits, over rolls and truncations", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory, { segmentBytesMax: 200 });
  await log.append("ready");
  const child = startSeglog(["tail", directory, "-f"]);
  const done = ended(child);
  await said(child, (text) => text === "ready\n");
  for (let n = 0; n < 50; n++) await log.append(`r${n}`);
  const isThere = said(child, (text) => text.endsWith("r49\n"));
  await isThere;
  await log.truncateBefore(40);
  await log.append("after");
  await said(child, (text) => text.endsWith("after\n"));
  child.kill("SIGINT");
  const { code, stdout, stderr } = await done;
  expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  const expected = ["ready", ...Array.from({ length: 50 }, (_, n) => `r${n}`), "after"];
  expect(stdout.split("\n").slice(0, -1)).toEqual(expected);
  await log.close();
});

test("tail -f ends, without an error, when nobody reads it any more", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  await log.append("ready");
  const child = startSeglog(["tail", directory, "-f"]);
  const done = ended(child);
  await said(child, (text) => text === "ready\n");
  child.stdout.destroy();
  await log.append("nobody reads this");
  expect(await done).toMatchObject({ code: 0, stderr: "" });
  await log.close();
});

test("who reads the output may go away, and that is no error", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  for (let n = 0; n < 20_000; n++) log.write("a line that fills pipes");
  await log.close();
  for (const name of ["cat", "export"]) {
    const child = startSeglog([name, directory]);
    const done = ended(child);
    await said(child, () => true);
    child.stdout.destroy();
    expect(await done).toMatchObject({ code: 0, stderr: "" });
  }
});

test("reading takes no lock: it works beside a writer", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  await log.append("committed");
  expect((await seglog(["cat", directory])).stdout).toBe("committed\n");
  expect((await seglog(["inspect", directory])).stdout).toContain("not closed");
  expect((await seglog(["verify", directory])).code).toBe(0);
  await log.close();
});
