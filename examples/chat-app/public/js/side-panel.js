import { byId } from "./dom.js";

/**
 * The panel with the rooms. On a narrow screen it covers the page while it is open.
 *
 * @param {{ onNewRoom(name: string): void }} listeners
 */
export function sidePanel({ onNewRoom }) {
  const app = byId("app", HTMLElement);
  const show = byId("show-rooms", HTMLButtonElement);
  const name = byId("new-room-name", HTMLInputElement);

  /** @param {boolean} open */
  const open = (open) => {
    app.classList.toggle("side-open", open);
    show.setAttribute("aria-expanded", String(open));
  };
  show.addEventListener("click", () => open(true));
  byId("backdrop", HTMLButtonElement).addEventListener("click", () => open(false));
  addEventListener("keydown", ({ key }) => key === "Escape" && open(false));
  byId("new-room", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const room = name.value.trim();
    if (room === "") return;
    name.value = "";
    onNewRoom(room);
  });
  // as the server's rule for rooms
  name.pattern = "[\\p{L}\\p{N}][\\p{L}\\p{N} ._\\-]*";
  name.title = "letters, digits, space, dot, _ and -";

  return {
    close: () => open(false),
    /** @param {number} length */
    limit(length) {
      name.maxLength = length;
    },
  };
}
