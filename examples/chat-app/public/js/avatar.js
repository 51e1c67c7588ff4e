import { h } from "./dom.js";
import { hue, initials } from "./format.js";

/**
 * A picture of a name; the name itself stands beside it.
 *
 * @param {string} name
 * @returns {HTMLElement}
 */
export function avatar(name) {
  const element = h("span", { class: "avatar", "aria-hidden": "true" });
  paintAvatar(element, name);
  return element;
}

/** @param {HTMLElement} element @param {string} name */
export function paintAvatar(element, name) {
  element.textContent = initials(name);
  element.style.setProperty("--hue", String(hue(name)));
}
