import { paintAvatar } from "./avatar.js";
import { byId } from "./dom.js";

const KEY = "chat.name";

/**
 * The name that this window writes under. Each window has its own (two of them can talk to each
 * other); a new one begins with the name used last.
 */
export function identity() {
  const input = byId("my-name", HTMLInputElement);
  const picture = byId("my-avatar", HTMLElement);
  let name = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? `Guest ${100 + pick(900)}`;

  const take = () => {
    name = input.value.trim() || name;
    input.value = name;
    sessionStorage.setItem(KEY, name);
    localStorage.setItem(KEY, name);
    paintAvatar(picture, name);
  };
  input.value = name;
  take();
  input.addEventListener("change", take);
  byId("me", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    take();
    byId("text", HTMLTextAreaElement).focus();
  });
  return {
    name: () => name,
    /** @param {number} length */
    limit(length) {
      input.maxLength = length;
    },
  };
}

/** @param {number} below */
function pick(below) {
  return Math.floor(Math.random() * below);
}
