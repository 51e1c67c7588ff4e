/** How a promise is settled. */
export interface Settlers {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** An append that waits for room, or a flush that waits for those before it. */
export interface Waiter extends Settlers {
  readonly bytes: number;
  /** `undefined` for a flush, which stages nothing. */
  readonly stage: (() => unknown) | undefined;
  /** Watched by the {@link AbortWatch} while this waits. */
  readonly signal: AbortSignal | undefined;
  /** Links of the {@link WaitQueue}; nobody else touches them. */
  before?: Waiter | undefined;
  after?: Waiter | undefined;
}

/**
 * First in, first out, with removal from the middle in one step, because an abort may take any
 * waiter out. A linked list: an array would keep holes while its head waits for room.
 */
export class WaitQueue {
  /** How many of the waiters are appends. */
  appends = 0;
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  get first(): Waiter | undefined {
    return this.#first;
  }

  push(waiter: Waiter): void {
    waiter.before = this.#last;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.after = waiter;
    this.#last = waiter;
    if (waiter.stage !== undefined) this.appends++;
  }

  /** Takes out a waiter that is in the queue. */
  remove(waiter: Waiter): void {
    const { before, after } = waiter;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    waiter.before = undefined;
    waiter.after = undefined;
    if (waiter.stage !== undefined) this.appends--;
  }
}
