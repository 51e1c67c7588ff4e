/** @typedef {import("./api.js").Message} Message */

/** After a reply that makes the browser give up, in ms. Otherwise it retries by itself. */
const REOPEN_MS = 1500;

/**
 * @typedef {"connecting" | "live" | "lost" | "paused"} ConnectionState
 *
 * @typedef {object} FeedListeners
 * @property {(message: Message) => void} onMessage
 * @property {(summary: import("./api.js").LogSummary) => void} onLog
 * @property {(state: ConnectionState) => void} onState
 * @property {(from: number) => void} onGap  the server cannot go on where this feed was: messages
 *   before `from` are missing here
 */

/**
 * The messages of all rooms as they become durable, from an offset on. After a lost connection it
 * goes on behind the last offset that it saw.
 */
export class LiveFeed {
  /** The offset that comes next. */
  next;
  /** @type {EventSource | undefined} */
  #source;
  #listeners;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reopening;

  /** @param {number} from @param {FeedListeners} listeners */
  constructor(from, listeners) {
    this.next = from;
    this.#listeners = listeners;
    // a browser opens six connections to one server: hidden windows must not use them up
    document.addEventListener("visibilitychange", () =>
      document.hidden ? this.#pause() : this.open(),
    );
  }

  open() {
    if (this.#source !== undefined) return;
    clearTimeout(this.#reopening);
    const source = new EventSource(`/api/events?from=${this.next}`);
    this.#source = source;
    this.#listeners.onState("connecting");
    source.addEventListener("hello", ({ data }) => this.#begin(JSON.parse(data).from));
    source.addEventListener("log", ({ data }) => this.#listeners.onLog(JSON.parse(data)));
    source.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    source.addEventListener("error", () => this.#lose(source));
  }

  /** @param {number} from */
  #begin(from) {
    if (from !== this.next) {
      this.next = from;
      this.#listeners.onGap(from);
    }
    this.#listeners.onState("live");
  }

  /** @param {Message} message */
  #take(message) {
    this.next = message.offset + 1;
    this.#listeners.onMessage(message);
  }

  /** @param {EventSource} source */
  #lose(source) {
    this.#listeners.onState("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#source = undefined;
    this.#reopening = setTimeout(() => this.open(), REOPEN_MS);
  }

  #pause() {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#reopening);
    this.#listeners.onState("paused");
  }
}
