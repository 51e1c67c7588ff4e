import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLogfile } from "../src/logfile.mjs";
import { manyWriters } from "../src/many-writers.mjs";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-logfile-"));
  path = join(directory, "log");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("20 writers share syncs, and each record is at the position that its writer was given", async () => {
  const { written, appends, syncs, batchMax } = await manyWriters(path, {
    writers: 20,
    recordsEach: 10,
  });
  expect(appends).toBe(200);
  expect(written.size).toBe(200);
  expect(batchMax).toBe(20);
  expect(syncs).toBeLessThanOrEqual(40);
  const logfile = await openLogfile(path);
  for (const [position, text] of written) {
    expect(Buffer.from(logfile.read(position)).toString()).toBe(text);
  }
  const texts = [...logfile.records()].map((record) => Buffer.from(record).toString());
  const byPosition = [...written].sort(([a], [b]) => a - b).map(([, text]) => text);
  expect(texts).toEqual(byPosition);
  await logfile.close();
});

test("one writer pays a sync for each record", async () => {
  const { appends, syncs } = await manyWriters(path, { writers: 1, recordsEach: 10 });
  expect([appends, syncs]).toEqual([10, 10]);
});

test("it goes on behind what was there", async () => {
  await manyWriters(path, { writers: 2, recordsEach: 2 });
  const logfile = await openLogfile(path);
  const position = await logfile.append(Buffer.from("later"));
  expect([...logfile.records()]).toHaveLength(5);
  expect(Buffer.from(logfile.read(position)).toString()).toBe("later");
  await logfile.close();
});
