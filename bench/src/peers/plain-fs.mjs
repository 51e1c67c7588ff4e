import { close, constants, fdatasync, fstat, open, readSync, write } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { groupAppends } from "../group-appends.mjs";

/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Seen} Seen */

const openFile = promisify(open);
const closeFile = promisify(close);
const writeFile = promisify(write);
const syncFile = promisify(fdatasync);
const statFile = promisify(fstat);

const LENGTH_BYTES = 4;
const CHUNK_BYTES = 2 ** 20;

/**
 * What one would write oneself: a length and the bytes, a group of callers in one write through a
 * descriptor that syncs each write. No checksum, no recovery, no index on the disk.
 *
 * @type {Peer}
 */
export const plainFs = Object.freeze({
  id: "plain-fs",
  name: "plain `fs`",
  package: undefined,
  durable: true,
  settings: Object.freeze({
    write: "length and bytes into 1 MiB chunks, `write`, closing `fdatasync`",
    durable: "group commit in 40 lines: one `write` through an `O_DSYNC` descriptor for each group",
    scan: "1 MiB chunks, by the lengths in them; nothing verified",
  }),
  open: async (/** @type {string} */ directory, /** @type {string} */ purpose) => {
    const sync = purpose === "durable" ? constants.O_DSYNC : 0;
    const path = join(directory, "plain.log");
    const file = await openFile(path, constants.O_RDWR | constants.O_CREAT | sync, 0o644);
    const { size } = await statFile(file);
    return new PlainFile(file, size);
  },
});

class PlainFile {
  #file;
  #position;
  #syncs = 0;
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  append = groupAppends((records) => this.#commit(records));

  /**
   * @param {number} file
   * @param {number} position
   */
  constructor(file, position) {
    this.#file = file;
    this.#position = position;
  }

  /**
   * @param {readonly Uint8Array[]} records
   * @param {number} count
   */
  async writeSingles(records, count) {
    let filled = 0;
    let kind = 0;
    for (let i = 0; i < count; i++) {
      const record = /** @type {Uint8Array} */ (records[kind]);
      if (++kind === records.length) kind = 0;
      if (filled + LENGTH_BYTES + record.length > this.#chunk.length) {
        await this.#writeChunk(filled);
        filled = 0;
      }
      filled = this.#put(record, filled);
    }
    await this.#writeChunk(filled);
  }

  async sync() {
    await syncFile(this.#file);
  }

  /** @returns {Promise<Seen>} */
  async scan() {
    let records = 0;
    let bytes = 0;
    let sum = 0;
    const chunk = this.#chunk;
    for (let position = 0; position < this.#position; ) {
      const end = readSync(this.#file, chunk, 0, chunk.length, position);
      let at = 0;
      while (at + LENGTH_BYTES <= end) {
        const length = chunk.readUInt32LE(at);
        const next = at + LENGTH_BYTES + length;
        if (next > end) break;
        const record = new Uint8Array(chunk.buffer, chunk.byteOffset + at + LENGTH_BYTES, length);
        records++;
        bytes += record.length;
        sum += record[0] ?? 0;
        at = next;
      }
      position += at;
    }
    return { records, bytes, sum };
  }

  syncs() {
    return this.#syncs;
  }

  async close() {
    await closeFile(this.#file);
  }

  /** @param {readonly Uint8Array[]} records */
  async #commit(records) {
    let length = 0;
    for (const record of records) length += LENGTH_BYTES + record.length;
    if (length > this.#chunk.length) this.#chunk = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    for (const record of records) filled = this.#put(record, filled);
    await this.#writeChunk(filled);
    this.#syncs++;
  }

  /**
   * @param {Uint8Array} record
   * @param {number} at
   */
  #put(record, at) {
    this.#chunk.writeUInt32LE(record.length, at);
    this.#chunk.set(record, at + LENGTH_BYTES);
    return at + LENGTH_BYTES + record.length;
  }

  /** @param {number} length */
  async #writeChunk(length) {
    const { bytesWritten } = await writeFile(this.#file, this.#chunk, 0, length, this.#position);
    if (bytesWritten !== length) throw new Error(`${bytesWritten} of ${length} bytes written`);
    this.#position += length;
  }
}
