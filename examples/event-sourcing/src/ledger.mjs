import { join } from "node:path";
import { json, openLog } from "seglog";
import { decide, evolve } from "./account.mjs";

/** @typedef {import("./account.mjs").Accounts} Accounts */
/** @typedef {import("./account.mjs").AccountEvent} AccountEvent */
/** @typedef {import("./account.mjs").Command} Command */

/**
 * The state after the events before `offset`.
 *
 * @typedef {{ offset: number, accounts: [string, number][] }} Snapshot
 */

/** @type {import("seglog").Codec<AccountEvent>} */
const EVENTS = json();
/** @type {import("seglog").Codec<Snapshot>} */
const SNAPSHOTS = json();

/** Accounts, rebuilt from their last snapshot and the events since. */
export class Ledger {
  /** @type {import("seglog").Seglog<AccountEvent, AccountEvent>} */
  #events;
  /** @type {import("seglog").Seglog<Snapshot, Snapshot>} */
  #snapshots;
  /** The state of now, with what is not durable yet. @type {Accounts} */
  #accounts;
  /** The state that no crash takes back. @type {{ offset: number, accounts: Accounts }} */
  #durable;
  /** Events that opening read. */
  replayed = 0;
  /** @type {unknown} */
  #failure;

  /**
   * @param {import("seglog").Seglog<AccountEvent, AccountEvent>} events
   * @param {import("seglog").Seglog<Snapshot, Snapshot>} snapshots
   * @param {Accounts} accounts
   */
  constructor(events, snapshots, accounts) {
    this.#events = events;
    this.#snapshots = snapshots;
    this.#accounts = accounts;
    this.#durable = { offset: 0, accounts };
  }

  /**
   * @param {string} directory
   * @returns {Promise<Ledger>}
   */
  static async open(directory) {
    const snapshots = await openLog(join(directory, "snapshots"), { codec: SNAPSHOTS });
    const events = await openLog(join(directory, "events"), {
      codec: EVENTS,
      segmentBytesMax: 16 * 1024,
    });
    const last = snapshots.offsetRange()?.highest;
    /** @type {Snapshot} */
    const snapshot = last === undefined ? { offset: 0, accounts: [] } : snapshots.read(last).value;
    const ledger = new Ledger(events, snapshots, new Map(snapshot.accounts));
    for await (const { value } of events.records({ from: snapshot.offset })) {
      ledger.#accounts = evolve(ledger.#accounts, value);
      ledger.replayed++;
    }
    ledger.#durable = { offset: events.nextOffset, accounts: ledger.#accounts };
    return ledger;
  }

  /** The first event that is still kept. */
  get firstOffset() {
    return this.#events.firstOffset;
  }

  get nextOffset() {
    return this.#events.nextOffset;
  }

  /** @param {string} account */
  balance(account) {
    return this.#accounts.get(account);
  }

  /** Sum of all accounts. */
  get total() {
    return [...this.#accounts.values()].reduce((sum, balance) => sum + balance, 0);
  }

  /**
   * Carries out a command, and resolves once its events are durable: all of them or, after a crash,
   * none. Decision, append and new state are one step without an `await`: a command sees the events
   * of all before it, also those that are not durable yet, and so no account is overdrawn.
   *
   * @param {Command} command
   */
  async execute(command) {
    if (this.#failure !== undefined) throw this.#failure;
    const events = decide(this.#accounts, command); // throws where it is refused
    const durable = this.#events.appendBatch(events);
    const accounts = events.reduce(evolve, this.#accounts);
    this.#accounts = accounts;
    try {
      const first = await durable; // in the order of the calls
      this.#durable = { offset: first + events.length, accounts };
      return first;
    } catch (error) {
      this.#failure = error; // the state has what the log has not: open it anew
      throw error;
    }
  }

  /**
   * Keeps the durable state, and drops the events that led to it. First the snapshot, then the
   * drop: after a crash in between the events are there, and not needed. Offsets stay as they were.
   */
  async snapshot() {
    const { offset, accounts } = this.#durable;
    const at = await this.#snapshots.append({ offset, accounts: [...accounts] });
    await this.#events.truncateBefore(offset);
    await this.#snapshots.truncateBefore(at);
  }

  async close() {
    await this.#events.close();
    await this.#snapshots.close();
  }
}
