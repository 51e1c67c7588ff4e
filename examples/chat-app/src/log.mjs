import { json, openLog } from "seglog";

/** @typedef {import("./message.mjs").Message} Message */
/** @typedef {import("seglog").Seglog<Message, Message>} ChatLog */

/** Small for a log: so that an import of some ten thousand messages shows more than one segment. */
const SEGMENT_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Opens the directory, and creates it the first time.
 *
 * @param {string} dir
 * @param {{ clock?: () => number }} [options]
 * @returns {Promise<ChatLog>}
 */
export function openChatLog(dir, { clock = Date.now } = {}) {
  /** @type {import("seglog").Codec<Message, Message>} */
  const codec = json();
  return openLog(dir, { codec, clock, segmentBytesMax: SEGMENT_BYTES_MAX });
}

/**
 * What the page's strip shows of the log.
 *
 * @param {ChatLog} log
 */
export function logSummary(log) {
  const { segments, storeBytes, mapper, groupCommit } = log.stats();
  return {
    firstOffset: log.firstOffset,
    nextOffset: log.nextOffset,
    committedOffset: log.committedOffset,
    segments,
    storeBytes,
    appends: groupCommit.appends,
    syncs: groupCommit.syncs,
    batchMax: groupCommit.batchMax,
    lastSyncMs: groupCommit.syncMs.last,
    mapper,
  };
}
