import { SeglogError } from "@seglog/errors";

/** Why a log refuses to go on: closed, or poisoned by a first failure. */
export class LogFailure {
  readonly #path: string;
  readonly #onChange: () => void;
  #cause: unknown;
  #poisoned = false;
  #closing = false;
  #closed = false;

  /** @param onChange  called after the log was poisoned or closed */
  constructor(path: string, onChange: () => void) {
    this.#path = path;
    this.#onChange = onChange;
  }

  get isPoisoned(): boolean {
    return this.#poisoned;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Notes the first failure; later ones follow from it and are not kept. */
  poison(cause: unknown): void {
    if (this.#poisoned) return;
    this.#poisoned = true;
    this.#cause = cause;
    this.#onChange();
  }

  /** From now on calls are refused; work that is under way goes on. */
  beginClose(): void {
    this.#closing = true;
  }

  /** From now on that ends, too. */
  close(): void {
    this.#closing = true;
    this.#closed = true;
    this.#onChange();
  }

  /**
   * For calls that read.
   * @throws ERR_SEGLOG_CLOSED
   */
  checkOpen(): void {
    if (this.#closing) throw this.#closedError();
  }

  /**
   * For calls that write.
   * @throws ERR_SEGLOG_CLOSED | ERR_SEGLOG_POISONED
   */
  checkUsable(): void {
    if (this.#closing) throw this.#closedError();
    if (this.#poisoned) throw this.poisonError();
  }

  /**
   * For reading that is under way.
   * @throws ERR_SEGLOG_CLOSED
   */
  checkReadable(): void {
    if (this.#closed) throw this.#closedError();
  }

  /**
   * For writing that is under way.
   * @throws ERR_SEGLOG_CLOSED | ERR_SEGLOG_POISONED
   */
  checkWritable(): void {
    if (this.#closed) throw this.#closedError();
    if (this.#poisoned) throw this.poisonError();
  }

  poisonError(): SeglogError {
    return new SeglogError(
      "ERR_SEGLOG_POISONED",
      `the log ${this.#path} failed earlier and must be reopened: ${describe(this.#cause)}`,
      { path: this.#path },
      { cause: this.#cause },
    );
  }

  #closedError(): SeglogError {
    return new SeglogError("ERR_SEGLOG_CLOSED", `the log ${this.#path} is closed`, {
      what: this.#path,
    });
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
