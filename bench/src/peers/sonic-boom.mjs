import { once } from "node:events";
import { fdatasync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import sonicBoom from "sonic-boom";
import { groupAppends } from "../group-appends.mjs";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */

const syncFile = promisify(fdatasync);

/** So much may lie in its buffers; it says "enough" from 16 KiB on, and takes more all the same. */
const BUFFERED_BYTES_MAX = 8 * 2 ** 20;

/**
 * Text lines without framing, and nothing to read them with.
 *
 * @param {string} directory
 * @param {import("../contract.ts").Purpose} purpose
 * @returns {Promise<PeerStore>}
 */
export async function openSonicBoom(directory, purpose) {
  const stream = new sonicBoom.SonicBoom({
    dest: join(directory, "lines.log"),
    minLength: purpose === "durable" ? 0 : 64 * 1024,
    maxWrite: 2 ** 20,
    contentMode: "buffer",
    sync: purpose !== "durable",
  });
  await once(stream, "ready");
  const { fd } = /** @type {typeof stream & { fd: number }} */ (stream);
  // the types know text only
  const write = /** @type {(line: Buffer) => boolean} */ (
    /** @type {unknown} */ (stream.write.bind(stream))
  );
  let syncs = 0;
  /** Writes what is buffered, and syncs. @type {() => Promise<void>} */
  const flush = () =>
    new Promise((resolve, reject) => {
      stream.flush((error) => (error ? reject(error) : resolve()));
    });
  return {
    append: groupAppends(async (records) => {
      for (const record of records) write(lineOf(record));
      await flush();
      syncs++;
    }),
    writeSingles: async (records, count) => {
      const lines = records.map(lineOf);
      let buffered = 0;
      for (let i = 0; i < count; i++) {
        const line = /** @type {Buffer} */ (lines[i % lines.length]);
        const more = write(line);
        buffered += line.length;
        if (buffered < BUFFERED_BYTES_MAX) continue;
        if (!more) await once(stream, "drain");
        buffered = 0;
      }
    },
    sync: async () => {
      await flush();
      await syncFile(fd);
    },
    syncs: () => syncs,
    close: async () => {
      stream.end();
      await once(stream, "close");
    },
  };
}

/** A caller who has lines does not pay for making them. */
const linesOf = new WeakMap();

/**
 * @param {Uint8Array} record
 * @returns {Buffer}
 */
function lineOf(record) {
  let line = linesOf.get(record);
  if (line === undefined) {
    line = Buffer.concat([record, Buffer.from("\n")]);
    linesOf.set(record, line);
  }
  return line;
}
