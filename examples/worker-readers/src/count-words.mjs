import { once } from "node:events";
import { Worker } from "node:worker_threads";

/**
 * Counts the words of a log's records: its offsets in as many parts as there are threads, each of
 * which opens the log for itself, read-only. No lock is needed, and nothing is copied between them.
 *
 * @param {Pick<import("seglog").Seglog, "path" | "firstOffset" | "committedOffset">} log
 *   may be written to meanwhile
 * @param {number} threads
 * @returns {Promise<{ counts: Map<string, number>, recordsRead: number[] }>}
 */
export async function countWords(log, threads) {
  const { firstOffset, committedOffset } = log;
  const share = Math.ceil((committedOffset - firstOffset) / threads);
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, n) => {
      const from = Math.min(firstOffset + n * share, committedOffset);
      const to = Math.min(from + share, committedOffset);
      return countPart({ directory: log.path, from, to });
    }),
  );
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const part of parts) {
    for (const [word, count] of part.counts) counts.set(word, (counts.get(word) ?? 0) + count);
  }
  return { counts, recordsRead: parts.map(({ recordsRead }) => recordsRead) };
}

/**
 * @param {{ directory: string, from: number, to: number }} workerData
 * @returns {Promise<{ counts: Map<string, number>, recordsRead: number }>}
 */
async function countPart(workerData) {
  const url = new URL("./reader-thread.mjs", import.meta.url);
  const worker = new Worker(url, { workerData, execArgv: [] });
  const [part] = await once(worker, "message"); // rejects where the thread fails
  return part;
}
