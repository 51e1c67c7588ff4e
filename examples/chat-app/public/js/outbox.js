import { postMessage, Refused } from "./api.js";

/** @typedef {import("./api.js").Draft} Draft */

const KEY = "chat.outbox.";
/** Between attempts while the server cannot be reached, in ms. */
const RETRY_MS = 2000;

/**
 * A message on its way. `state` is "sent" from the server's answer until the live feed brings it.
 *
 * @typedef {Draft & { typedAt: number, state: "sending" | "waiting" | "sent" | "refused",
 *   offset?: number, reason?: string }} OutgoingMessage
 */

/**
 * Messages that were typed and are not known to be stored. Each is in localStorage until the
 * server said that it is durable, so it survives a reload. Sending one twice is harmless: the
 * server knows its id.
 */
export class Outbox {
  /** In the order typed. @type {OutgoingMessage[]} */
  messages = [];
  #onChange;
  #flushing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(KEY)) continue;
      const stored = JSON.parse(localStorage.getItem(key) ?? "null");
      if (stored !== null) this.messages.push({ ...stored, state: "waiting" });
    }
    this.messages.sort((a, b) => a.typedAt - b.typedAt);
  }

  /** @param {Omit<Draft, "id">} draft */
  add(draft) {
    const message = { id: newId(), ...draft, typedAt: Date.now() };
    localStorage.setItem(KEY + message.id, JSON.stringify(message));
    this.messages.push({ ...message, state: "sending" });
    this.#onChange();
    void this.flush();
  }

  /**
   * The message with this id is stored, as the live feed or a page shows.
   *
   * @param {string | undefined} id
   */
  settle(id) {
    if (id === undefined || !this.messages.some((message) => message.id === id)) return;
    this.discard(id);
  }

  /** @param {string} id */
  discard(id) {
    localStorage.removeItem(KEY + id);
    this.messages = this.messages.filter((message) => message.id !== id);
    this.#onChange();
  }

  /** Sends what waits, one after the other, so that the order stays. */
  async flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    clearTimeout(this.#retry);
    for (let next = this.#unsent(); next !== undefined; next = this.#unsent()) {
      if (await this.#send(next)) continue;
      this.#retry = setTimeout(() => void this.flush(), RETRY_MS);
      break;
    }
    this.#flushing = false;
  }

  #unsent() {
    return this.messages.find(({ state }) => state === "sending" || state === "waiting");
  }

  /** False when the server could not be asked. @param {OutgoingMessage} message */
  async #send(message) {
    const { id, room, user, text } = message;
    try {
      const { offset } = await postMessage({ id, room, user, text });
      Object.assign(message, { state: "sent", offset });
      localStorage.removeItem(KEY + id);
    } catch (error) {
      if (!(error instanceof Refused)) {
        for (const unsent of this.messages)
          if (unsent.state === "sending") unsent.state = "waiting";
        this.#onChange();
        return false;
      }
      Object.assign(message, { state: "refused", reason: error.message });
    }
    this.#onChange();
    return true;
  }
}

/** 128 random bits. crypto.randomUUID would be missing on a page that came over plain http. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
