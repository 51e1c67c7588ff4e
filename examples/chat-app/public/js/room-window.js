/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./api.js").RoomPage} RoomPage */

/** Messages held at most; the end that is scrolled away from is let go, and can be loaded again. */
const MESSAGES_MAX = 1000;

/**
 * What this page holds of one room: all of its messages in the offsets [from, to), oldest first.
 * While it is attached, `to` moves on with the live feed.
 */
export class RoomWindow {
  /** @type {Message[]} */
  messages = [];
  hasOlder = true;

  /**
   * @param {string} room
   * @param {number} offset  where it begins, empty
   * @param {boolean} attached
   */
  constructor(room, offset, attached) {
    this.room = room;
    this.from = offset;
    this.to = offset;
    this.attached = attached;
  }

  /** Whether no message is let go for it. @param {RoomPage} page */
  hasRoomFor(page) {
    return this.messages.length + page.messages.length <= MESSAGES_MAX;
  }

  /** @param {RoomPage} page */
  addOlder(page) {
    if (page.to !== this.from) return; // asked for before the window was moved
    this.messages.unshift(...page.messages);
    this.from = page.from;
    this.hasOlder = page.more;
    if (this.messages.length <= MESSAGES_MAX) return;
    this.messages.length = MESSAGES_MAX;
    this.to = /** @type {Message} */ (this.messages.at(-1)).offset + 1;
    this.attached = false;
  }

  /** @param {RoomPage} page @param {number} liveNext  the offset that the live feed sends next */
  addNewer(page, liveNext) {
    if (page.from !== this.to) return;
    this.messages.push(...page.messages);
    this.to = page.to;
    // what the feed sent meanwhile is in the page; what it sends from now on is not
    this.attached = page.to >= liveNext;
    this.#dropOldest();
  }

  /** @param {Message} message */
  addLive(message) {
    if (!this.attached || message.offset < this.to) return;
    this.messages.push(message);
    this.to = message.offset + 1;
    this.#dropOldest();
  }

  #dropOldest() {
    const excess = this.messages.length - MESSAGES_MAX;
    if (excess <= 0) return;
    this.messages.splice(0, excess);
    this.from = /** @type {Message} */ (this.messages[0]).offset;
    this.hasOlder = true;
  }
}
