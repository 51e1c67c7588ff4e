import type { Log } from "@seglog/log";
import { describe, expect, it, vi } from "vitest";
import { faultyDisk, killedAt, type Verdict } from "./support/faulty-disk.ts";
import type { FileSystem } from "./support/parts.ts";
import { memoryFileSystem } from "./support/parts.ts";
import { copyDisk, placeOn } from "./support/place.ts";
import { appendRange, contentOf, textOf, valueAt } from "./support/records.ts";

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine

/** What a log holds: its first offset, and texts. */
interface Content {
  readonly first: number;
  readonly texts: readonly string[];
}

interface Step {
  run(log: Log): Promise<void>;
  after(before: Content): Content;
  /** Whether a crash may also leave a part of what the step appends. */
  readonly isPrefixed: boolean;
}

const LIMITS = { indexEntriesMax: 4, clock: () => 77 };
const EMPTY: Content = { first: 0, texts: [] };

/** Appends `count` records, and syncs. */
function append(count: number): Step {
  return {
    async run(log) {
      appendRange(log, log.nextOffset, log.nextOffset + count);
      await log.sync();
    },
    after: ({ first, texts }) => {
      const next = first + texts.length;
      const added = Array.from({ length: count }, (_, i) => textOf(valueAt(next + i)));
      return { first, texts: [...texts, ...added] };
    },
    isPrefixed: true,
  };
}

/** Appends a batch, and syncs: all of it or none. */
function appendBatch(count: number): Step {
  return {
    async run(log) {
      const next = log.nextOffset;
      log.appendBatch(Array.from({ length: count }, (_, i) => valueAt(next + i)));
      await log.sync();
    },
    after: append(count).after,
    isPrefixed: false,
  };
}

function before(offset: number): Step {
  return {
    run: (log) => log.truncateBefore(offset),
    after: ({ first, texts }) => ({ first: offset, texts: texts.slice(offset - first) }),
    isPrefixed: false,
  };
}

function after(offset: number): Step {
  return {
    run: (log) => log.truncateAfter(offset),
    after: ({ first, texts }) => ({ first, texts: texts.slice(0, offset + 1 - first) }),
    isPrefixed: false,
  };
}

/** Runs `steps` until the disk dies; what a crash at that moment may leave. */
async function runUntilDead(fs: FileSystem, steps: readonly Step[]): Promise<Content[]> {
  let content = EMPTY;
  let allowed = [content];
  let log: Log | undefined;
  try {
    log = await placeOn(fs, LIMITS).open();
    for (const step of steps) {
      const next = step.after(content);
      allowed = step.isPrefixed ? prefixes(content, next) : [content, next];
      await step.run(log);
      content = next;
      allowed = [content];
    }
  } catch (error) {
    expect(String(error)).toMatch(/injected|POISONED|failed earlier/);
  }
  await log?.close().catch((error: unknown) => expect(String(error)).toMatch(/injected/));
  return allowed;
}

function prefixes(from: Content, to: Content): Content[] {
  const contents: Content[] = [];
  for (let n = from.texts.length; n <= to.texts.length; n++) {
    contents.push({ first: to.first, texts: to.texts.slice(0, n) });
  }
  return contents;
}

/** Opens what is on the disk, which must be one of `allowed`, and goes on with it. */
async function expectRecovers(fs: FileSystem, allowed: readonly Content[]): Promise<void> {
  const place = placeOn(fs, LIMITS);
  const log = await place.open();
  const texts = (await contentOf(log)).map(([, text]) => text);
  expect(allowed).toContainEqual({ first: log.firstOffset, texts });
  expect(log.nextOffset).toBe(log.firstOffset + texts.length);
  const { firstOffset, nextOffset } = log;
  appendRange(log, nextOffset, nextOffset + 6);
  await log.sync();
  expect((await contentOf(log)).length).toBe(texts.length + 6);
  await log.close();
  const again = await place.open();
  expect([again.firstOffset, again.nextOffset]).toEqual([firstOffset, nextOffset + 6]);
  expect((await contentOf(again)).slice(0, texts.length).map(([, text]) => text)).toEqual(texts);
  await again.close();
}

const SCENARIOS: readonly (readonly [string, readonly Step[]])[] = [
  ["making, appending and rolling", [append(3), append(6), appendBatch(3), append(1)]],
  ["truncateBefore within a segment", [append(10), before(2)]],
  ["truncateBefore at a boundary", [append(10), before(8)]],
  ["truncateBefore of everything, and appending on", [append(10), before(10), append(5)]],
  ["truncateAfter within the active segment", [append(10), after(8)]],
  ["truncateAfter into a sealed segment", [append(14), after(5), append(2)]],
  ["truncateAfter at a boundary", [append(14), after(7), append(2)]],
  ["truncateAfter of everything, behind a truncateBefore", [append(11), before(6), after(5)]],
  ["both, again and again", [append(9), after(4), before(3), append(9), after(9), before(10)]],
];

describe.each(SCENARIOS)("a crash at each change of the disk: %s", (_, steps) => {
  it.each(["fail", "torn"] as Verdict[])("leaves the old or the new log (%s)", async (verdict) => {
    const whole = faultyDisk(memoryFileSystem(), () => "pass");
    const [last] = await runUntilDead(whole.fs, steps);
    expect(whole.changes).toBeGreaterThan(20);
    await expectRecovers(await copyDisk(whole.fs), [last as Content]);
    for (let at = 0; at < whole.changes; at++) {
      const disk = memoryFileSystem();
      const allowed = await runUntilDead(faultyDisk(disk, killedAt(at, verdict)).fs, steps);
      await expectRecovers(await copyDisk(disk), allowed);
    }
  });
});

describe("a crash while a crash is recovered from", () => {
  it.each(SCENARIOS.slice(3))("%s: leaves the old or the new log", async (_, steps) => {
    const whole = faultyDisk(memoryFileSystem(), () => "pass");
    await runUntilDead(whole.fs, steps);
    for (let at = whole.changes - 1; at >= 0; at -= 11) {
      const disk = memoryFileSystem();
      const allowed = await runUntilDead(faultyDisk(disk, killedAt(at, "fail")).fs, steps);
      const left = await copyDisk(disk);
      const recovery = faultyDisk(await copyDisk(left), () => "pass");
      await (await placeOn(recovery.fs, LIMITS).open()).close();
      for (let second = 0; second < recovery.changes; second++) {
        const again = await copyDisk(left);
        const dying = placeOn(faultyDisk(again, killedAt(second, "torn")).fs, LIMITS);
        await dying.open().then(
          (log) => log.close().catch(() => {}), // the disk is dead: what matters is what it holds
          () => {},
        );
        await expectRecovers(await copyDisk(again), allowed);
      }
    }
  });
});
