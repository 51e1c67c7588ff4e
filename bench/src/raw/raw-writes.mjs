import { closeSync, fdatasync, fdatasyncSync, openSync, write, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { baseline, freshDirectory, freshEachRound } from "../contenders.mjs";
import { alignedBytes, DIRECT, makeWrittenFile } from "./written-file.mjs";

/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */

const CHUNK_BYTES = 2 ** 20;
const writeAt = promisify(write);
const sync = promisify(fdatasync);

/**
 * The framed bytes of `count` records, handed to the OS in chunks of 1 MiB, then synced.
 *
 * @param {Context} context
 * @param {{ count: number, frameBytes: number }} what
 * @returns {Contender}
 */
export function rawBufferedWrites({ directory }, { count, frameBytes }) {
  return baseline(
    "raw-buffered",
    "raw buffered write",
    "the same framed bytes in chunks of 1 MiB, `writeSync`; closing `fdatasyncSync`",
    async () =>
      freshEachRound(directory, async (own) => {
        const chunk = Buffer.alloc(CHUNK_BYTES, "x");
        const bytes = count * frameBytes;
        const file = openSync(join(own, "raw"), "w");
        const from = performance.now();
        for (let position = 0; position < bytes; position += CHUNK_BYTES) {
          writeSync(file, chunk, 0, Math.min(CHUNK_BYTES, bytes - position), position);
        }
        const called = performance.now() - from;
        fdatasyncSync(file);
        const synced = performance.now() - from;
        closeSync(file);
        return {
          callsPerSecond: (1000 * count) / called,
          syncedPerSecond: (1000 * count) / synced,
        };
      }),
  );
}

/**
 * The framed bytes of `count` records made durable as fast as the disk takes them.
 *
 * @param {Context} context
 * @param {{ count: number, frameBytes: number }} what
 * @returns {Contender[]}
 */
export function rawStreams(context, { count, frameBytes }) {
  const chunks = Math.ceil((count * frameBytes) / CHUNK_BYTES);
  const direct = (/** @type {number} */ inFlight) => () =>
    prepareDirect(context, { chunks, inFlight, recordsPerChunk: count / chunks });
  const how = "`O_DIRECT` and `O_DSYNC`, aligned chunks of 1 MiB, over blocks that hold zeros";
  return [
    baseline("raw-direct-3", "raw direct writes, 3 in flight", `${how}, three at once`, direct(3)),
    baseline("raw-direct", "raw direct writes", `${how}, one at a time`, direct(1)),
    baseline(
      "raw-buffered",
      "raw buffered writes + fdatasync",
      "chunks of 1 MiB behind each other, `write`; closing `fdatasync`",
      async () => prepareBuffered(context, { chunks, recordsPerChunk: count / chunks }),
    ),
  ];
}

/**
 * @param {Context} context
 * @param {{ chunks: number, inFlight: number, recordsPerChunk: number }} what
 */
async function prepareDirect({ directory }, { chunks, inFlight, recordsPerChunk }) {
  const path = join(await freshDirectory(directory), "raw");
  makeWrittenFile(path, chunks * CHUNK_BYTES);
  const file = openSync(path, DIRECT);
  const chunk = alignedBytes(CHUNK_BYTES).fill(120);
  writeSync(file, chunk, 0, CHUNK_BYTES, 0); // some file systems take the flag and refuse the call
  return {
    round: async () => {
      let next = 0;
      const from = performance.now();
      const writer = async () => {
        while (next < chunks) await writeAt(file, chunk, 0, CHUNK_BYTES, next++ * CHUNK_BYTES);
      };
      await Promise.all(Array.from({ length: inFlight }, writer));
      return sampleOf(chunks, recordsPerChunk, performance.now() - from);
    },
    close: async () => closeSync(file),
  };
}

/**
 * @param {Context} context
 * @param {{ chunks: number, recordsPerChunk: number }} what
 */
function prepareBuffered({ directory }, { chunks, recordsPerChunk }) {
  return freshEachRound(directory, async (own) => {
    const chunk = Buffer.alloc(CHUNK_BYTES, "x");
    const file = openSync(join(own, "raw"), "w");
    const from = performance.now();
    for (let n = 0; n < chunks; n++) await writeAt(file, chunk, 0, CHUNK_BYTES, n * CHUNK_BYTES);
    await sync(file);
    const elapsed = performance.now() - from;
    closeSync(file);
    return sampleOf(chunks, recordsPerChunk, elapsed);
  });
}

/**
 * @param {number} chunks
 * @param {number} recordsPerChunk
 * @param {number} elapsedMs
 */
function sampleOf(chunks, recordsPerChunk, elapsedMs) {
  return {
    recordsPerSecond: (1000 * chunks * recordsPerChunk) / elapsedMs,
    mibPerSecond: (1000 * chunks * CHUNK_BYTES) / 2 ** 20 / elapsedMs,
  };
}
