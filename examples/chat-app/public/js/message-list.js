import { avatar } from "./avatar.js";
import { h, reconcile } from "./dom.js";
import { formatDay, formatMoment, formatTime, sameDay } from "./format.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./outbox.js").OutgoingMessage} OutgoingMessage */

/** Messages of one author closer together than this stand under one name. */
const GROUP_MS = 5 * 60 * 1000;

/**
 * @typedef {object} ListContent
 * @property {string} room
 * @property {readonly Message[]} messages
 * @property {readonly OutgoingMessage[]} outgoing
 * @property {boolean} hasOlder
 * @property {number | undefined} newFrom  the first offset that the user has not seen
 * @property {number | undefined} found  the offset that was jumped to
 * @property {number} nextOffset
 */

/**
 * Draws a room. Elements are kept from one drawing to the next, so a new message costs one element.
 *
 * @param {HTMLElement} list
 * @param {{ onDiscard(id: string): void }} listeners
 */
export function messageList(list, { onDiscard }) {
  /** @type {Map<string, HTMLElement>} */
  let drawn = new Map();

  /** @param {ListContent} content */
  return (content) => {
    /** @type {Map<string, HTMLElement>} */
    const drawing = new Map();
    /** @param {string} key @param {() => HTMLElement} make */
    const put = (key, make) => drawing.set(key, drawn.get(key) ?? make());

    const { room, messages, outgoing, hasOlder, newFrom, found } = content;
    if (hasOlder) put("older", () => h("li", { class: "edge" }, "Loading older messages…"));
    else if (messages.length > 0) put(`begin ${room}`, () => beginning(room));
    /** @type {Message | undefined} */
    let previous;
    for (const message of messages) {
      const { offset, time } = message;
      const newDay = previous === undefined || !sameDay(previous.time, time);
      if (newDay) put(`day ${offset}`, () => dayLine(time));
      const firstNew =
        newFrom !== undefined && offset >= newFrom && (previous?.offset ?? -1) < newFrom;
      if (firstNew)
        put(`new ${offset}`, () => h("li", { class: "new-line" }, h("span", {}, "New")));
      const joined = !newDay && !firstNew && joins(previous, message);
      const key = `${offset} ${joined} ${offset === found}`;
      put(key, () => messageItem(message, { joined, found: offset === found }));
      previous = message;
    }
    let author = previous?.user;
    for (const message of outgoing) {
      const joined = message.user === author;
      put(`${message.id} ${message.state} ${joined}`, () =>
        outgoingItem(message, { joined, onDiscard }),
      );
      author = message.user;
    }
    if (!hasOlder && messages.length + outgoing.length === 0) {
      put(`empty ${room} ${content.nextOffset}`, () => emptyRoom(room, content.nextOffset));
    }
    drawn = drawing;
    reconcile(list, [...drawing.values()]);
  };
}

/** @param {Message | undefined} previous @param {Message} message */
function joins(previous, { user, time }) {
  return previous?.user === user && time - previous.time < GROUP_MS;
}

/** @param {Message} message @param {{ joined: boolean, found: boolean }} look */
function messageItem({ offset, time, user, text }, { joined, found }) {
  return h(
    "li",
    {
      class: `message${joined ? " joined" : ""}${found ? " found" : ""}`,
      "data-offset": String(offset),
    },
    joined
      ? h("span", { class: "side-time", "aria-hidden": "true" }, formatTime(time))
      : avatar(user),
    h(
      "div",
      { class: "body" },
      h(
        "p",
        { class: joined ? "by for-readers" : "by" },
        h("b", {}, user),
        h(
          "time",
          { datetime: new Date(time).toISOString(), title: formatMoment(time) },
          formatTime(time),
        ),
      ),
      h("p", { class: "text" }, text),
    ),
    h("code", { class: "offset", title: `offset ${offset} in the log` }, String(offset)),
  );
}

/**
 * @param {OutgoingMessage} message
 * @param {{ joined: boolean, onDiscard(id: string): void }} look
 */
function outgoingItem({ id, user, text, state, offset, reason }, { joined, onDiscard }) {
  const says = {
    sending: "sending…",
    waiting: "not sent yet, trying again",
    sent: "stored",
    refused: `refused: ${reason}`,
  };
  const status = h("p", { class: "status" }, says[state]);
  if (state === "refused" || state === "waiting") {
    status.append(h("button", { type: "button", click: () => onDiscard(id) }, "Discard"));
  }
  return h(
    "li",
    { class: `message outgoing${joined ? " joined" : ""}`, "data-state": state },
    joined ? h("span", {}) : avatar(user),
    h(
      "div",
      { class: "body" },
      h("p", { class: joined ? "by for-readers" : "by" }, h("b", {}, user)),
      h("p", { class: "text" }, text),
      status,
    ),
    h("code", { class: "offset" }, offset === undefined ? "–" : String(offset)),
  );
}

/** @param {number} time */
function dayLine(time) {
  return h("li", { class: "day" }, h("span", {}, formatDay(time, Date.now())));
}

/** @param {string} room */
function beginning(room) {
  return h("li", { class: "edge" }, `This is where ${room} begins.`);
}

/** @param {string} room @param {number} nextOffset */
function emptyRoom(room, nextOffset) {
  return h(
    "li",
    { class: "empty" },
    h(
      "span",
      { class: "empty-picture", "aria-hidden": "true" },
      h("i", {}),
      h("i", {}),
      h("i", {}),
    ),
    h("h2", {}, `Nothing in ${room} yet`),
    h(
      "p",
      {},
      "Write the first message. The log will give it offset ",
      h("code", {}, String(nextOffset)),
      ".",
    ),
  );
}
