// What an append costs in each layer, in ns of the calls alone: `node bench/layers.mjs [bytes]`.
// Each line is over the one before; the 10th of 100 parts and the median of slices of some thousand
// records, since what else runs on the machine makes most of them slower and none faster.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { openMappedIndex } from "@seglog/index";
import { openLog as openSegmentedLog } from "@seglog/log";
import { openDirectoryCatalog, openSegment } from "@seglog/segment";
import { openFileStore } from "@seglog/store";
import { openLog } from "seglog";

/**
 * @typedef {object} Layer
 * @property {(value: Uint8Array, n: number) => unknown} append
 * @property {() => Promise<unknown>} flush
 * @property {() => Promise<unknown>} close
 */

const RECORDS = 1_000_000;
const ROUNDS = 4;
const SEGMENT = { segmentBytesMax: 2 ** 30 };
const fs = nodeFileSystem();
const bytes = Number(process.argv[2] ?? 10);
const value = new Uint8Array(bytes).fill(7);
const slice = Math.min(10_000, Math.floor(200_000 / (1 + bytes / 100)));

/** @type {Record<string, (directory: string) => Promise<Layer>>} */
const layers = {
  async index(directory) {
    const index = await openMappedIndex({ fs, path: join(directory, "i") });
    return {
      append: (_, n) => index.write(n, n * 30),
      flush: async () => {},
      close: () => index.close(),
    };
  },
  async store(directory) {
    const store = await openFileStore({ fs, path: join(directory, "s") });
    const options = Object.freeze({ head: new Uint8Array(8) });
    return {
      append: (record) => store.append(record, options),
      flush: () => store.flush(),
      close: () => store.close(),
    };
  },
  async segment(directory) {
    const store = await openFileStore({ fs, path: join(directory, "s") });
    const index = await openMappedIndex({ fs, path: join(directory, "i") });
    const segment = await openSegment({ baseOffset: 0, store, index, ...SEGMENT });
    return {
      append: (record) => segment.append(record, 1e12, false),
      flush: () => segment.flush(),
      close: () => segment.close(),
    };
  },
  async log(directory) {
    const openIndex = (/** @type {import("@seglog/segment").OpenIndexRequest} */ request) =>
      openMappedIndex({ fs, path: request.path });
    const options = { fs, directory, openStore: openFileStore, openIndex, ...SEGMENT };
    const log = await openSegmentedLog(await openDirectoryCatalog(options), {});
    return {
      append: (record) => log.append(record),
      flush: () => log.flush(),
      close: () => log.close(),
    };
  },
  async "seglog, write"(directory) {
    const log = await openLog(directory, SEGMENT);
    return {
      append: (record) => log.write(record),
      flush: () => log.sync(),
      close: () => log.close(),
    };
  },
};

for (const [name, open] of Object.entries(layers)) {
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const directory = mkdtempSync(join(tmpdir(), "seglog-layers-"));
    const { append, flush, close } = await open(directory);
    for (let n = 0; n < RECORDS; ) {
      const from = n;
      const to = Math.min(RECORDS, n + slice);
      const begun = performance.now();
      for (; n < to; n++) append(value, n);
      const ns = ((performance.now() - begun) * 1e6) / (to - from);
      if (round > 0) times.push(ns); // the first compiles
      await flush();
    }
    await close();
    rmSync(directory, { recursive: true });
  }
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ part) =>
    (times[Math.floor(part * times.length)] ?? 0).toFixed(0);
  console.log(`${name.padEnd(14)} ${at(0.1).padStart(5)} ns, median ${at(0.5)} ns`);
}
