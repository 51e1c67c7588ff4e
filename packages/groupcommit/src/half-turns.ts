/**
 * Whether the callers of one sync have their turn while the next one runs.
 *
 * Callers that append again once they are acknowledged end up in one batch: the disk idles while
 * all of them have their turn, and they while the disk works. Two halves that take turns are faster
 * for many callers, and slower where a sync takes longer than a turn, since each half then waits
 * for two. Which it is depends on the disk, on the callers and on the processor: both ways are
 * tried now and then, and the faster one stays.
 */
export class HalfTurns {
  #areHalved = false;
  /** Whether the way is one that is being tried. */
  #isTrial = false;
  /** Syncs until the other way is tried, or this one judged. */
  #left = SYNCS_AT_FIRST;
  #lastEnded = Number.NaN;
  /** Of the last syncs before `#left` is 0: ms per record, and the share of it that was a sync. */
  readonly #paces = new Float64Array(SAMPLES);
  readonly #shares = new Float64Array(SAMPLES);
  /** Ms per record the other way, while this one is tried. */
  #usual = 0;

  /**
   * To be asked at the end of each sync.
   *
   * @param sync  when it ended, what it took, and the records that it covered
   * @param callers  who waited for it or waits for the next: all that there are
   * @returns whether they go in halves from now on
   */
  halve(sync: { ended: number; ms: number; records: number }, callers: number): boolean {
    const ms = sync.ended - this.#lastEnded;
    this.#lastEnded = sync.ended;
    if (callers < CALLERS_MIN) {
      this.#lull();
      return false;
    }
    if (Number.isNaN(ms)) return this.#areHalved;
    this.#left--;
    if (this.#left < SAMPLES) {
      this.#paces[this.#left] = ms / sync.records;
      this.#shares[this.#left] = sync.ms / ms;
    }
    if (this.#left === 0) this.#judge();
    return this.#areHalved;
  }

  /** To be called when nobody came back at once: the time until the next sync says nothing. */
  pause(): void {
    this.#lastEnded = Number.NaN;
  }

  /**
   * What was found holds when many come back: a load that comes in waves would find it each time.
   * What was still being tried does not, nor do its samples: there may be more of them, or fewer.
   */
  #lull(): void {
    if (this.#isTrial) this.#areHalved = !this.#areHalved;
    this.#isTrial = false;
    this.#left = Math.max(this.#left, SYNCS_AT_FIRST);
  }

  #judge(): void {
    const pace = middle(this.#paces);
    const wasTrial = this.#isTrial;
    const hasFailed = wasTrial && !(pace < this.#usual * GAIN_MIN);
    // a disk that never idles has nothing to gain
    const isHopeless = !this.#areHalved && middle(this.#shares) > SHARE_MAX;
    this.#isTrial = !wasTrial && !isHopeless;
    if (hasFailed || this.#isTrial) this.#areHalved = !this.#areHalved;
    this.#left = this.#isTrial ? SYNCS_OF_TRIAL : SYNCS_BETWEEN_TRIALS;
    this.#usual = pace;
  }
}

/**
 * The mean of the middle half of the samples, which are put in order: a disk that stalls once in a
 * trial must not decide it, and where halves differ, a median would be the pace of one of them.
 */
function middle(samples: Float64Array): number {
  samples.sort();
  let sum = 0;
  for (let i = SAMPLES / 4; i < (3 * SAMPLES) / 4; i++) sum += samples[i] as number;
  return sum / (SAMPLES / 2);
}

const SAMPLES = 32;
const SYNCS_AT_FIRST = SAMPLES + 8;
/** The first of them still have the shape of the other way. */
const SYNCS_OF_TRIAL = SAMPLES + 8;
const SYNCS_BETWEEN_TRIALS = 1000;
/** Below the pace of the other way by so much. */
const GAIN_MIN = 0.97;
const SHARE_MAX = 0.8;

/** Fewer have their turn in less than any disk's sync takes. */
const CALLERS_MIN = 128;
