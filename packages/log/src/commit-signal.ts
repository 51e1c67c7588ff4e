/** Wakes those who wait for the log to change: records committed, poisoned, closed. */
export class CommitSignal {
  readonly #waiting = new Set<() => void>();
  /** Who waits with a signal. One listener each: Node warns from the eleventh on. */
  readonly #aborts = new Map<AbortSignal, AbortGroup>();

  /** Wakes everybody who waits. */
  notify(): void {
    const woken = [...this.#waiting];
    for (const wake of woken) wake();
  }

  /** Resolves at the next {@link CommitSignal.notify}, or when `signal` aborts. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        if (signal !== undefined) this.#leave(signal, wake);
        resolve();
      };
      this.#waiting.add(wake);
      if (signal !== undefined) this.#join(signal, wake);
      if (signal?.aborted) wake();
    });
  }

  #join(signal: AbortSignal, wake: () => void): void {
    let group = this.#aborts.get(signal);
    if (group === undefined) {
      const members = new Set<() => void>();
      const onAbort = (): void => {
        for (const each of [...members]) each();
      };
      group = { members, onAbort };
      this.#aborts.set(signal, group);
      signal.addEventListener("abort", onAbort);
    }
    group.members.add(wake);
  }

  #leave(signal: AbortSignal, wake: () => void): void {
    const group = this.#aborts.get(signal);
    group?.members.delete(wake);
    if (group?.members.size !== 0) return;
    this.#aborts.delete(signal);
    signal.removeEventListener("abort", group.onAbort);
  }
}

interface AbortGroup {
  readonly members: Set<() => void>;
  readonly onAbort: () => void;
}
