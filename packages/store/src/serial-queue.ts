/** Runs asynchronous jobs one after another, in the order they were added. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as `job` does, which starts when all earlier jobs have settled. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    // Whoever added a job hears of its failure through `result`; the next job only waits.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
