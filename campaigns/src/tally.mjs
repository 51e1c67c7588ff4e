import { isKnown } from "./known-violations.mjs";
import { SHRINK_MS_MAX } from "./shrink.mjs";

/** @typedef {import("./violation.mjs").Violation} Violation */
/**
 * `parts` is the module that `plant` is from: a process of its own, and whoever runs a violation
 * again, need its path. `share` is this process's part of the work, of so many. `violationsMax`:
 * how many end the campaign. `shrinkMsMax`: for how long it looks for a smaller one.
 *
 * @typedef {{ seed: number, budgetMs: number, onText?: (text: string) => void,
 *   plant?: import("./session.mjs").Plant | undefined, parts?: string | undefined,
 *   share?: Share | undefined, strict?: boolean, violationsMax?: number,
 *   shrinkMsMax?: number }} CampaignOptions
 */
/** @typedef {{ readonly index: number, readonly of: number }} Share */
/** @typedef {{ counts: Record<string, number>, violations: number, known: number }} Outcome */

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
    const { violationsMax = VIOLATIONS_MAX } = this.#options;
    return performance.now() >= this.endAt || this.violations.length >= violationsMax;
  }

  get shrinkMsMax() {
    return this.#options.shrinkMsMax ?? SHRINK_MS_MAX;
  }

  /** Numbers of the workloads or cases that are this process's, for ever. */
  *mine() {
    const { index, of } = this.#options.share ?? { index: 0, of: 1 };
    for (let i = index; !this.isOver; i += of) yield i;
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

  /** @param {Violation} violation @param {object} replay  what `campaign replay` needs to run it again */
  violated({ message }, replay) {
    const { parts } = this.#options;
    const text = `${message}\n  ${JSON.stringify({ campaign: this.#campaign, parts, ...replay })}`;
    this.violations.push(text);
    this.#options.onText?.(`VIOLATION ${text}`);
  }

  /** @returns {Outcome} */
  get outcome() {
    return { counts: this.counts, violations: this.violations.length, known: this.known };
  }

  /** The line that sums the campaign up. */
  get summary() {
    const ms = performance.now() - this.#begunAt;
    return summaryOf(`${this.#campaign}: seed ${this.#options.seed}`, this.outcome, ms);
  }
}

/** @param {string} title @param {Outcome} outcome @param {number} ms */
export function summaryOf(title, { counts, violations, known }, ms) {
  return [
    title,
    ...Object.entries(counts).map(([unit, count]) => `${count} ${unit}`),
    `${violations} violations`,
    ...(known === 0 ? [] : [`${known} known`]),
    `${(ms / 1000).toFixed(1)} s`,
  ].join(", ");
}

/** So many violations say enough. */
const VIOLATIONS_MAX = 5;
