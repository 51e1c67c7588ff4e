/** Runs asynchronous jobs one after another, in the order they were added. */
export class SerialQueue {
  /** Jobs that have not settled. */
  #jobs = 0;
  #last: Promise<void> = Promise.resolve();

  get isIdle(): boolean {
    return this.#jobs === 0;
  }

  /**
   * Settles as `job` does, which starts when all earlier jobs have settled: within this call where
   * there are none.
   */
  run<T>(job: () => Promise<T>): Promise<T> {
    const mayStart = this.isIdle;
    this.#jobs++;
    const result = mayStart ? job() : this.#last.then(job);
    // Whoever added a job hears of its failure through `result`; the next job only waits.
    this.#last = result.then(this.#ended, this.#ended);
    return result;
  }

  readonly #ended = (): void => {
    this.#jobs--;
  };
}
