import { closeSync, constants, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { baseline, freshDirectory } from "../contenders.mjs";
import { Latencies } from "../latencies.mjs";
import { makeWrittenFile } from "./written-file.mjs";

/** @typedef {import("../contract.ts").Contender} Contender */
/** @typedef {import("../contract.ts").Context} Context */

const FILE_BYTES = 16 * 2 ** 20;

/**
 * One caller who writes a record and waits for the disk, in a bare synchronous loop.
 *
 * @param {Context} context
 * @param {number} frameBytes
 * @returns {Contender[]}
 */
export function rawSyncs(context, frameBytes) {
  const loop = (/** @type {{ written: boolean, flags: number }} */ how) => () =>
    prepareLoop(context, frameBytes, how);
  return [
    baseline(
      "raw-overwrite",
      "raw write + fdatasync, written blocks",
      "`writeSync`, `fdatasyncSync`, one record at a time, over blocks that hold written zeros",
      loop({ written: true, flags: 0 }),
    ),
    baseline(
      "raw-growing",
      "raw write + fdatasync, growing file",
      "`writeSync`, `fdatasyncSync`, one record at a time, each behind the last",
      loop({ written: false, flags: 0 }),
    ),
    baseline(
      "raw-dsync",
      "raw O_DSYNC write, written blocks",
      "`writeSync` through an `O_DSYNC` descriptor, over blocks that hold written zeros",
      loop({ written: true, flags: constants.O_DSYNC }),
    ),
  ];
}

/**
 * @param {Context} context
 * @param {number} frameBytes
 * @param {{ written: boolean, flags: number }} how
 */
async function prepareLoop({ directory, sizes }, frameBytes, { written, flags }) {
  const path = join(await freshDirectory(directory), "raw");
  const bytes = written ? makeWrittenFile(path, FILE_BYTES) : Number.POSITIVE_INFINITY;
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | flags, 0o644);
  const frame = Buffer.alloc(frameBytes, "x");
  let position = 0;
  return {
    round: async () => {
      const latencies = new Latencies();
      const from = performance.now();
      let now = from;
      while (now - from < sizes.roundMs) {
        if (position + frameBytes > bytes) position = 0;
        writeSync(file, frame, 0, frameBytes, position);
        if (flags === 0) fdatasyncSync(file);
        position += frameBytes;
        const before = now;
        now = performance.now();
        latencies.add(now - before);
      }
      return {
        acksPerSecond: (1000 * latencies.count) / (now - from),
        p50Ms: latencies.quantile(0.5),
        p99Ms: latencies.quantile(0.99),
        syncsPerSecond: (1000 * latencies.count) / (now - from),
      };
    },
    close: async () => closeSync(file),
  };
}
