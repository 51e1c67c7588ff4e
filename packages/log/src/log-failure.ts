import { hasCode, SeglogError, shortageOf } from "@seglog/errors";
import { publish } from "./log-channels.ts";

/** Why a log refuses to go on: closed, poisoned by a first failure, or stalled by a shortage. */
export class LogFailure {
  readonly #path: string;
  readonly #onChange: () => void;
  #cause: unknown;
  #poisoned = false;
  #shortage: { readonly cause: unknown; readonly errno: string } | undefined;
  #tookBack: SeglogError | undefined;
  #closing = false;
  #closed = false;
  /** Neither closing nor failed: what every append asks, in one look. */
  #usable = true;

  /** @param onChange  called after the log was poisoned or closed */
  constructor(path: string, onChange: () => void) {
    this.#path = path;
    this.#onChange = onChange;
  }

  get isPoisoned(): boolean {
    return this.#poisoned;
  }

  /** Whether a shortage was met, and what it took back is still to be dropped. */
  get isStalled(): boolean {
    return this.#shortage !== undefined && !this.#poisoned;
  }

  get isSound(): boolean {
    return !this.#poisoned && this.#shortage === undefined;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Stalls for a shortage, of room or of means, and poisons for anything else. */
  fail(cause: unknown): void {
    const errno = shortageOf(cause);
    if (errno === undefined) this.poison(cause);
    else if (this.isSound) {
      this.#shortage = { cause, errno };
      publish("seglog:failure", () => ({ path: this.#path, state: "stalled", error: cause }));
    }
    this.#usable = false;
  }

  /** What was not committed has been dropped: writing goes on. */
  endStall(): void {
    this.#tookBack = this.soundnessError();
    this.#shortage = undefined;
    this.#usable = !this.#poisoned && !this.#closing;
  }

  /** Why records were last dropped that were not committed; `undefined` if none ever were. */
  get tookBack(): SeglogError | undefined {
    return this.#tookBack;
  }

  /** Notes the first failure; later ones follow from it and are not kept. */
  poison(cause: unknown): void {
    if (this.#poisoned) return;
    this.#poisoned = true;
    this.#usable = false;
    this.#cause = cause;
    publish("seglog:failure", () => ({ path: this.#path, state: "poisoned", error: cause }));
    this.#onChange();
  }

  /** From now on calls are refused; work that is under way goes on. */
  beginClose(): void {
    this.#closing = true;
    this.#usable = false;
  }

  /** From now on that ends, too. */
  close(): void {
    this.#closing = true;
    this.#usable = false;
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
   * @throws ERR_SEGLOG_CLOSED | ERR_SEGLOG_POISONED | ERR_SEGLOG_NOT_WRITTEN
   */
  checkUsable(): void {
    if (this.#usable) return;
    if (this.#closing) throw this.#closedError();
    this.#checkSound();
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
   * @throws ERR_SEGLOG_CLOSED | ERR_SEGLOG_POISONED | ERR_SEGLOG_NOT_WRITTEN
   */
  checkWritable(): void {
    if (this.#closed) throw this.#closedError();
    this.#checkSound();
  }

  /** Why the log is not sound; only to be asked where it is not. */
  soundnessError(): SeglogError {
    if (this.#poisoned || this.#shortage === undefined) return this.poisonError();
    const { cause, errno } = this.#shortage;
    const text = `${this.#path} had no room (${errno}): what was not committed is taken back`;
    const options = { cause: causeOf(cause) };
    return new SeglogError("ERR_SEGLOG_NOT_WRITTEN", text, { path: this.#path, errno }, options);
  }

  #checkSound(): void {
    if (!this.isSound) throw this.soundnessError();
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

/** The disk's own error: that of a store which says the same stands between. */
function causeOf(cause: unknown): unknown {
  return hasCode(cause, "ERR_SEGLOG_NOT_WRITTEN") ? cause.cause : cause;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
