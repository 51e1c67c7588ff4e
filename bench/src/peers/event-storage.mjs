import { readdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import EventStore from "event-storage";
import { textOf } from "../records.mjs";

/** @typedef {import("../contract.ts").PeerStore} PeerStore */
/** @typedef {import("../contract.ts").Purpose} Purpose */

/** Above 5/4 of the largest record: what does not fit is written without any sync. */
const WRITE_BUFFER_BYTES = 4 * 2 ** 20;

/**
 * Its storage layer: strings into one file, and an index. `EventStore` itself adds metadata as
 * JSON to each event, and costs more.
 *
 * @param {string} directory
 * @param {Purpose} purpose
 * @returns {Promise<PeerStore>}
 */
export async function openEventStorage(directory, purpose) {
  const storage = new EventStore.Storage("log", {
    dataDirectory: directory,
    serializer: {
      serialize: (/** @type {string} */ text) => text,
      deserialize: (/** @type {string} */ text) => text,
    },
    syncOnFlush: purpose === "durable",
    writeBufferSize: WRITE_BUFFER_BYTES,
    // each random read fills it; a record that is larger than it is not found
    readBufferSize: purpose === "read" ? 4096 : 2 ** 20,
    // who was killed leaves a lock; "reclaim" is its way to go on
    lock: purpose === "open" ? EventStore.LOCK_RECLAIM : EventStore.LOCK_THROW,
    indexOptions: { writeBufferSize: 2 ** 20, syncOnFlush: purpose === "durable" },
  });
  storage.open();
  /** @type {(records: readonly Uint8Array[], count: number) => Promise<void>} */
  const write = async (records, count) => {
    const texts = records.map(textOf);
    for (let i = 0; i < count; i++) storage.write(texts[i % texts.length]);
    storage.flush();
  };
  return {
    append: (record) =>
      new Promise((resolve) => {
        storage.write(textOf(record), () => resolve(undefined));
      }),
    writeSingles: write,
    sync: async () => {
      storage.flush();
      await syncFiles(directory);
    },
    readMany: async (numbers) => {
      let bytes = 0;
      let sum = 0;
      for (const number of numbers) {
        const text = storage.read(number + 1);
        bytes += text.length;
        sum += text.charCodeAt(0);
      }
      return { records: numbers.length, bytes, sum };
    },
    scan: async () => seenIn(storage.readRange(1)),
    scanReverse: async () => seenIn(storage.readRange(storage.length, 1)),
    close: async () => {
      storage.close();
    },
  };
}

/**
 * It has no call for this.
 *
 * @param {string} directory
 */
async function syncFiles(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(directory, entry.name), "r+");
    await file.datasync();
    await file.close();
  }
}

/** @param {Iterable<string>} documents */
function seenIn(documents) {
  let records = 0;
  let bytes = 0;
  let sum = 0;
  for (const text of documents) {
    records++;
    bytes += text.length;
    sum += text.charCodeAt(0);
  }
  return { records, bytes, sum };
}
