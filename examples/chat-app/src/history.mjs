import { roomDirectory } from "./room-directory.mjs";
import { sentIds } from "./sent-ids.mjs";

/** @typedef {import("./message.mjs").Message} Message */
/** @typedef {import("./log.mjs").ChatLog} ChatLog */

/**
 * The log, and what is derived from it: the list of rooms, and the ids sent lately. Both live in
 * memory only and are built again from the log at every start; nothing but the log is stored.
 *
 * @typedef {object} History
 * @property {ChatLog} log
 * @property {() => readonly import("./room-directory.mjs").Room[]} rooms
 * @property {(message: Message) => Promise<Appended>} append  resolves once the message is durable;
 *   one whose id is known already is not appended a second time
 *
 * @typedef {{ offset: number, duplicate: boolean }} Appended
 */

/** @param {ChatLog} log @returns {Promise<History>} */
export async function openHistory(log) {
  const rooms = roomDirectory();
  const ids = sentIds();
  for await (const batch of log.batches({ recordsMax: 4096 })) {
    for (const { offset, value } of batch) {
      rooms.add(value.room, offset);
      if (value.id !== undefined) ids.add(value.id, offset);
    }
  }

  /** @param {Message} message */
  const append = async (message) => {
    const offset = await log.append(message);
    rooms.add(message.room, offset);
    return offset;
  };
  return {
    log,
    rooms: rooms.list,
    append: async (message) => {
      if (message.id === undefined) return { offset: await append(message), duplicate: false };
      return ids.once(message.id, () => append(message));
    },
  };
}
