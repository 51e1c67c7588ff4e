import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { type Durability, openLog } from "../src/index.ts";
import { collect, temporaryDirectory, textOf } from "./temporary.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

/** Runs a fixture against the built packages; its lines go to `onLine`. */
function run(
  fixture: string,
  args: readonly string[],
  onLine: (line: string) => void,
): ChildProcess {
  const child = spawn(process.execPath, [join(FIXTURES, fixture), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the fixture has no output");
  createInterface({ input: child.stdout }).on("line", onLine);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close"); // after the last of its output was read
  child.kill("SIGKILL");
  await closed;
}

/** Kills a writer with 256 concurrent appenders once it has acknowledged `enough` records. */
async function writeAndKill(
  directory: string,
  enough: number,
  durability: Durability = "commit",
): Promise<Map<number, string>> {
  const file = join(temporaryDirectory(), "acknowledgements");
  let reachedEnough = (): void => {};
  const enoughWereAcknowledged = new Promise<void>((resolve) => {
    reachedEnough = resolve;
  });
  const child = run(
    "appender.mjs",
    [directory, file, `${enough}`, JSON.stringify(durability)],
    () => reachedEnough(),
  );
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the writer ended")));
  await Promise.race([enoughWereAcknowledged, ended]);
  ended.catch(() => {}); // from here on it is meant to end
  await kill(child);
  const acknowledged = new Map<number, string>();
  for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
    const [offset, caller, count] = line.split(" ");
    acknowledged.set(Number(offset), `${caller} ${count} `);
  }
  return acknowledged;
}

test("a writer killed 20 times loses nothing that it acknowledged", {
  timeout: 120_000,
}, async () => {
  const directory = temporaryDirectory();
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < 20; round++) {
    for (const [offset, start] of await writeAndKill(directory, 300 + 211 * round)) {
      expect(acknowledged.has(offset), `offset ${offset} was given twice`).toBe(false);
      acknowledged.set(offset, start);
    }
    const log = await openLog(directory);
    expect(log.recovery.clean).toBe(false);
    let next = 0;
    for await (const record of log.records()) {
      expect(record.offset).toBe(next++);
      const start = acknowledged.get(record.offset);
      if (start !== undefined && !textOf(record).startsWith(start)) {
        expect.fail(`record ${record.offset} is not what was acknowledged`);
      }
    }
    expect(next).toBeGreaterThan(Math.max(...acknowledged.keys()));
    await log.close();
  }
  expect(acknowledged.size).toBeGreaterThan(20 * 300);
});

test.each<Durability>(["os", { everyMs: 5 }])(
  "killed under durability %j, a writer loses nothing that it acknowledged either",
  { timeout: 60_000 },
  async (durability) => {
    const directory = temporaryDirectory();
    const acknowledged = new Map<number, string>();
    for (let round = 0; round < 3; round++) {
      const found = await writeAndKill(directory, 1000 + 700 * round, durability);
      for (const [offset, start] of found) acknowledged.set(offset, start);
    }
    const log = await openLog(directory);
    for (const [offset, start] of acknowledged) {
      expect(textOf(log.read(offset)).startsWith(start), `record ${offset}`).toBe(true);
    }
    await log.close();
  },
);

test("an index lost with the process is written anew", { timeout: 60_000 }, async () => {
  const directory = temporaryDirectory();
  await writeAndKill(directory, 500);
  const log = await openLog(directory);
  expect(log.recovery.indexesRebuilt.length).toBeGreaterThanOrEqual(1);
  const records = await collect(log.records());
  for (const record of records) expect(log.read(record.offset)).toEqual(record);
  await log.close();
});

test("a second writer is refused at once, in this process and another, until the first dies", {
  timeout: 60_000,
}, async () => {
  const directory = temporaryDirectory();
  const locked = expect.objectContaining({ code: "ERR_SEGLOG_LOCKED" });
  let isOpen = (): void => {};
  const opened = new Promise<void>((resolve) => {
    isOpen = resolve;
  });
  const child = run("holder.mjs", [directory], () => isOpen());
  await opened;
  await expect(openLog(directory)).rejects.toEqual(locked);
  await kill(child);
  const log = await openLog(directory);
  await expect(openLog(directory)).rejects.toEqual(locked);
  await log.close();
  await (await openLog(directory)).close();
});
