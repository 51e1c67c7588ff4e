/**
 * @typedef {object} Room
 * @property {string} name
 * @property {number} messageCount
 * @property {number} lastOffset  of its newest message
 */

/** Which rooms there are: those that have a message. */
export function roomDirectory() {
  /** @type {Map<string, Room>} */
  const rooms = new Map();
  return {
    /** @param {string} name @param {number} offset */
    add(name, offset) {
      const room = rooms.get(name);
      if (room === undefined) {
        rooms.set(name, { name, messageCount: 1, lastOffset: offset });
      } else {
        room.messageCount++;
        room.lastOffset = Math.max(room.lastOffset, offset);
      }
    },

    /** Sorted by name. @returns {Room[]} */
    list: () => [...rooms.values()].sort((a, b) => a.name.localeCompare(b.name)),
  };
}
