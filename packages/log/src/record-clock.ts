import { invalidArgument } from "@seglog/errors";

/** Exclusive bound of a record's time: 48 bits of ms since the epoch. */
const TIME_LIMIT = 2 ** 48;

/** Gives records their times, which never fall, whatever the clock does. */
export class RecordClock {
  readonly #clock: () => number;
  #last: number;

  /** @param last  no time below it is given */
  constructor(clock: () => number, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  /** The last time given. */
  get last(): number {
    return this.#last;
  }

  /** @throws ERR_SEGLOG_INVALID_ARGUMENT  the clock gave no time in `[0, 2^48)` */
  now(): number {
    const now = Math.trunc(this.#clock());
    if (!(now >= 0 && now < TIME_LIMIT)) {
      throw invalidArgument("clock", now, "a function that gives ms since the epoch, below 2^48");
    }
    if (now > this.#last) this.#last = now;
    return this.#last;
  }
}
