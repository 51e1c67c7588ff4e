import { json, openLog } from "seglog";

/**
 * One change, as the log has it: a value, or none where the key was deleted.
 *
 * @typedef {{ key: string, value?: string }} Change
 */

/** @type {import("seglog").Codec<Change>} */
const CHANGES = json();

/** A map that survives: what `set` and `delete` resolved with is there after any crash. */
export class KeyValueStore {
  /** @type {import("seglog").Seglog<Change, Change>} */
  #log;
  /** @type {Map<string, string>} */
  #values = new Map();
  /** Changes that are in the log and not acknowledged. @type {Set<Promise<void>>} */
  #writing = new Set();
  /** Changes wait for it. @type {Promise<void> | undefined} */
  #compacting;

  /** @param {import("seglog").Seglog<Change, Change>} log */
  constructor(log) {
    this.#log = log;
  }

  /**
   * Recovery: the log from begin to end, in order.
   *
   * @param {string} directory
   * @returns {Promise<KeyValueStore>}
   */
  static async open(directory) {
    const log = await openLog(directory, { codec: CHANGES, segmentBytesMax: 64 * 1024 });
    const store = new KeyValueStore(log);
    for await (const { value } of log.records()) store.#apply(value);
    return store;
  }

  /** How many keys there are. */
  get size() {
    return this.#values.size;
  }

  /** Records in the log; more than keys, until the next compaction. */
  get records() {
    return this.#log.nextOffset - this.#log.firstOffset;
  }

  /** @param {string} key */
  get(key) {
    return this.#values.get(key);
  }

  keys() {
    return this.#values.keys();
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    return this.#change({ key, value });
  }

  /** @param {string} key */
  delete(key) {
    return this.#change({ key });
  }

  /**
   * Writes each key once more, and drops everything before. A batch is in the log as a whole or not
   * at all, and the drop follows it: a crash leaves the old records, with the new ones or without.
   */
  async compact() {
    while (this.#compacting !== undefined) await this.#compacting;
    this.#compacting = this.#compact().finally(() => {
      this.#compacting = undefined;
    });
    await this.#compacting;
  }

  async close() {
    await this.#log.close();
  }

  /** @param {Change} change */
  async #change(change) {
    while (this.#compacting !== undefined) await this.#compacting;
    // first the log, then the map: nobody reads what a crash could take back
    const written = this.#log.append(change).then(() => this.#apply(change));
    this.#writing.add(written);
    await written.finally(() => this.#writing.delete(written));
  }

  async #compact() {
    await Promise.allSettled(this.#writing);
    const changes = [...this.#values].map(([key, value]) => ({ key, value }));
    const { nextOffset } = this.#log;
    const first = changes.length === 0 ? nextOffset : await this.#log.appendBatch(changes);
    await this.#log.truncateBefore(first);
  }

  /** @param {Change} change */
  #apply({ key, value }) {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }
}
