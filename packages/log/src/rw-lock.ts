/**
 * Read-write lock: any number of shared holders, or one exclusive holder.
 *
 * Fair: who asks while somebody waits, waits behind them. Single-threaded; costs nothing while
 * nobody holds it exclusively.
 */
export class RwLock {
  #shared = 0;
  #exclusive = false;
  readonly #waiting: Waiter[] = [];

  /** Takes a shared hold if that needs no waiting. */
  tryShared(): boolean {
    if (this.#exclusive || this.#waiting.length > 0) return false;
    this.#shared++;
    return true;
  }

  /** Resolves once a shared hold is taken; give it back with {@link RwLock.releaseShared}. */
  async shared(): Promise<void> {
    if (this.tryShared()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ exclusive: false, resolve }));
  }

  releaseShared(): void {
    this.#shared--;
    this.#wake();
  }

  /** Resolves once the exclusive hold is taken. */
  async exclusive(): Promise<void> {
    if (!this.#exclusive && this.#shared === 0 && this.#waiting.length === 0) {
      this.#exclusive = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push({ exclusive: true, resolve }));
  }

  releaseExclusive(): void {
    this.#exclusive = false;
    this.#wake();
  }

  /** Runs `work` under a shared hold. */
  async withShared<T>(work: () => Promise<T>): Promise<T> {
    await this.shared();
    try {
      return await work();
    } finally {
      this.releaseShared();
    }
  }

  /** The same for synchronous `work`. */
  async withSharedNow<T>(work: () => T): Promise<T> {
    if (!this.tryShared()) await this.shared();
    try {
      return work();
    } finally {
      this.releaseShared();
    }
  }

  /** Runs `work` under the exclusive hold. */
  async withExclusive<T>(work: () => Promise<T>): Promise<T> {
    await this.exclusive();
    try {
      return await work();
    } finally {
      this.releaseExclusive();
    }
  }

  #wake(): void {
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || this.#exclusive || (next.exclusive && this.#shared > 0)) return;
      this.#waiting.shift();
      if (next.exclusive) this.#exclusive = true;
      else this.#shared++;
      next.resolve();
    }
  }
}

interface Waiter {
  readonly exclusive: boolean;
  readonly resolve: () => void;
}
