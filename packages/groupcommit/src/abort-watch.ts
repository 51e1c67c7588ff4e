import type { Waiter } from "./wait-queue.ts";

interface Watched {
  readonly waiters: Set<Waiter>;
  readonly listener: () => void;
}

/**
 * Listens to the signals of those who wait.
 *
 * One listener for each signal, however many wait with it: Node compares a new listener with all
 * that are there, so that 40,000 waiters on one signal, each with its own, cost 15 s.
 */
export class AbortWatch {
  readonly #abort: (waiters: Iterable<Waiter>, reason: unknown) => void;
  readonly #watched = new Map<AbortSignal, Watched>();

  /** `abort` is called with the waiters of a signal, in the order in which they came. */
  constructor(abort: (waiters: Iterable<Waiter>, reason: unknown) => void) {
    this.#abort = abort;
  }

  add(waiter: Waiter): void {
    const { signal } = waiter;
    if (signal === undefined) return;
    const watched = this.#watched.get(signal) ?? this.#listen(signal);
    watched.waiters.add(waiter);
  }

  remove(waiter: Waiter): void {
    const { signal } = waiter;
    const watched = signal && this.#watched.get(signal);
    if (signal === undefined || watched === undefined) return;
    watched.waiters.delete(waiter);
    if (watched.waiters.size > 0) return;
    signal.removeEventListener("abort", watched.listener);
    this.#watched.delete(signal);
  }

  #listen(signal: AbortSignal): Watched {
    const waiters = new Set<Waiter>();
    const listener = (): void => {
      this.#watched.delete(signal);
      this.#abort(waiters, signal.reason);
    };
    signal.addEventListener("abort", listener, { once: true });
    const watched = { waiters, listener };
    this.#watched.set(signal, watched);
    return watched;
  }
}
