import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RaftLog } from "../src/raft-log.mjs";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "seglog-raft-log-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const e = (term: number, command: unknown = term) => ({ term, command });
const termsOf = (log: RaftLog): number[] =>
  log.entries(log.firstIndex, log.lastIndex + 1).map(({ term }) => term);

async function reopened(log: RaftLog): Promise<RaftLog> {
  await log.close();
  return RaftLog.open(directory);
}

/** A log with entries of these terms, from index 1 on. */
async function logOf(...terms: number[]): Promise<RaftLog> {
  const log = await RaftLog.open(directory);
  const entries = terms.map((term) => e(term));
  expect(await log.appendEntries({ prevIndex: 0, prevTerm: 0, entries })).toBe(true);
  return log;
}

describe("term and vote", () => {
  test("survive a restart; a new server has voted for nobody in term 0", async () => {
    let log = await RaftLog.open(directory);
    expect([log.term, log.votedFor, log.lastIndex, log.lastTerm]).toEqual([0, null, 0, 0]);
    await log.saveVote(3, "s1");
    await log.saveVote(4, null);
    log = await reopened(log);
    expect([log.term, log.votedFor]).toEqual([4, null]);
    await log.close();
  });
});

describe("AppendEntries", () => {
  test("is refused where the entry before is missing or of another term", async () => {
    const log = await logOf(1, 1, 2);
    for (const [prevIndex, prevTerm] of [
      [4, 2],
      [3, 1],
      [0, 1],
    ] as const) {
      expect(await log.appendEntries({ prevIndex, prevTerm, entries: [e(9)] })).toBe(false);
    }
    expect(termsOf(log)).toEqual([1, 1, 2]);
    await log.close();
  });

  // the six followers of figure 7 of the Raft paper, and the leader's log of term 8
  const leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
  test.each([
    ["a", [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ["b", [1, 1, 1, 4]],
    ["c", [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ["d", [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ["e", [1, 1, 1, 4, 4, 4, 4]],
    ["f", [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])(
    "makes follower (%s) of figure 7 agree with its leader, also after a restart",
    async (_, terms) => {
      let log = await logOf(...terms);
      let prevIndex = leader.length;
      const send = () => {
        const prevTerm = leader[prevIndex - 1] ?? 0;
        const entries = [...leader.slice(prevIndex), 8].map((term) => e(term));
        return log.appendEntries({ prevIndex, prevTerm, entries });
      };
      while (!(await send())) prevIndex--;
      expect(termsOf(log)).toEqual([...leader, 8]);
      log = await reopened(log);
      expect(termsOf(log)).toEqual([...leader, 8]);
      await log.close();
    },
  );

  test("that comes late takes nothing back", async () => {
    const log = await logOf(1, 1, 2, 2);
    const late = { prevIndex: 1, prevTerm: 1, entries: [e(1)] };
    expect(await log.appendEntries(late)).toBe(true);
    expect(await log.appendEntries({ ...late, entries: [] })).toBe(true);
    expect(termsOf(log)).toEqual([1, 1, 2, 2]);
    await log.close();
  });
});

describe("a snapshot", () => {
  test("of one's own drops the entries that it stands for; its last term is still known", async () => {
    let log = await logOf(1, 1, 2, 3);
    await log.compact(3, { x: 3 });
    log = await reopened(log);
    expect([log.firstIndex, log.lastIndex, termsOf(log)]).toEqual([4, 4, [3]]);
    expect([log.termAt(3), log.termAt(2), log.snapshot.data]).toEqual([2, undefined, { x: 3 }]);
    expect(await log.appendEntries({ prevIndex: 3, prevTerm: 2, entries: [e(4)] })).toBe(true);
    expect(termsOf(log)).toEqual([4]);
    await log.compact(4, { x: 4 });
    expect([log.lastIndex, log.lastTerm, termsOf(log)]).toEqual([4, 4, []]);
    expect(await log.append(e(5))).toBe(5);
    await log.close();
  });

  test("of a leader that is far ahead replaces the log, and the next entry follows it", async () => {
    let log = await logOf(1, 1);
    await log.installSnapshot({ index: 40, term: 3, data: { x: 40 } });
    expect([log.firstIndex, log.lastIndex, log.lastTerm]).toEqual([41, 40, 3]);
    expect(await log.append(e(3))).toBe(41);
    log = await reopened(log);
    expect([log.firstIndex, log.lastIndex, log.termAt(41)]).toEqual([41, 41, 3]);
    await log.installSnapshot({ index: 40, term: 3, data: {} });
    expect(log.lastIndex).toBe(41);
    await log.close();
  });

  test("of a leader keeps the entries behind it where the log has its last entry", async () => {
    const log = await logOf(1, 1, 2, 2);
    await log.installSnapshot({ index: 3, term: 2, data: {} });
    expect([log.firstIndex, log.lastIndex]).toEqual([4, 4]);
    await log.installSnapshot({ index: 4, term: 9, data: {} }); // another entry 4 than ours
    expect([log.firstIndex, log.lastIndex, log.lastTerm]).toEqual([5, 4, 9]);
    await log.close();
  });

  test("is whole after a crash between it and the drop of the entries", async () => {
    const log = await logOf(1, 1, 2);
    await log.close();
    const before = join(directory, "before");
    await cp(join(directory, "entries"), before, { recursive: true });
    const second = await RaftLog.open(directory);
    await second.installSnapshot({ index: 40, term: 3, data: {} });
    await second.close();
    await rm(join(directory, "entries"), { recursive: true });
    await cp(before, join(directory, "entries"), { recursive: true });
    const again = await RaftLog.open(directory);
    expect([again.firstIndex, again.lastIndex, termsOf(again)]).toEqual([41, 40, []]);
    await again.close();
  });
});
