import { invalidArgument } from "@seglog/errors";

/** Exclusive bound of a record's time: 48 bits of ms since the epoch. */
const TIME_LIMIT = 2 ** 48;

/**
 * Of one turn of the event loop so many records share what the system's clock said first: asking it
 * costs 45 ns, more than all else that an append does.
 */
const SHARED_MAX = 32;

/** Gives records their times, which never fall, whatever the clock does. */
export class RecordClock {
  readonly #clock: () => number;
  #last: number;
  /** How many more records may have the last time; 0 for a clock that is not the system's. */
  #shared = 0;
  readonly #sharedMax: number;
  #isTurnWatched = false;

  /** @param last  no time below it is given */
  constructor(clock: () => number, last: number) {
    this.#clock = clock;
    this.#last = last;
    this.#sharedMax = clock === Date.now ? SHARED_MAX - 1 : 0;
  }

  /** The last time given. */
  get last(): number {
    return this.#last;
  }

  /** @throws ERR_SEGLOG_INVALID_ARGUMENT  the clock gave no time in `[0, 2^48)` */
  now(): number {
    if (this.#shared > 0) {
      this.#shared--;
      return this.#last;
    }
    const now = Math.trunc(this.#clock());
    if (!(now >= 0 && now < TIME_LIMIT)) {
      throw invalidArgument("clock", now, "a function that gives ms since the epoch, below 2^48");
    }
    if (now > this.#last) this.#last = now;
    if (this.#sharedMax > 0) this.#share();
    return this.#last;
  }

  #share(): void {
    this.#shared = this.#sharedMax;
    if (this.#isTurnWatched) return;
    this.#isTurnWatched = true;
    queueMicrotask(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isTurnWatched = false;
    this.#shared = 0;
  };
}
