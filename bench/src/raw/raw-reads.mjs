import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { baseline, freshDirectory } from "../contenders.mjs";
import { frameBytesOf } from "../frame-bytes.mjs";
import { firstByteOf } from "../records.mjs";
import { readFor } from "../workloads/read.mjs";

/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */

const CHUNK_BYTES = 2 ** 20;

/**
 * @param {Context} context
 * @param {{ count: number, recordBytes: number }} what
 * @returns {Contender[]}
 */
export function rawReads(context, what) {
  return [
    baseline(
      "raw-pread",
      "one pread per record",
      "`readSync` of the record alone, its position in memory",
      () => preparePreads(context, what),
    ),
    baseline("raw-memcpy", "copy in memory", "all records in one buffer, `slice` of each", () =>
      prepareCopies(context, what),
    ),
  ];
}

/**
 * A flat file, read from the beginning to the end.
 *
 * @param {Context} context
 * @param {{ count: number, recordBytes: number }} what
 * @returns {Contender[]}
 */
export function rawScans({ directory }, { count, recordBytes }) {
  const bytes = count * frameBytesOf(recordBytes);
  /** @type {(verify: boolean) => () => Promise<import("../contract.ts").Runner>} */
  const prepare = (verify) => async () => {
    const own = await freshDirectory(directory);
    const path = join(own, "flat");
    writeFileSync(path, Buffer.alloc(bytes, "x"));
    const file = openSync(path, "r");
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    return {
      round: async () => {
        const from = performance.now();
        let position = 0;
        while (position < bytes) {
          const length = readSync(file, chunk, 0, CHUNK_BYTES, position);
          if (verify) crc32(length === CHUNK_BYTES ? chunk : chunk.subarray(0, length));
          position += length;
        }
        if (position !== bytes) throw new Error(`${position} of ${bytes} bytes read`);
        return { recordsPerSecond: (1000 * count) / (performance.now() - from) };
      },
      close: async () => {
        closeSync(file);
        await rm(own, { recursive: true });
      },
    };
  };
  const how = "the framed bytes in chunks of 1 MiB, `readSync`";
  return [
    baseline("raw-read", "raw sequential read", how, prepare(false)),
    baseline(
      "raw-verify",
      "raw sequential read, CRC-32",
      `${how}, \`zlib.crc32\` over each chunk`,
      prepare(true),
    ),
  ];
}

/**
 * @param {Context} context
 * @param {{ count: number, recordBytes: number }} what
 */
async function preparePreads({ directory, sizes }, { count, recordBytes }) {
  const own = await freshDirectory(directory);
  const path = join(own, "flat");
  writeFileSync(path, flatRecords(count, recordBytes));
  const positions = Float64Array.from({ length: count }, (_, number) => number * recordBytes);
  const file = openSync(path, "r");
  const readMany = async (/** @type {Uint32Array} */ numbers) => {
    let bytes = 0;
    let sum = 0;
    for (const number of numbers) {
      const value = Buffer.allocUnsafe(recordBytes);
      bytes += readSync(file, value, 0, recordBytes, positions[number] ?? 0);
      sum += value[0] ?? 0;
    }
    return { records: numbers.length, bytes, sum };
  };
  return {
    round: () => readFor(readMany, { count, recordBytes, forMs: sizes.roundMs }),
    close: async () => {
      closeSync(file);
      await rm(own, { recursive: true });
    },
  };
}

/**
 * @param {Context} context
 * @param {{ count: number, recordBytes: number }} what
 */
async function prepareCopies({ sizes }, { count, recordBytes }) {
  const all = new Uint8Array(flatRecords(count, recordBytes).buffer);
  const readMany = async (/** @type {Uint32Array} */ numbers) => {
    let bytes = 0;
    let sum = 0;
    for (const number of numbers) {
      const value = all.slice(number * recordBytes, (number + 1) * recordBytes);
      bytes += value.length;
      sum += value[0] ?? 0;
    }
    return { records: numbers.length, bytes, sum };
  };
  return {
    round: () => readFor(readMany, { count, recordBytes, forMs: sizes.roundMs }),
    close: async () => {},
  };
}

/**
 * @param {number} count
 * @param {number} recordBytes
 */
function flatRecords(count, recordBytes) {
  const bytes = Buffer.alloc(count * recordBytes, "x");
  for (let number = 0; number < count; number++) bytes[number * recordBytes] = firstByteOf(number);
  return bytes;
}
