import { byId } from "./dom.js";

/** @param {{ onJump(ms: number): void }} listeners */
export function jumpForm({ onJump }) {
  const form = byId("jump", HTMLFormElement);
  const input = byId("jump-time", HTMLInputElement);
  const toggle = byId("show-jump", HTMLButtonElement);

  /** @param {boolean} open */
  const open = (open) => {
    form.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
    if (open) input.focus();
  };
  toggle.addEventListener("click", () => open(!form.classList.contains("open")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // a local time without a zone is read in the user's own, which is what the field shows
    onJump(new Date(input.value).getTime());
    open(false);
  });
}
