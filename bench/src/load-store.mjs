import { rm } from "node:fs/promises";
import { freshDirectory } from "./contenders.mjs";
import { makeRecords } from "./records.mjs";

/** @typedef {import("./contract.ts").Peer} Peer */
/** @typedef {import("./contract.ts").PeerStore} PeerStore */

/** A million records would take these minutes where a sync is slow; they get a part of them. */
const SLOW_LOADERS = new Map([
  ["hypercore", { part: 50, fromBytes: 0 }],
  // a sync for every 64 KiB, one after the other
  ["async-append-only-log", { part: 10, fromBytes: 512 }],
]);
const BATCH = 1000;

/**
 * @param {string} id
 * @param {number} full
 * @param {number} recordBytes
 * @returns {number} how many records this contender is loaded with
 */
export function loadCountOf(id, full, recordBytes) {
  const { part, fromBytes } = SLOW_LOADERS.get(id) ?? { part: 1, fromBytes: 0 };
  return recordBytes < fromBytes ? full : Math.ceil(full / part);
}

/**
 * @param {Peer} peer
 * @param {number} count
 * @param {number} recordBytes
 * @returns {Peer} whose settings say so, if it is loaded with less
 */
export function saysItsLoad(peer, count, recordBytes) {
  const own = loadCountOf(peer.id, count, recordBytes);
  if (own === count) return peer;
  const entries = Object.entries(peer.settings).map(([purpose, text]) => [
    purpose,
    `${text}; ${own.toLocaleString("en")} records only`,
  ]);
  return { ...peer, settings: Object.fromEntries(entries) };
}

/**
 * Opens a store in a directory of its own and fills it.
 *
 * @param {Peer} peer
 * @param {{ parent: string, purpose: import("./contract.ts").Purpose, count: number,
 *   recordBytes: number }} what
 * @returns {Promise<{ store: PeerStore, directory: string, remove: () => Promise<void> }>}
 */
export async function loadStore(peer, { parent, purpose, count, recordBytes }) {
  const directory = await freshDirectory(parent);
  const store = await peer.open(directory, purpose, recordBytes);
  await fillStore(store, count, recordBytes);
  const remove = () => rm(directory, { recursive: true, force: true });
  return { store, directory, remove };
}

/**
 * @param {PeerStore} store
 * @param {number} count
 * @param {number} recordBytes
 */
export async function fillStore(store, count, recordBytes) {
  const records = makeRecords(recordBytes);
  if (store.writeBatches) await store.writeBatches(records, count, BATCH);
  else await store.writeSingles?.(records, count);
  await store.sync?.();
}
