import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { baseline, contenderOf, freshDirectory } from "../contenders.mjs";
import { loadCountOf, loadStore, saysItsLoad } from "../load-store.mjs";
import { peersFor } from "../peers/peers.mjs";
import { seglog } from "../peers/seglog.mjs";
import { scaled } from "../sizes.mjs";

/** @typedef {import("../contract.ts").Case} Case */
/** @typedef {import("../contract.ts").Context} Context */
/** @typedef {import("../contract.ts").Peer} Peer */
/** @typedef {import("../contract.ts").Runner} Runner */

/** Each with what it is called in the case's id; peers open the first one only. */
const RECORD_BYTES = Object.freeze([1024, 128]);
const LOG_BYTES = 2 ** 30;
/** Written since the last opening, by the process that is killed; less than a segment. */
const TAIL_BYTES = 48 * 2 ** 20;

/** @type {import("../contract.ts").Workload} */
export const open = Object.freeze({
  id: "open",
  title: "Open a log of 1 GiB",
  about:
    "After a kill: a process opened it, made 48 MiB more durable and was ended by SIGKILL; in " +
    "each round anew.",
  cases: (/** @type {Context} */ context) =>
    [false, true].flatMap((killed) =>
      RECORD_BYTES.map((recordBytes) => caseOf(context, { killed, recordBytes })),
    ),
});

/**
 * @param {Context} context
 * @param {{ killed: boolean, recordBytes: number }} what
 * @returns {Case}
 */
function caseOf(context, { killed, recordBytes }) {
  const count = scaled(context.sizes, LOG_BYTES / recordBytes, 1000);
  const tail = killed ? scaled(context.sizes, TAIL_BYTES / recordBytes, 100) : 0;
  const what = { count, tail, recordBytes };
  const rivals = recordBytes === RECORD_BYTES[0] ? peersFor("open") : [];
  const peers = [seglog, ...rivals].map((peer) => saysItsLoad(peer, count, recordBytes));
  const contenders = peers.map((peer) =>
    contenderOf(peer, "open", () => prepare(peer, context, what)),
  );
  const size = recordBytes === RECORD_BYTES[0] ? "" : `-${recordBytes}`;
  return {
    id: `${killed ? "killed" : "clean"}${size}`,
    title: `after a ${killed ? "kill" : "clean close"}, records of ${recordBytes} B`,
    metrics: { openMs: { unit: "ms", better: "lower" } },
    contenders: contenders.toSpliced(1, 0, rawOpen(context, what)),
  };
}

/**
 * @param {Peer} peer
 * @param {Context} context
 * @param {{ count: number, tail: number, recordBytes: number }} what
 * @returns {Promise<Runner>}
 */
async function prepare(peer, { directory: parent }, { count: full, tail: fullTail, recordBytes }) {
  let count = loadCountOf(peer.id, full, recordBytes);
  const tail = loadCountOf(peer.id, fullTail, recordBytes);
  const what = { parent, purpose: /** @type {const} */ ("open"), count };
  const { store, directory, remove } = await loadStore(peer, {
    ...what,
    recordBytes,
  });
  const readsAfterOpening = store.readMany !== undefined && peer.id !== "async-append-only-log";
  await store.close();
  return {
    round: async () => {
      if (tail > 0) await killAfter(peer.id, directory, [tail, recordBytes]);
      count += tail;
      const from = performance.now();
      const opened = await peer.open(directory, "open", recordBytes);
      const openMs = performance.now() - from;
      // only who kept the offsets can read by number
      const last = readsAfterOpening
        ? await opened.readMany?.(Uint32Array.of(count - 1))
        : undefined;
      await opened.close();
      if (last !== undefined && last.bytes !== recordBytes) {
        throw new Error(`record ${count - 1} has ${last.bytes} bytes`);
      }
      return { openMs };
    },
    close: remove,
  };
}

/**
 * @param {string} id
 * @param {string} directory
 * @param {readonly [count: number, recordBytes: number]} tail
 */
async function killAfter(id, directory, [count, recordBytes]) {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "../tail-child.mjs"),
      ...[id, directory, String(count), String(recordBytes)],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  const [, signal] = await once(child, "close");
  if (signal !== "SIGKILL") throw new Error(`the process to be killed ended before: ${complaint}`);
}

/**
 * After a clean close: the files opened and their first page read. After a kill: what was written
 * since, read and run through CRC-32.
 *
 * @param {Context} context
 * @param {{ count: number, tail: number, recordBytes: number }} what
 */
function rawOpen({ directory }, { count, tail, recordBytes }) {
  const bytes = (tail || count) * recordBytes;
  return baseline(
    tail > 0 ? "raw-verify" : "raw-open",
    tail > 0 ? "raw read of the tail, CRC-32" : "raw open of 16 files",
    tail > 0
      ? "what the killed process wrote, in chunks of 1 MiB"
      : "`readdirSync`, `openSync`, `fstatSync`, a page read from each end of each file",
    async () => {
      const own = await freshDirectory(directory);
      const files = tail > 0 ? 1 : 16;
      for (let n = 0; n < files; n++) {
        writeFileSync(join(own, String(n)), Buffer.alloc(Math.ceil(bytes / files), "x"));
      }
      return {
        round: async () => {
          const from = performance.now();
          const sum = tail > 0 ? readAll(own, bytes) : openAll(own);
          if (sum === 0) throw new Error("nothing was read");
          return { openMs: performance.now() - from };
        },
        close: async () => {},
      };
    },
  );
}

/** @param {string} directory */
function openAll(directory) {
  const page = Buffer.alloc(4096);
  let sum = 0;
  for (const name of readdirSync(directory)) {
    const file = openSync(join(directory, name), "r");
    const { size } = fstatSync(file);
    sum += readSync(file, page, 0, page.length, 0);
    sum += readSync(file, page, 0, page.length, Math.max(0, size - page.length));
    closeSync(file);
  }
  return sum;
}

/**
 * @param {string} directory
 * @param {number} bytes
 */
function readAll(directory, bytes) {
  const chunk = Buffer.allocUnsafeSlow(2 ** 20);
  const file = openSync(join(directory, "0"), "r");
  let sum = 0;
  for (let position = 0; position < bytes; position += chunk.length) {
    const length = readSync(file, chunk, 0, chunk.length, position);
    sum += crc32(chunk.subarray(0, length)) & 1;
  }
  closeSync(file);
  return sum + bytes;
}
