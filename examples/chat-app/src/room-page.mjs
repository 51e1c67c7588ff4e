import { shown } from "./message.mjs";

/** @typedef {import("./message.mjs").ShownMessage} ShownMessage */
/** @typedef {import("./log.mjs").ChatLog} ChatLog */

/** Records that one request reads at most, however rare the room's messages are among them. */
const RECORDS_READ_MAX = 5000;

/**
 * A part of one room: every message that it has in the offsets `[from, to)`, oldest first.
 *
 * @typedef {object} RoomPage
 * @property {ShownMessage[]} messages
 * @property {number} from
 * @property {number} to
 * @property {boolean} more  whether the log goes on beyond, in the direction that was asked for
 */

/**
 * Up to `limit` messages of a room that precede `before`.
 *
 * @param {ChatLog} log
 * @param {{ room: string, before: number, limit: number }} asked
 * @returns {Promise<RoomPage>}
 */
export async function pageBefore(log, { room, before, limit }) {
  const { firstOffset } = log;
  const to = clamp(before, log);
  const floor = Math.max(firstOffset, to - RECORDS_READ_MAX);
  let from = floor;
  const messages = [];
  reading: for await (const batch of log.batches({ from: floor, to, reverse: true })) {
    for (const record of batch) {
      if (record.value.room !== room) continue;
      messages.push(shown(record));
      if (messages.length < limit) continue;
      from = record.offset;
      break reading;
    }
  }
  return { messages: messages.reverse(), from, to, more: from > firstOffset };
}

/**
 * Up to `limit` messages of a room, the first at or after the offset `after`.
 *
 * @param {ChatLog} log
 * @param {{ room: string, after: number, limit: number }} asked
 * @returns {Promise<RoomPage>}
 */
export async function pageAfter(log, { room, after, limit }) {
  const { committedOffset } = log;
  const from = clamp(after, log);
  let to = Math.min(committedOffset, from + RECORDS_READ_MAX);
  const messages = [];
  reading: for await (const batch of log.batches({ from, to })) {
    for (const record of batch) {
      if (record.value.room !== room) continue;
      messages.push(shown(record));
      if (messages.length < limit) continue;
      to = record.offset + 1;
      break reading;
    }
  }
  return { messages, from, to, more: to < committedOffset };
}

/** @param {number} offset @param {ChatLog} log */
function clamp(offset, { firstOffset, committedOffset }) {
  return Math.max(firstOffset, Math.min(offset, committedOffset));
}
