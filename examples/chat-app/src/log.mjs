import { json, openLog } from "seglog";

/** @typedef {import("./message.mjs").Message} Message */
/** @typedef {Awaited<ReturnType<typeof openChatLog>>} ChatLog */

/**
 * Opens the directory, and creates it the first time.
 *
 * @param {string} dir
 * @param {{ clock?: { now(): number } }} [options]
 */
export function openChatLog(dir, { clock = Date } = {}) {
  return openLog(dir, { codec: json(), clock });
}

/**
 * What the page's strip shows of the log.
 *
 * @param {ChatLog} log
 */
export function logSummary(log) {
  const stats = log.stats();
  return {
    firstOffset: log.firstOffset,
    nextOffset: log.nextOffset,
    committedOffset: log.committedOffset,
    segments: stats.segments,
    appends: stats.appends,
    syncs: stats.syncs,
    batchMax: stats.batchMax,
    mapper: stats.mapper,
  };
}
