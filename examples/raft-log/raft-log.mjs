import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaftLog } from "./src/raft-log.mjs";

const directory = await mkdtemp(join(tmpdir(), "seglog-raft-log-"));
const entry = (/** @type {number} */ term, /** @type {string} */ command) => ({ term, command });
try {
  const log = await RaftLog.open(directory);
  /** @param {string} what */
  const show = (what) => {
    const entries = log.entries(log.firstIndex, log.lastIndex + 1);
    const held = entries.map(({ term, command }) => `${command}@${term}`).join(" ") || "nothing";
    console.log(`${what.padEnd(46)} from ${log.firstIndex}: ${held}`);
  };
  await log.saveVote(1, "s2");
  const first = [entry(1, "x=1"), entry(1, "x=2"), entry(1, "x=3")];
  await log.appendEntries({ prevIndex: 0, prevTerm: 0, entries: first });
  show("three entries of the leader of term 1");
  await log.appendEntries({ prevIndex: 1, prevTerm: 1, entries: [entry(2, "x=9")] });
  show("the leader of term 2 has another second entry");
  const taken = await log.appendEntries({ prevIndex: 7, prevTerm: 2, entries: [entry(2, "x=10")] });
  show(`one that leaves a gap is ${taken ? "taken" : "refused"}`);
  await log.compact(1, { x: 1 });
  show("a snapshot after entry 1");
  await log.installSnapshot({ index: 40, term: 3, data: { x: 40 } });
  show("a leader's snapshot after entry 40");
  console.log(`entry ${await log.append(entry(3, "x=41"))} follows`);
  await log.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
