import { join } from "node:path";
import { json, openLog } from "seglog";

/**
 * One entry of the replicated log, as the log has it; its index is told by its offset.
 *
 * @typedef {{ term: number, command: unknown }} Entry
 */

/**
 * What a server must know after a restart beside its entries. `base` is the index of the record at
 * offset 0, were it there: `index = offset + base`. Entries before `index` are in the snapshot, and
 * records before `offset` are none of ours any more.
 *
 * @typedef {object} Meta
 * @property {number} term  the latest that this server has seen
 * @property {string | null} votedFor  whom it voted for in that term
 * @property {{ index: number, term: number, data: unknown }} snapshot  of the state after `index`
 * @property {number} base
 * @property {number} firstOffset
 */

/** @type {import("seglog").Codec<Entry>} */
const ENTRIES = json();
/** @type {import("seglog").Codec<Meta>} */
const METAS = json();

/** @type {Meta} */
const NEW = Object.freeze({
  term: 0,
  votedFor: null,
  snapshot: Object.freeze({ index: 0, term: 0, data: null }),
  base: 1,
  firstOffset: 0,
});

/**
 * The persistent state of a Raft server (figure 2 of the paper): term, vote, log; and snapshots.
 * One call at a time, as a server makes them.
 */
export class RaftLog {
  /** @type {import("seglog").Seglog<Entry, Entry>} */
  #entries;
  /** @type {import("seglog").Seglog<Meta, Meta>} */
  #metas;
  /** @type {Meta} */
  #meta;

  /**
   * @param {import("seglog").Seglog<Entry, Entry>} entries
   * @param {import("seglog").Seglog<Meta, Meta>} metas
   * @param {Meta} meta
   */
  constructor(entries, metas, meta) {
    this.#entries = entries;
    this.#metas = metas;
    this.#meta = meta;
  }

  /**
   * @param {string} directory
   * @returns {Promise<RaftLog>}
   */
  static async open(directory) {
    const metas = await openLog(join(directory, "meta"), { codec: METAS });
    const entries = await openLog(join(directory, "entries"), {
      codec: ENTRIES,
      segmentBytesMax: 2 ** 20,
    });
    const last = metas.offsetRange()?.highest;
    const meta = last === undefined ? NEW : metas.read(last).value;
    // what a crash cut short between the new meta and the drop that it tells of
    if (entries.firstOffset < meta.firstOffset) await entries.truncateBefore(meta.firstOffset);
    return new RaftLog(entries, metas, meta);
  }

  get term() {
    return this.#meta.term;
  }

  get votedFor() {
    return this.#meta.votedFor;
  }

  get snapshot() {
    return this.#meta.snapshot;
  }

  /** Index of the first entry that is still here, one past the snapshot's. */
  get firstIndex() {
    return this.#entries.firstOffset + this.#meta.base;
  }

  get lastIndex() {
    return this.#entries.nextOffset - 1 + this.#meta.base;
  }

  get lastTerm() {
    return this.termAt(this.lastIndex) ?? 0;
  }

  /**
   * Term of the entry at `index`; `undefined` where there is none, or only the snapshot knows.
   *
   * @param {number} index
   */
  termAt(index) {
    const { snapshot } = this.#meta;
    if (index === snapshot.index) return snapshot.term;
    if (index < this.firstIndex || index > this.lastIndex) return undefined;
    return this.#read(index).term;
  }

  /**
   * The entries `[from, to)`, for a follower.
   *
   * @param {number} from
   * @param {number} to
   * @returns {Entry[]}
   */
  entries(from, to) {
    return Array.from({ length: to - from }, (_, i) => this.#read(from + i));
  }

  /**
   * Durable before a vote or a term is told to anybody.
   *
   * @param {number} term
   * @param {string | null} votedFor
   */
  async saveVote(term, votedFor) {
    await this.#save({ ...this.#meta, term, votedFor });
  }

  /**
   * What a leader does with a command: the entry's index, once it is durable here.
   *
   * @param {Entry} entry
   */
  async append(entry) {
    const { base } = this.#meta;
    return (await this.#entries.append(entry)) + base;
  }

  /**
   * What a follower does with AppendEntries: refuses where the entry before is another one; drops
   * what contradicts the leader; appends what is new, and resolves once that is durable. An entry
   * that is here already is left alone, so that a message that comes late or twice harms nothing.
   *
   * @param {{ prevIndex: number, prevTerm: number, entries: readonly Entry[] }} message
   * @returns {Promise<boolean>}
   */
  async appendEntries({ prevIndex, prevTerm, entries }) {
    const { snapshot } = this.#meta;
    const known = prevIndex < snapshot.index || this.termAt(prevIndex) === prevTerm;
    if (!known) return false;
    let index = prevIndex + 1;
    let at = 0;
    while (at < entries.length && this.#has(index, entries[at])) {
      index++;
      at++;
    }
    const rest = entries.slice(at);
    if (rest.length === 0) return true;
    if (index <= this.lastIndex) await this.#entries.truncateAfter(this.#offsetOf(index - 1));
    await this.#entries.appendBatch(rest);
    return true;
  }

  /**
   * The state machine's state after `index`: the entries up to there are dropped.
   *
   * @param {number} index
   * @param {unknown} data
   */
  async compact(index, data) {
    const term = this.termAt(index);
    if (term === undefined || index <= this.#meta.snapshot.index) return;
    const firstOffset = this.#offsetOf(index + 1);
    await this.#save({ ...this.#meta, snapshot: { index, term, data }, firstOffset });
    await this.#entries.truncateBefore(firstOffset);
  }

  /**
   * A leader's snapshot (InstallSnapshot). Entries behind it stay only where the log has the
   * snapshot's last entry; else all go, and the next record has the index after the snapshot.
   *
   * @param {{ index: number, term: number, data: unknown }} snapshot
   */
  async installSnapshot(snapshot) {
    const { index, term, data } = snapshot;
    if (index <= this.#meta.snapshot.index) return;
    if (this.termAt(index) === term) {
      await this.compact(index, data);
      return;
    }
    await this.#entries.sync(); // else a crash could take offsets that the meta counts on
    const firstOffset = this.#entries.nextOffset;
    await this.#save({ ...this.#meta, snapshot, base: index + 1 - firstOffset, firstOffset });
    await this.#entries.truncateBefore(firstOffset);
  }

  async close() {
    await this.#entries.close();
    await this.#metas.close();
  }

  /** @param {Meta} meta */
  async #save(meta) {
    const at = await this.#metas.append(meta);
    this.#meta = meta;
    await this.#metas.truncateBefore(at);
  }

  /** @param {number} index @param {Entry | undefined} entry */
  #has(index, entry) {
    return index <= this.#meta.snapshot.index || this.termAt(index) === entry?.term;
  }

  /** @param {number} index */
  #read(index) {
    // Raft decides on what it has; what is not durable yet it has, too
    return this.#entries.read(this.#offsetOf(index), { uncommitted: true }).value;
  }

  /** @param {number} index */
  #offsetOf(index) {
    return index - this.#meta.base;
  }
}
