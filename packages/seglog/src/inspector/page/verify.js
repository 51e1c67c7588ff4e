import { element } from "./dom.js";
import { bytesText, countText } from "./format.js";

/** @typedef {{ kind: string, path: string, message: string, harmless: boolean }} Damage */
/**
 * @typedef {{ verdict: string, records: number, recordsUnchecked: number, bytes: number,
 *   damages: Damage[] }} Verification
 */

/** Has the log verified when asked, and shows how far that is and what it found. */
export function offerVerification() {
  const button = element("verify", HTMLButtonElement);
  const bar = element("verify-progress", HTMLProgressElement);
  const result = element("verify-result", HTMLOutputElement);
  const list = element("damages", HTMLUListElement);
  button.addEventListener("click", () => {
    const begun = performance.now();
    button.disabled = true;
    bar.hidden = false;
    bar.value = 0;
    result.textContent = "";
    list.replaceChildren();
    const events = new EventSource("/api/verify");
    /** @param {string} text */
    const end = (text) => {
      events.close();
      button.disabled = false;
      bar.hidden = true;
      result.textContent = text;
    };
    events.addEventListener("progress", ({ data }) => {
      const { bytesDone, bytesTotal } = JSON.parse(data);
      bar.value = bytesTotal === 0 ? 1 : bytesDone / bytesTotal;
      const rate = (bytesDone * 1000) / Math.max(1, performance.now() - begun);
      const left = rate === 0 ? "" : `, ${Math.ceil((bytesTotal - bytesDone) / rate)} s left`;
      const done = `${bytesText(bytesDone)} of ${bytesText(bytesTotal)}`;
      result.textContent = `${done}, ${bytesText(Math.round(rate))}/s${left}`;
    });
    events.addEventListener("result", ({ data }) => {
      /** @type {Verification} */
      const found = JSON.parse(data);
      list.replaceChildren(...found.damages.map(damageItem));
      const held = `${countText(found.records)} records, ${bytesText(found.bytes)}`;
      const { recordsUnchecked } = found;
      const rest = recordsUnchecked === 0 ? "" : `, ${countText(recordsUnchecked)} not checked`;
      end(`${found.verdict}: ${held}${rest}`);
    });
    events.addEventListener("failure", ({ data }) => end(JSON.parse(data).message));
    events.addEventListener("error", () => end("the connection was lost"));
  });
}

/** @param {Damage} damage */
function damageItem({ kind, path, message, harmless }) {
  const item = document.createElement("li");
  item.className = harmless ? "harmless" : "";
  item.textContent = `${kind}${harmless ? " (harmless)" : ""}: ${path}: ${message}`;
  return item;
}
