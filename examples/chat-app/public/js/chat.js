import { getOffsetAt, getPage, getState, Refused } from "./api.js";
import { LiveFeed } from "./live-feed.js";
import { Outbox } from "./outbox.js";
import { RoomWindow } from "./room-window.js";

/** @typedef {import("./api.js").Message} Message */

const PAGE = 50;
/** Messages shown before the one that was jumped to. */
const CONTEXT = 15;
/** Requests in a row for one scroll: each reads a bounded part of the log and may find nothing. */
const REQUESTS_MAX = 20;
const SEEN_KEY = "chat.seen";
const START_RETRY_MS = 1000;

/**
 * @typedef {object} RoomState
 * @property {string} name
 * @property {number} messageCount
 * @property {number} unread
 * @property {number | undefined} newFrom  the first offset in it that the user has not seen
 * @property {RoomWindow} window
 */

/** Everything the page knows. It draws nothing; `onChange` is told after each change. */
export class Chat {
  /** @type {Map<string, RoomState>} */
  rooms = new Map();
  current = "general";
  /** @type {number | undefined} */
  found;
  /** @type {import("./live-feed.js").ConnectionState} */
  connection = "connecting";
  /** @type {import("./api.js").LogSummary} */
  log = {};
  limits = { userLength: 40, roomLength: 32, textLength: 4000 };
  outbox;
  /** @type {LiveFeed | undefined} */
  #feed;
  /** Messages before this offset are in the counts that the server gave. */
  #countedTo = 0;
  /** @type {Set<RoomWindow>} */
  #loading = new Set();
  #onChange;
  #isMe;
  #isAtEnd;

  /**
   * @param {object} options
   * @param {() => void} options.onChange
   * @param {(user: string) => boolean} options.isMe
   * @param {() => boolean} options.isAtEnd  whether the reader looks at the newest message held
   */
  constructor({ onChange, isMe, isAtEnd }) {
    this.#onChange = onChange;
    this.#isMe = isMe;
    this.#isAtEnd = isAtEnd;
    this.outbox = new Outbox(onChange);
  }

  async start() {
    const committed = await this.#readState();
    const seen = Number(localStorage.getItem(SEEN_KEY) ?? committed);
    const from = Math.min(seen, committed);
    this.#feed = new LiveFeed(from, {
      onMessage: (message) => this.#take(message),
      onLog: (log) => this.#set({ log }),
      onState: (connection) => this.#connected(connection),
      onGap: (offset) => void this.#startAgainAt(offset),
    });
    this.#windowsAt(from);
    if (!this.rooms.has(this.current)) this.current = this.rooms.keys().next().value ?? "general";
    this.#feed.open();
    this.openRoom(this.current);
  }

  /** The room that is shown. @returns {RoomState} */
  get room() {
    return this.#roomOf(this.current, this.#feed?.next ?? 0);
  }

  /** @param {string} name */
  openRoom(name) {
    if (name !== this.current) this.room.newFrom = undefined;
    this.current = name;
    this.found = undefined;
    this.room.unread = 0;
    this.#onChange();
    if (this.room.window.messages.length < PAGE) void this.loadOlder();
  }

  async loadOlder() {
    const { window } = this.room;
    if (!window.hasOlder) return;
    await this.#load(window, async () => {
      const page = await getPage(window.room, { before: window.from, limit: PAGE });
      // the feed filled the window meanwhile: who reads at its end would lose the newest
      if (this.#isAtEnd() && !window.hasRoomFor(page)) return false;
      window.addOlder(page);
      this.#shown(page.messages);
      return page.messages.length === 0 && page.more;
    });
  }

  async loadNewer({ window } = this.room) {
    if (window.attached) return;
    await this.#load(window, async () => {
      const page = await getPage(window.room, { after: window.to, limit: PAGE });
      window.addNewer(page, this.#feed?.next ?? 0);
      this.#shown(page.messages);
      return page.messages.length === 0 && page.more;
    });
  }

  /**
   * Shows the current room from the first message at or after a time on.
   *
   * @param {number} ms
   * @returns {Promise<number | undefined>}  its offset; undefined when there is none
   * @throws when the server cannot be reached
   */
  async jumpTo(ms) {
    const { offset } = await getOffsetAt(ms);
    const { room } = this;
    const window = new RoomWindow(room.name, offset, false);
    room.window = window;
    for (let read = -1; window.messages.length === 0 && window.to > read; ) {
      read = window.to;
      await this.loadNewer(room);
    }
    const [first] = window.messages;
    if (first === undefined) {
      const readAll = window.attached;
      this.toLatest();
      if (readAll) return undefined;
      throw new Error("the rest of the room cannot be read now");
    }
    window.addOlder(await getPage(room.name, { before: window.from, limit: CONTEXT }));
    this.#set({ found: first.offset });
    return first.offset;
  }

  /** Follows the live feed again. */
  toLatest() {
    const { room } = this;
    this.found = undefined;
    if (!room.window.attached) {
      room.window = new RoomWindow(room.name, this.#feed?.next ?? 0, true);
      void this.loadOlder();
    }
    this.#onChange();
  }

  /** @param {{ user: string, text: string }} message */
  send({ user, text }) {
    this.room.newFrom = undefined;
    this.toLatest();
    this.outbox.add({ room: this.current, user, text });
  }

  /** @param {Message} message */
  #take(message) {
    const { offset, room: name, user } = message;
    const room = this.#roomOf(name, offset);
    room.window.addLive(message);
    const missed = offset < this.#countedTo; // sent while this page was closed
    if (!missed) room.messageCount++;
    if (!this.#isMe(user) && (missed || name !== this.current)) {
      room.newFrom ??= offset;
      if (name !== this.current) room.unread++;
    }
    this.#shown([message]);
    localStorage.setItem(SEEN_KEY, String(offset + 1));
    this.#onChange();
  }

  /** @param {readonly Message[]} messages */
  #shown(messages) {
    for (const { id } of messages) this.outbox.settle(id);
  }

  /** @param {import("./live-feed.js").ConnectionState} connection */
  #connected(connection) {
    this.#set({ connection });
    if (connection !== "live") return;
    void this.outbox.flush();
    if (this.room.window.messages.length < PAGE) void this.loadOlder();
  }

  /**
   * The feed left messages out, or the log is another one: nothing held here can be built on.
   *
   * @param {number} offset
   */
  async #startAgainAt(offset) {
    this.rooms.clear();
    await this.#readState();
    this.#windowsAt(offset);
    this.openRoom(this.current);
  }

  /** Reads the rooms and the counts, however often it takes. @returns {Promise<number>} */
  async #readState() {
    for (;;) {
      try {
        const { rooms, log, limits } = await getState();
        const committed = Number(log.committedOffset);
        Object.assign(this, { log, limits });
        this.#countedTo = committed;
        for (const { name, messageCount } of rooms) {
          this.#roomOf(name, committed).messageCount = messageCount;
        }
        return committed;
      } catch {
        // the server is not there yet: the page says so, and this asks again
        this.#set({ connection: "lost" });
        await new Promise((resolve) => setTimeout(resolve, START_RETRY_MS));
      }
    }
  }

  /**
   * Begins every room's window where the live feed begins, so that the two meet.
   *
   * @param {number} offset
   */
  #windowsAt(offset) {
    for (const room of this.rooms.values()) {
      if (room.window.messages.length === 0) room.window = new RoomWindow(room.name, offset, true);
    }
  }

  /** @param {string} name @param {number} offset @returns {RoomState} */
  #roomOf(name, offset) {
    let room = this.rooms.get(name);
    if (room === undefined) {
      const window = new RoomWindow(name, offset, true);
      room = { name, messageCount: 0, unread: 0, newFrom: undefined, window };
      this.rooms.set(name, room);
    }
    return room;
  }

  /** @param {RoomWindow} window @param {() => Promise<boolean>} step  true: found nothing, go on */
  async #load(window, step) {
    if (this.#loading.has(window)) return;
    this.#loading.add(window);
    try {
      for (let i = 0; i < REQUESTS_MAX && (await step()); i++);
    } catch (error) {
      // not reachable: asked again when scrolled or connected; a refusal would be a bug here
      if (error instanceof Refused) console.error(error);
    } finally {
      this.#loading.delete(window);
    }
    this.#onChange();
  }

  /** @param {Partial<Pick<Chat, "log" | "connection" | "found">>} change */
  #set(change) {
    Object.assign(this, change);
    this.#onChange();
  }
}
