import { checkTimes, liveRecords, matchHistory } from "./history.mjs";
import { retentionMayDrop } from "./retention-rule.mjs";
import { Violation } from "./violation.mjs";

/**
 * @typedef {object} RecordIntent  one record that an append was called with
 * @property {"record"} kind
 * @property {number} offset
 * @property {Uint8Array} value
 * @property {boolean} ends  whether it is the last of its batch, or alone
 * @property {number} time  ms since the epoch; -1 until it was read once
 * @property {number} next  the log's next offset after it
 */
/** @typedef {{ kind: "cut", next: number }} CutIntent  a `truncateAfter` that was called */
/** @typedef {RecordIntent | CutIntent} Intent */
/** @typedef {{ offset: number, after: number }} FirstIntent  a `truncateBefore` that was called */
/** @typedef {"power" | "kill" | "closed"} Level  what happened before the log was opened again */
/** @typedef {Pick<import("seglog").OpenLogOptions, "retention" | "durability">} Policies */
/** @typedef {{ offset: number, time: number, value: Uint8Array }} Found */
/** @typedef {{ first: number, next: number, records: readonly Found[] }} FoundLog */

/**
 * The log as an array with a history: what was called, in order, and how much of it was
 * acknowledged. Whatever happens, the log holds the outcome of a prefix of the calls that holds
 * everything acknowledged.
 */
export class Model {
  /** @type {Intent[]} */
  intents = [];
  /** @type {FirstIntent[]} */
  firsts = [];
  /** Base offsets of all segments that were ever seen. @type {number[]} */
  bases = [];
  /** So many intents a power cut must not take. */
  durable = 0;
  /** So many intents a killed process must not take. */
  flushed = 0;
  /** The acknowledged first offset. */
  firstMin = 0;
  /** The next offset of a log whose `close` resolved. @type {number | undefined} */
  closedAt;
  /** The clock was never later. */
  clockMax = 0;
  /** Records made so far: each gets a number of its own. */
  serial = 0;
  /** @type {Policies} */
  policies;

  /** @param {Policies} policies */
  constructor(policies) {
    this.policies = policies;
  }

  get next() {
    return this.intents.at(-1)?.next ?? 0;
  }

  /** @param {readonly Uint8Array[]} values @returns {number} how many intents it was then */
  appended(values) {
    for (const [i, value] of values.entries()) {
      const offset = this.next;
      const ends = i === values.length - 1;
      this.intents.push({ kind: "record", offset, value, ends, time: -1, next: offset + 1 });
    }
    return this.intents.length;
  }

  /** @param {number} next @returns {number} how many intents it was then */
  cut(next) {
    return this.intents.push({ kind: "cut", next });
  }

  /** @param {number} count @param {"durable" | "flushed"} how */
  acknowledge(count, how) {
    this.flushed = Math.max(this.flushed, count);
    if (how === "durable") this.durable = Math.max(this.durable, count);
  }

  /**
   * Readers were given all before `offset`.
   *
   * @param {number} offset
   */
  committed(offset) {
    if ((this.policies.durability ?? "commit") !== "commit") return;
    const last = this.intents.findLastIndex(
      (intent) => intent.kind === "record" && intent.offset === offset - 1,
    );
    this.acknowledge(last + 1, "durable");
  }

  /** @param {number} offset */
  firstRequested(offset) {
    const after = this.intents.findLastIndex(({ kind }) => kind === "cut") + 1;
    this.firsts.push({ offset, after });
  }

  /** @param {number} offset */
  firstAcknowledged(offset) {
    this.firstMin = Math.max(this.firstMin, offset);
  }

  /** The records that are there when everything that was called is done, by offset. */
  live() {
    return liveRecords(this.intents, this.intents.length);
  }

  /** A copy of the moment, to be held against what is found later. */
  snapshot() {
    const copy = new Model(this.policies);
    Object.assign(copy, this, {
      intents: this.intents.slice(),
      firsts: this.firsts.slice(),
      bases: this.bases.slice(),
    });
    return copy;
  }

  /**
   * Holds what was found after reopening against what may be there, and goes on from it.
   *
   * @param {FoundLog} found
   * @param {Level} level
   */
  reopened(found, level) {
    // more may be there: what a refused truncateAfter was to cut
    if (this.closedAt !== undefined && found.next < this.closedAt) {
      throw new Violation(`close resolved at ${this.closedAt}, and the log ends at ${found.next}`);
    }
    this.closedAt = undefined;
    const all = this.intents.length;
    const min = { power: this.durable, kill: this.flushed, closed: all }[level];
    const done = matchHistory(this.intents, found, min);
    this.#checkFirst(found, done);
    checkTimes(found, this.clockMax);
    this.intents = this.intents.slice(0, done);
    this.flushed = done;
    // what is read as committed must be durable; with "os" a power cut may still take it
    const commits = level !== "kill" || (this.policies.durability ?? "commit") === "commit";
    this.durable = commits ? done : Math.min(this.durable, done);
    this.firsts = [];
    this.firstMin = found.first;
  }

  /** @param {FoundLog} found @param {number} done */
  #checkFirst({ first, next }, done) {
    if (first < this.firstMin) {
      throw new Violation(`firstOffset ${first} is below the acknowledged ${this.firstMin}`);
    }
    if (first === this.firstMin) return;
    if (this.firsts.some(({ offset, after }) => offset === first && after <= done)) return;
    if (retentionMayDrop(first, this)) return;
    const asked = this.firsts.map(({ offset }) => offset).join(" ");
    throw new Violation(
      `firstOffset ${first} of ${next} was never asked for (acknowledged ${this.firstMin}, asked ${asked})`,
    );
  }
}
