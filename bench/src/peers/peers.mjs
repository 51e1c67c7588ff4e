import { plainFs } from "./plain-fs.mjs";

/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Purpose} Purpose */

/**
 * Everything that is measured beside seglog. A package is imported when it is opened: one that
 * does not load here is then not available, and the others go on.
 *
 * @type {readonly Peer[]}
 */
export const peers = Object.freeze([
  plainFs,
  peer("lmdb", "lmdb", true, {
    write:
      "`put` without waiting, every 10,000th awaited and so flushed; batches: a transaction " +
      "without a flush; closing `put`, flushed",
    durable: "`overlappingSync: false`, so that `put` resolves after the flush",
    read: "`getBinaryFast`, no cache of its own",
    scan: "`getRange`",
    open: "`open`",
    load: async (directory) => (await import("./lmdb.mjs")).openLmdb(directory),
  }),
  sqlite("FULL", true),
  sqlite("NORMAL", false),
  peer("classic-level", "classic-level", true, {
    write:
      "chained batches of 1,000, no compression, 64 MiB write buffer; closing write with `sync`",
    durable: "a batch for each group, `sync: true`",
    read: "`getSync`, 64 MiB block cache",
    scan: "`values()` by `nextv(1000)`",
    open: "`open`",
    load: async (directory) => (await import("./classic-level.mjs")).openClassicLevel(directory),
  }),
  peer("event-storage", "event-storage", true, {
    write: "`Storage.write`, 4 MiB write buffer, closing `flush` and our `fdatasync`",
    durable: "`syncOnFlush`, 4 MiB write buffer (above it, nothing is synced)",
    read: "`Storage.read`, 4 KiB read buffer",
    scan: "`Storage.readRange`, 1 MiB read buffer",
    open: "`Storage.open`, lock reclaimed",
    load: async (directory, purpose) =>
      (await import("./event-storage.mjs")).openEventStorage(directory, purpose),
  }),
  peer("async-append-only-log", "async-append-only-log", false, {
    write: "64 KiB blocks, `append`, closing `onDrain`",
    durable: "64 KiB blocks, `writeTimeout: 1`, `append` and `onDrain`",
    read: "`get`, 64 at once",
    scan: "`stream`",
    open: "`OffsetLog`, until the first `onDrain`",
    load: async (directory, purpose, recordBytesMax) =>
      (await import("./async-append-only-log.mjs")).openAsyncAppendOnlyLog(
        directory,
        purpose,
        recordBytesMax,
      ),
  }),
  peer("hypercore", "hypercore", true, {
    write: "`append` of 1,000 at once, closing flush of the database below",
    durable: "`append` of a group, then a flush of the database below, which no call offers",
    read: "`get`, 64 at once",
    scan: "`createReadStream`",
    open: "`ready`",
    load: async (directory) => (await import("./hypercore.mjs")).openHypercore(directory),
  }),
  peer("sonic-boom", "sonic-boom", true, {
    write:
      "`write` of lines as buffers, synchronous, 64 KiB buffer, closing `flush` and `fdatasync`",
    durable:
      "lines as buffers; `write` of a group, then `flush`, whose callback follows an `fsync`",
    load: async (directory, purpose) =>
      (await import("./sonic-boom.mjs")).openSonicBoom(directory, purpose),
  }),
]);

/**
 * @param {Purpose} purpose
 * @returns {Peer[]} that have something to set against it
 */
export function peersFor(purpose) {
  return peers.filter(({ settings }) => settings[purpose] !== undefined);
}

/**
 * @param {string} id
 * @param {string} name
 * @param {boolean} durable
 * @param {Partial<Record<Purpose, string>> & { load: Peer["open"], package?: string }} what
 * @returns {Peer}
 */
function peer(id, name, durable, { load, package: packageName = id, ...settings }) {
  return Object.freeze({
    id,
    name,
    package: packageName,
    durable,
    settings: Object.freeze(settings),
    open: load,
  });
}

/**
 * @param {"FULL" | "NORMAL"} synchronous
 * @param {boolean} durable
 */
function sqlite(synchronous, durable) {
  const shared = `WAL, synchronous=${synchronous}`;
  return peer(
    `better-sqlite3-${synchronous.toLowerCase()}`,
    `better-sqlite3, ${synchronous}`,
    durable,
    {
      package: "better-sqlite3",
      write: `${shared}, a transaction for 10,000 or a batch, closing checkpoint`,
      durable: `${shared}, a transaction for each group`,
      ...(synchronous === "FULL" && {
        read: "prepared `SELECT` by key, mapped",
        scan: "prepared `SELECT … ORDER BY`, `iterate`",
        open: "`new Database`, pragmas",
      }),
      load: async (directory) =>
        (await import("./better-sqlite3.mjs")).openBetterSqlite3(directory, synchronous),
    },
  );
}
