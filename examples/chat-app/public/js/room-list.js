import { h, reconcile } from "./dom.js";
import { formatNumber } from "./format.js";

/**
 * @typedef {object} RoomEntry
 * @property {string} name
 * @property {number} messageCount
 * @property {number} unread
 */

/**
 * The rooms of the side panel.
 *
 * @param {HTMLElement} list
 * @param {(room: string) => void} onOpen
 */
export function roomList(list, onOpen) {
  /** @type {Map<string, { item: HTMLElement, button: HTMLElement, count: HTMLElement }>} */
  const drawn = new Map();

  /** @param {string} name */
  const draw = (name) => {
    const count = h("span", { class: "count" });
    const label = h("span", { class: "room-label" }, name);
    const button = h("button", { type: "button", click: () => onOpen(name) }, label, count);
    const parts = { item: h("li", {}, button), button, count };
    drawn.set(name, parts);
    return parts;
  };

  /** @param {readonly RoomEntry[]} rooms @param {string} current */
  return (rooms, current) => {
    const items = rooms.map(({ name, messageCount, unread }) => {
      const { item, button, count } = drawn.get(name) ?? draw(name);
      if (name === current) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
      count.textContent = formatNumber(unread > 0 ? unread : messageCount);
      count.title = unread > 0 ? `${unread} unread` : `${messageCount} messages`;
      count.classList.toggle("unread", unread > 0);
      return item;
    });
    reconcile(list, items);
  };
}
