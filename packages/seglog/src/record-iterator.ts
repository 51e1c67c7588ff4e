/**
 * The elements of batches, one at a time. Written by hand because an async generator costs three
 * promises for each element, and this one costs one.
 */
export class RecordIterator<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncIterator<readonly T[]>;
  #batch: readonly T[] = [];
  #at = 0;
  /** Ends with the last `next()` that had to fetch: calls that overlap are answered in order. */
  #fetching: Promise<unknown> | undefined;
  #done = false;

  constructor(batches: AsyncIterator<readonly T[]>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#fetching === undefined && this.#at < this.#batch.length) {
      return Promise.resolve({ done: false, value: this.#batch[this.#at++] as T });
    }
    const result = (this.#fetching ?? Promise.resolve()).then(
      () => this.#fetch(),
      () => this.#fetch(), // the failure before was told to whoever asked then
    );
    this.#fetching = result;
    const settled = (): void => {
      if (this.#fetching === result) this.#fetching = undefined;
    };
    result.then(settled, settled);
    return result;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#done = true;
    this.#batch = [];
    this.#at = 0;
    await this.#batches.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #fetch(): Promise<IteratorResult<T, undefined>> {
    while (this.#at >= this.#batch.length) {
      if (this.#done) return { done: true, value: undefined };
      const { done, value } = await this.#batches.next();
      if (done === true) {
        this.#done = true;
        continue;
      }
      this.#batch = value;
      this.#at = 0;
    }
    return { done: false, value: this.#batch[this.#at++] as T };
  }
}
