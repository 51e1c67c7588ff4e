import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog } from "seglog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countWords } from "../src/count-words.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-worker-readers-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("two threads count what one does, each its half, while the log is written", {
  timeout: 60_000,
}, async () => {
  const log = await openLog(directory, { segmentBytesMax: 4096 });
  for (let n = 0; n < 1001; n++) log.write(`a word${n % 3}`);
  await log.sync();
  let writing = true;
  const writer = (async () => {
    while (writing) await log.append("not counted");
  })();
  const expected = new Map([
    ["a", 1001],
    ["word0", 334],
    ["word1", 334],
    ["word2", 333],
  ]);
  // what both are asked for ends where the log did when they were
  const bounded = { path: log.path, firstOffset: 0, committedOffset: 1001 };
  for (const threads of [1, 2]) {
    const { counts, recordsRead } = await countWords(bounded, threads);
    expect(counts).toEqual(expected);
    expect(recordsRead).toEqual(threads === 1 ? [1001] : [501, 500]);
  }
  writing = false;
  await writer;
  await log.close();
});
