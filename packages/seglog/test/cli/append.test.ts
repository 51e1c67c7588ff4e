import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLog } from "../../src/index.ts";
import { collect, temporaryDirectory, textOf } from "../temporary.ts";
import { ended, said, seglog, startSeglog } from "./run-seglog.ts";

async function textsOf(directory: string): Promise<string[]> {
  const log = await openLog(directory, { readOnly: true });
  const records = await collect(log.records());
  await log.close();
  return records.map(textOf);
}

function lengthPrefixed(...values: Buffer[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(value.length);
      return [prefix, value];
    }),
  );
}

test("each TEXT becomes a record, and -v prints its offset", async () => {
  const directory = join(temporaryDirectory(), "log");
  expect(await seglog(["append", directory, "one", "", "drei ✓"])).toMatchObject({
    code: 0,
    stdout: "",
    stderr: "",
  });
  const again = await seglog(["append", directory, "-v", "--", "--four", "five"]);
  expect(again).toMatchObject({ code: 0, stdout: "3\n4\n" });
  expect(await textsOf(directory)).toEqual(["one", "", "drei ✓", "--four", "five"]);
});

test("each line of standard input becomes a record: empty ones, and a last one without newline", async () => {
  const directory = join(temporaryDirectory(), "log");
  const ran = await seglog(["append", directory, "-v"], "a\n\n b \r\nlast");
  expect(ran).toMatchObject({ code: 0, stdout: "0\n1\n2\n3\n", stderr: "" });
  expect(await textsOf(directory)).toEqual(["a", "", " b \r", "last"]);
});

test("--crlf takes the carriage return for a part of the line's end", async () => {
  const directory = join(temporaryDirectory(), "log");
  await seglog(["append", directory, "--crlf"], "a\r\n\r\nb\nc\r");
  expect(await textsOf(directory)).toEqual(["a", "", "b", "c"]);
});

test("an empty input appends nothing, and makes the log", async () => {
  const directory = join(temporaryDirectory(), "log");
  expect((await seglog(["append", directory])).code).toBe(0);
  expect(await textsOf(directory)).toEqual([]);
});

test("a line may be larger than a chunk of the pipe, and no larger than --record-bytes-max", async () => {
  const directory = join(temporaryDirectory(), "log");
  const long = "x".repeat(3_000_000);
  const args = ["append", directory, "--record-bytes-max", "3000000"];
  expect((await seglog(args, `before\n${long}\nafter\n`)).code).toBe(0);
  const refused = await seglog(args, `fine\n${long}x\nnever\n`);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^seglog: ERR_SEGLOG_RECORD_TOO_LARGE: .*3000000.*\n$/);
  expect(await textsOf(directory)).toEqual(["before", long, "after", "fine"]);
});

test("--length-prefixed takes any bytes, in chunks cut anywhere", async () => {
  const directory = join(temporaryDirectory(), "log");
  const values = [
    Buffer.alloc(0),
    Buffer.from([0xff, 10, 0]),
    randomBytes(200_000),
    Buffer.from("x"),
  ];
  const input = lengthPrefixed(...values);
  const child = startSeglog(["append", directory, "--length-prefixed"]);
  const done = ended(child);
  for (const cut of [0, 1, 3, 5, 11, 70_000, input.length]) {
    const from = Math.max(0, [0, 1, 3, 5, 11, 70_000, input.length].findLast((c) => c < cut) ?? 0);
    await new Promise((resolve) => child.stdin.write(input.subarray(from, cut), resolve));
  }
  child.stdin.end();
  expect(await done).toMatchObject({ code: 0, stderr: "" });
  const log = await openLog(directory, { readOnly: true });
  const records = await collect(log.records());
  await log.close();
  expect(records.map(({ value }) => Buffer.from(value).equals(values.shift() as Buffer))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test("input that ends within a value is an error, and what came before is kept", async () => {
  const directory = join(temporaryDirectory(), "log");
  const input = Buffer.concat([lengthPrefixed(Buffer.from("whole")), Buffer.from([0, 0, 0, 9, 1])]);
  const ran = await seglog(["append", directory, "--length-prefixed"], input);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toBe("seglog: ERR_SEGLOG_INVALID_ARGUMENT: the input ends within value 2\n");
  expect(await textsOf(directory)).toEqual(["whole"]);
});

test("a length beyond the limit is refused before any of the value is read", async () => {
  const directory = join(temporaryDirectory(), "log");
  const ran = await seglog(
    ["append", directory, "--length-prefixed"],
    Buffer.from("ffffffff", "hex"),
  );
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("ERR_SEGLOG_RECORD_TOO_LARGE");
});

test("--ndjson takes JSON as it stands, skips empty lines, and names a line that is none", async () => {
  const directory = join(temporaryDirectory(), "log");
  const ran = await seglog(["append", directory, "--ndjson"], '{"a": 1}\n\n"x"\n{"b":\n2\n');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_INVALID_ARGUMENT: line 4: not JSON: .*\n$/);
  expect(await textsOf(directory)).toEqual(['{"a": 1}', '"x"']);
});

test("interrupted, it keeps what it acknowledged, drops half a line, closes cleanly, exits with 130", async () => {
  const directory = join(temporaryDirectory(), "log");
  const child = startSeglog(["append", directory, "-v"]);
  const done = ended(child);
  const acknowledged = said(child, (text) => text.includes("1\n"));
  child.stdin.write("one\ntwo\nhal");
  await acknowledged;
  child.kill("SIGINT");
  expect(await done).toMatchObject({ code: 130, stdout: "0\n1\n", stderr: "" });
  const log = await openLog(directory, { readOnly: true });
  expect(log.recovery.clean).toBe(true);
  await log.close();
  expect(await textsOf(directory)).toEqual(["one", "two"]);
});

test("terminated, it ends as well in order, with 143", async () => {
  const directory = join(temporaryDirectory(), "log");
  const child = startSeglog(["append", directory, "-v"]);
  const done = ended(child);
  const acknowledged = said(child, (text) => text.includes("0\n"));
  child.stdin.write("one\n");
  await acknowledged;
  child.kill("SIGTERM");
  expect((await done).code).toBe(143);
  expect(await textsOf(directory)).toEqual(["one"]);
});

test("who reads the offsets may go away: the records are appended all the same", async () => {
  const directory = join(temporaryDirectory(), "log");
  const child = startSeglog(["append", directory, "-v"]);
  const done = ended(child);
  child.stdout.destroy();
  const lines = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`);
  child.stdin.end(lines.join(""));
  expect(await done).toMatchObject({ code: 0, stderr: "" });
  expect(await textsOf(directory)).toHaveLength(50_000);
});

test("a log that another writer has is refused with 4", async () => {
  const directory = join(temporaryDirectory(), "log");
  const log = await openLog(directory);
  const ran = await seglog(["append", directory, "x"]);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toMatch(/^seglog: ERR_SEGLOG_LOCKED: [^\n]*\n$/);
  await log.close();
});
