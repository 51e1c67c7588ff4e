import { join } from "node:path";
import { countingFileSystem, nodeFileSystem } from "@seglog/fs";
import { groupCommit } from "@seglog/groupcommit";
import { openFileStore } from "@seglog/store";
import { bytesOf, countOf, RECORDS } from "./fixed.mjs";

/**
 * Three callers at once over one plain store, and what it cost the disk.
 *
 * @param {string} directory
 */
export async function traceGroupCommit(directory) {
  const { fs, counts, reset } = countingFileSystem(nodeFileSystem());
  const path = join(directory, "group.store");
  const store = await openFileStore({ fs, path, frameFormat: "plain" });
  reset();
  const commits = groupCommit(store);
  const appends = RECORDS.map((record) => commits.append(bytesOf(record)));
  const staged = store.stagedBytes;
  const positions = await Promise.all(appends);
  const { writeDurably } = counts;
  const { batchMax } = commits.stats();
  await commits.close();
  await store.close();
  return { staged, positions, writes: writeDurably, batchMax };
}

/** @typedef {Awaited<ReturnType<typeof traceGroupCommit>>} GroupCommitTrace */

/** @param {GroupCommitTrace} trace */
export function drawGroupCommit({ staged, positions, writes, batchMax }) {
  const shared = `--- ${countOf(writes, "durable write")} ---`;
  const rows = RECORDS.map((record, i) => {
    const call = `append("${record}")`.padEnd(CALL_COLUMNS);
    const middle = i === 1 ? shared : " ".repeat(shared.length);
    return `${call}---+${middle}+--> ${positions[i]}`;
  });
  return [
    "Three callers do not wait for each other: their records are staged at once, and one sync",
    "settles all three promises.",
    "",
    ...rows,
    "",
    `${staged} bytes were staged, ${batchMax} records committed together, the disk was asked for` +
      ` ${countOf(writes, "durable write")}.`,
  ];
}

const CALL_COLUMNS = Math.max(...RECORDS.map(({ length }) => length)) + 'append("") '.length;
