import { byId } from "./dom.js";

/** The rest of the length is shown when less than this is left. */
const SHOW_LEFT = 300;

/** @param {{ onSend(text: string): void }} listeners */
export function composer({ onSend }) {
  const form = byId("composer", HTMLFormElement);
  const input = byId("text", HTMLTextAreaElement);
  const length = byId("length", HTMLElement);

  const fit = () => {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    const left = input.maxLength - input.value.length;
    length.textContent = left < SHOW_LEFT ? `${left} characters left` : "";
  };
  input.addEventListener("input", fit);
  input.addEventListener("keydown", (event) => {
    // while composing, Enter picks a suggestion of the input method
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === "") return;
    input.value = "";
    fit();
    onSend(text);
    input.focus();
  });

  return {
    /** @param {string} room @param {number} textLength */
    describe(room, textLength) {
      input.placeholder = `Message to ${room}`;
      input.maxLength = textLength;
    },
  };
}
