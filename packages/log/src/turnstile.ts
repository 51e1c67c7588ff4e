/**
 * Lets one through at a time, in the order in which they came. Costs no promise while nobody else
 * is there.
 */
export class Turnstile {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  /** Takes the turn where it is free, and returns `undefined`; else what resolves with the turn. */
  enter(): Promise<void> | undefined {
    if (this.#taken) return new Promise((resolve) => void this.#waiting.push(resolve));
    this.#taken = true;
    return undefined;
  }

  /** Gives the turn to who waits for it first. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
