import { join } from "node:path";
import { promisify } from "node:util";
import OffsetLog from "async-append-only-log";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */
/** @typedef {import("../contract.ts").Seen} Seen */

const READS_AT_ONCE = 64;
/** A length has 16 bits, and lies in a block of 64 KiB with its record. */
const RECORD_BYTES_LIMIT = 65_532;

/**
 * @param {string} directory
 * @param {import("../contract.ts").Purpose} _purpose
 * @param {number} [recordBytesMax]
 * @returns {Promise<PeerStore>}
 */
export async function openAsyncAppendOnlyLog(directory, _purpose, recordBytesMax = 0) {
  if (recordBytesMax > RECORD_BYTES_LIMIT) {
    throw new Error(`its records have at most ${RECORD_BYTES_LIMIT} bytes`);
  }
  const log = OffsetLog(join(directory, "async.log"), { blockSize: 64 * 1024, writeTimeout: 1 });
  await new Promise((resolve) => log.onDrain(() => resolve(undefined)));
  const append = promisify(log.append);
  const get = promisify(log.get);
  const drained = () => new Promise((resolve) => log.onDrain(() => resolve(undefined)));
  /** @type {number[]} */
  const offsets = [];
  /** @type {(records: readonly Uint8Array[], count: number) => Promise<void>} */
  const write = async (records, count) => {
    const keep = (/** @type {unknown} */ _error, /** @type {number} */ offset) => {
      offsets.push(offset);
    };
    for (let i = 0; i < count; i++) {
      log.append(/** @type {Uint8Array} */ (records[i % records.length]), keep);
      if (i % 100_000 === 99_999) await drained(); // else all of it would stay in memory
    }
  };
  return {
    append: async (record) => {
      await append(record);
      await drained();
    },
    writeSingles: write,
    sync: async () => {
      await drained();
    },
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      let at = 0;
      const read = async () => {
        while (at < numbers.length) {
          const number = /** @type {number} */ (numbers[at++]);
          const value = await get(/** @type {number} */ (offsets[number]));
          bytes += value.length;
          sum += value[0] ?? 0;
        }
      };
      await Promise.all(Array.from({ length: READS_AT_ONCE }, read));
      return { records: numbers.length, bytes, sum };
    },
    scan: () => scan(log),
    close: promisify(log.close),
  };
}

/**
 * @param {ReturnType<typeof OffsetLog>} log
 * @returns {Promise<Seen>}
 */
function scan(log) {
  return new Promise((resolve, reject) => {
    let records = 0;
    let bytes = 0;
    let sum = 0;
    log.stream({ offsets: false }).pipe({
      paused: false,
      write: (/** @type {Uint8Array} */ value) => {
        records++;
        bytes += value.length;
        sum += value[0] ?? 0;
      },
      end: (/** @type {unknown} */ error) => {
        if (error) reject(error);
        else resolve({ records, bytes, sum });
      },
    });
  });
}
