/**
 * Decides when the next sync begins; what then happens is `wake`'s.
 *
 * At most one of a microtask, a tick and a timer is outstanding. All three keep the process alive,
 * as a promise that waits for the disk should.
 */
export class Pacer {
  readonly #lingerMs: number;
  readonly #wake: () => void;
  #soon = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(lingerMs: number, wake: () => void) {
    this.#lingerMs = lingerMs;
    this.#wake = wake;
  }

  /** Wakes at the end of the current turn: everything that this turn appends shares the sync. */
  soon(): void {
    if (this.#soon) return;
    this.cancel();
    this.#soon = true;
    queueMicrotask(this.#fireSoon);
  }

  /**
   * Wakes when all microtasks are through. To be called when the promises of a batch have been
   * resolved: whoever awaited one has then appended its next record, however many `await`s deep.
   * Not `setImmediate`: a turn of the event loop takes 20 µs, a tenth of what a lone caller waits.
   */
  afterTurn(): void {
    if (this.#soon) return;
    this.cancel();
    this.#soon = true;
    process.nextTick(this.#fireSoon);
  }

  /** Wakes `lingerMs` from now, unless something sooner is due. */
  linger(): void {
    if (this.#soon || this.#timer !== undefined) return;
    this.#timer = setTimeout(this.#fire, this.#lingerMs);
  }

  /** A queued microtask, or tick, cannot be taken back; it finds `#soon` false. */
  cancel(): void {
    this.#soon = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #fireSoon = (): void => {
    if (this.#soon) this.#fire();
  };

  readonly #fire = (): void => {
    this.cancel();
    this.#wake();
  };
}
