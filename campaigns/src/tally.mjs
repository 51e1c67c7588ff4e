import { isKnown } from "./known-violations.mjs";

/** @typedef {import("./violation.mjs").Violation} Violation */
/** @typedef {{ seed: number, budgetMs: number, onText?: (text: string) => void,
 *   plant?: import("./session.mjs").Plant | undefined, strict?: boolean }} CampaignOptions */

/** What a campaign counted, its violations, and when it has to end. */
export class Tally {
  /** @type {Record<string, number>} */
  counts = {};
  /** @type {string[]} */
  violations = [];
  known = 0;
  #campaign;
  #options;
  #begunAt = performance.now();

  /** @param {string} campaign @param {CampaignOptions} options @param {readonly string[]} units */
  constructor(campaign, options, units) {
    this.#campaign = campaign;
    this.#options = options;
    for (const unit of units) this.counts[unit] = 0;
  }

  /** When no more may be begun. */
  get endAt() {
    return this.#begunAt + this.#options.budgetMs;
  }

  get isOver() {
    return performance.now() >= this.endAt || this.violations.length >= VIOLATIONS_MAX;
  }

  /** @param {string} unit @param {number} [count] */
  add(unit, count = 1) {
    this.counts[unit] = (this.counts[unit] ?? 0) + count;
  }

  /** Whether `violation` is one to look into. @param {Violation | undefined} violation */
  isNews(violation) {
    if (violation === undefined) return false;
    if (this.#options.strict || !isKnown(this.#campaign, violation.message)) return true;
    this.known += 1;
    return false;
  }

  /** @param {string} text */
  violated(text) {
    this.violations.push(text);
    this.#options.onText?.(`VIOLATION ${text}`);
  }

  /** The line that sums the campaign up. */
  get summary() {
    const seconds = (performance.now() - this.#begunAt) / 1000;
    const counts = Object.entries(this.counts).map(([unit, count]) => `${count} ${unit}`);
    const known = this.known === 0 ? [] : [`${this.known} known`];
    return [
      `${this.#campaign}: seed ${this.#options.seed}`,
      ...counts,
      `${this.violations.length} violations`,
      ...known,
      `${seconds.toFixed(1)} s`,
    ].join(", ");
  }
}

/** So many violations say enough. */
const VIOLATIONS_MAX = 5;
