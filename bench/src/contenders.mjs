import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** @typedef {import("./contract.ts").Contender} Contender */
/** @typedef {import("./contract.ts").Peer} Peer */
/** @typedef {import("./contract.ts").Purpose} Purpose */
/** @typedef {import("./contract.ts").Runner} Runner */

let directories = 0;

/**
 * @param {Peer} peer
 * @param {Purpose} purpose
 * @param {(peer: Peer) => Promise<Runner>} prepare
 * @returns {Contender}
 */
export function contenderOf(peer, purpose, prepare) {
  const { id, name, durable, settings } = peer;
  return {
    id,
    name,
    durable: durable || purpose !== "durable", // elsewhere nothing is acknowledged as durable
    role: id.startsWith("seglog") ? "ours" : "peer",
    settings: settings[purpose] ?? "",
    prepare: () => prepare(peer),
  };
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} settings
 * @param {() => Promise<Runner>} prepare
 * @returns {Contender}
 */
export function baseline(id, name, settings, prepare) {
  return { id, name, settings, prepare, role: "baseline", durable: true };
}

/**
 * @param {string} parent
 * @returns {Promise<string>} a new directory in it
 */
export async function freshDirectory(parent) {
  const directory = join(parent, String(directories++));
  await mkdir(directory, { recursive: true });
  return directory;
}

/**
 * A runner whose every round begins in an empty directory, which is removed outside of the time.
 *
 * @param {string} parent
 * @param {(directory: string) => Promise<import("./contract.ts").Sample>} round
 * @returns {Runner}
 */
export function freshEachRound(parent, round) {
  return {
    round: async () => {
      const directory = await freshDirectory(parent);
      try {
        return await round(directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    close: async () => {},
  };
}

/**
 * The same for rounds of as many records as `paced` says: warm once that is settled.
 *
 * @param {string} parent
 * @param {import("./paced-count.mjs").PacedCount} paced
 * @param {(directory: string) => Promise<import("./contract.ts").Sample>} round
 * @returns {Runner}
 */
export function pacedRounds(parent, paced, round) {
  return { ...freshEachRound(parent, round), isWarm: () => paced.isSettled };
}
