type Resolve = (value: unknown) => void;
type Reject = (error: unknown) => void;

const SLOTS_AT_FIRST = 64;
/** Slots kept from one batch to the next: 1.5 MiB. A larger burst gives its memory back. */
const SLOTS_KEPT_MAX = 65_536;

let lastResolve: Resolve;
let lastReject: Reject;

/** One function for all promises: a closure per append would be another object per append. */
function keepSettlers(resolve: Resolve, reject: Reject): void {
  lastResolve = resolve;
  lastReject = reject;
}

/**
 * The records that one sync will cover, or is covering, and the promises that wait for it.
 *
 * Three reused arrays, not one array of waiters: a promise is all that an append allocates.
 */
export class Batch {
  /** Records staged, whether or not anybody waits for them. */
  records = 0;
  /** Their bytes, as counted against `bytesMax`. */
  bytes = 0;
  /** Promises that wait. */
  waiters = 0;
  /** Records that no promise waits for, its own or a flush's. */
  unwaited = 0;
  #slots = SLOTS_AT_FIRST;
  #values = emptySlots<unknown>(SLOTS_AT_FIRST);
  #resolves = emptySlots<Resolve>(SLOTS_AT_FIRST);
  #rejects = emptySlots<Reject>(SLOTS_AT_FIRST);

  /** A promise for `value`, settled with the batch. */
  wait(value: unknown): Promise<unknown> {
    const promise = new Promise(keepSettlers);
    this.push(value, lastResolve, lastReject);
    return promise;
  }

  push(value: unknown, resolve: Resolve, reject: Reject): void {
    const at = this.waiters;
    if (at === this.#slots) this.#resize(this.#slots * 2);
    this.#values[at] = value;
    this.#resolves[at] = resolve;
    this.#rejects[at] = reject;
    this.waiters = at + 1;
  }

  /** Resolves all, in the order in which they came, and empties the batch. */
  resolveAll(): void {
    for (let i = 0; i < this.waiters; i++) this.#resolves[i]?.(this.#values[i]);
    this.#clearWaiters();
    this.forget();
  }

  /** Rejects all, in the order in which they came. The records stay counted: they are staged. */
  rejectAll(error: unknown): void {
    for (let i = 0; i < this.waiters; i++) this.#rejects[i]?.(error);
    this.#clearWaiters();
  }

  /** Counts nothing any more: the records are durable, or were taken back. */
  forget(): void {
    this.records = 0;
    this.bytes = 0;
    this.unwaited = 0;
  }

  #clearWaiters(): void {
    if (this.#slots > SLOTS_KEPT_MAX) {
      this.#slots = SLOTS_AT_FIRST;
      this.#values = emptySlots(SLOTS_AT_FIRST);
      this.#resolves = emptySlots(SLOTS_AT_FIRST);
      this.#rejects = emptySlots(SLOTS_AT_FIRST);
    } else {
      this.#values.fill(undefined, 0, this.waiters);
      this.#resolves.fill(undefined, 0, this.waiters);
      this.#rejects.fill(undefined, 0, this.waiters);
    }
    this.waiters = 0;
  }

  #resize(slots: number): void {
    for (const slotsOf of [this.#values, this.#resolves, this.#rejects]) {
      for (let i = this.#slots; i < slots; i++) slotsOf.push(undefined);
    }
    this.#slots = slots;
  }
}

function emptySlots<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
