import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { openLog, type Seglog, verifyLog } from "../src/index.ts";
import { temporaryDirectory, textOf } from "./temporary.ts";

vi.setConfig({ testTimeout: 120_000 }); // other processes, on a busy machine

const FIXTURES = join(import.meta.dirname, "fixtures");
const recordText = (offset: number): string => `${offset} ${"x".repeat(offset % 200)}`;

interface Writer {
  readonly child: ChildProcess;
  /** Resolves with the next line that it prints. */
  line(): Promise<string>;
  /** Resolves when it has ended, however long ago. */
  readonly exited: Promise<unknown>;
}

function startWriter(directory: string, ...args: readonly string[]): Writer {
  const fixture = join(FIXTURES, "storm-writer.mjs");
  const child = spawn(process.execPath, [fixture, directory, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the fixture has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  return { child, exited, line: async () => (await lines.next()).value ?? "ended" };
}

async function killed({ child }: Writer): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

/** Follows `reader`, which must see every record once and in order, until it has seen `to`. */
async function followTo(reader: Seglog, from: number, to: number): Promise<void> {
  let next = from;
  for await (const record of reader.tail({ from })) {
    // a follower that falls behind retention goes on where the log begins now
    if (record.offset > next && record.offset <= reader.firstOffset) next = record.offset;
    expect(record.offset).toBe(next);
    expect(textOf(record)).toBe(recordText(next));
    next++;
    if (next >= to) break;
  }
}

test("a follower sees a storm of another process once and in order, over rolls and retention", async () => {
  const directory = temporaryDirectory();
  const writer = startWriter(directory, "20000");
  expect(await writer.line()).toBe("open 0");
  const reader = await openLog(directory, { readOnly: true });
  await followTo(reader, reader.firstOffset, 20_000);
  expect(await writer.line()).toMatch(/^done 20/);
  await writer.exited;
  await reader.refresh();
  expect(reader.firstOffset).toBeGreaterThan(10_000);
  expect(reader.segments().length).toBeLessThan(60);
  await reader.close();
  expect((await verifyLog(directory)).damages).toEqual([]);
});

test("one follower goes along while its writer is killed and started again, five times", async () => {
  const directory = temporaryDirectory();
  let writer = startWriter(directory, "1000000");
  await writer.line();
  const reader = await openLog(directory, { readOnly: true });
  let next = reader.firstOffset;
  for (let round = 0; round < 5; round++) {
    await followTo(reader, Math.max(next, reader.firstOffset), reader.committedOffset + 1500);
    next = reader.committedOffset;
    await killed(writer);
    const seen = reader.committedOffset;
    writer = startWriter(directory, "1000000");
    const from = Number((await writer.line()).split(" ")[1]);
    // nothing that was shown is taken back
    expect(from).toBeGreaterThanOrEqual(seen);
  }
  await killed(writer);
  await reader.close();
});

test("a follower sees a truncateAfter of another process, and what comes in the place", async () => {
  const directory = temporaryDirectory();
  const first = startWriter(directory, "500");
  await first.exited;
  const reader = await openLog(directory, { readOnly: true });
  const end = reader.nextOffset;
  expect(end).toBeGreaterThanOrEqual(500);
  const seen: [number, string][] = [];
  const second = startWriter(directory, "500", "450");
  const ended = second.exited;
  for await (const record of reader.tail({ from: end - 1 })) {
    seen.push([record.offset, textOf(record).split(" ")[0] as string]);
    if (record.offset === 480) break;
  }
  expect(seen[0]).toEqual([end - 1, `${end - 1}`]);
  const again = Array.from({ length: 30 }, (_, i) => [451 + i, "again"]);
  expect(seen.slice(1)).toEqual(again);
  await ended;
  await reader.close();
});

test("a thread of this process follows, with what this one appends", async () => {
  const directory = temporaryDirectory();
  const log = await openLog(directory, { segmentBytesMax: 8192 });
  const digest = createHash("sha256");
  const workerData = { directory, from: 0, to: 3000 };
  const worker = new Worker(join(FIXTURES, "tail-thread.mjs"), { workerData, execArgv: [] });
  expect(await once(worker, "message")).toEqual(["open"]);
  for (let n = 0; n < 3000; n += 50) {
    const values = Array.from({ length: 50 }, (_, i) => recordText(n + i));
    for (const value of values) digest.update(value);
    await log.appendBatch(values);
  }
  expect(await once(worker, "message")).toEqual([digest.digest("hex")]);
  await once(worker, "exit");
  await log.close();
});

test("a reader leaves names, sizes and times of every file, and of the directory, as they were", async () => {
  const directory = temporaryDirectory();
  const writer = await openLog(directory, { segmentBytesMax: 2000 });
  for (let n = 0; n < 200; n++) await writer.append(recordText(n));
  await writer.close();
  const log = await openLog(directory, { segmentBytesMax: 2000 }); // seals nothing meanwhile
  const look = (): unknown[] =>
    [".", ...readdirSync(directory)].map((name) => {
      const { ino, size, mtimeNs, ctimeNs, mode } = statSync(join(directory, name), {
        bigint: true,
      });
      return [name, ino, size, mtimeNs, ctimeNs, mode];
    });
  const before = look();
  const reader = await openLog(directory, { readOnly: true });
  for await (const record of reader.records())
    expect(textOf(record)).toBe(recordText(record.offset));
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 250);
  for await (const record of reader.tail({ from: "start", signal: abort.signal })) {
    expect(textOf(record)).toBe(recordText(record.offset));
  }
  await reader.refresh();
  await reader.close();
  expect(look()).toEqual(before);
  await log.close();
});

test.skipIf(process.getuid?.() === 0)(
  "a directory that may not be written to is followed",
  async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory);
    await log.append("one");
    chmodSync(directory, 0o500);
    const reader = await openLog(directory, { readOnly: true });
    await log.append("two");
    await reader.refresh();
    expect(reader.committedOffset).toBe(2);
    await reader.close();
    chmodSync(directory, 0o700);
    await log.close();
  },
);

test("a tail that waits keeps its process up, and costs it next to nothing", async () => {
  const directory = temporaryDirectory();
  const log = await openLog(directory);
  const reader = await openLog(directory, { readOnly: true });
  const tail = reader.tail({ from: "start" });
  const first = tail.next();
  await new Promise((resolve) => setTimeout(resolve, 300)); // the pauses have become long
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(0.2);
  await log.append("here");
  expect(textOf((await first).value as { value: Uint8Array })).toBe("here");
  await reader.close();
  await log.close();
});
