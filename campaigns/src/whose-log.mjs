import { sameBytes } from "./history.mjs";

/** @typedef {import("./rot.mjs").FinishedLog} FinishedLog */
/** @typedef {import("./damage.mjs").Files} Files */

/**
 * Whose log damaged files are, as far as a repair can tell from the ids in state and stores:
 * `"ours"`; `"theirs"` where ours is nowhere; `"untold"` where both are, and ours is not in more
 * files, nor told by an index.
 *
 * @param {Files} files
 * @param {{ log: FinishedLog, other: FinishedLog }} logs
 * @returns {"ours" | "theirs" | "untold"}
 */
export function whoseLog(files, { log, other }) {
  const ids = new Set([...other.files].flatMap(([name, bytes]) => idsOf(name, bytes)));
  // whoever may say it counts for the other, and for us only who is undamaged
  const theirs = [...files].filter(([name, bytes]) => idsOf(name, bytes).some((id) => ids.has(id)));
  if (theirs.length === 0) return "ours";
  const own = new Set([...log.files].flatMap(([name, bytes]) => idsOf(name, bytes)));
  if (![...files].some(([name, bytes]) => idsOf(name, bytes).some((id) => own.has(id)))) {
    return "theirs";
  }
  const ours = [...files].filter(([name, bytes]) => saysOurs(name, bytes, log));
  if (ours.length > theirs.length) return "ours";
  const areIndexesWhole = [...log.files].every(([name, bytes]) => {
    return !name.endsWith(".index") || sameBytes(files.get(name) ?? NOTHING, bytes);
  });
  const isOneStore = [...log.files.keys()].filter((name) => name.endsWith(".store")).length === 1;
  const isTied = ours.length === theirs.length;
  return isTied && isOneStore && areIndexesWhole ? "ours" : "untold";
}

/** Which log a file says that it is of. @param {string} name @param {Uint8Array} bytes */
function idsOf(name, bytes) {
  const places = name.endsWith(".store") ? [24] : name === "seglog.state" ? [12, 4108] : [];
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return places
    .filter((at) => at + 4 <= bytes.length)
    .map((at) => fields.getUint32(at))
    .filter((id) => id !== 0);
}

/** @param {string} name @param {Uint8Array} bytes @param {FinishedLog} log */
function saysOurs(name, bytes, log) {
  const before = log.files.get(name) ?? NOTHING;
  if (name === "seglog.state") return sameBytes(bytes, before);
  return name.endsWith(".store") && sameBytes(bytes.subarray(0, 32), before.subarray(0, 32));
}

const NOTHING = new Uint8Array();
