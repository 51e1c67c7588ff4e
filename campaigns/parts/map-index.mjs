import { SeglogError } from "seglog";

/** @typedef {import("seglog").Index} Index */

/**
 * A log whose indexes are maps in memory: the index of docs/plugging.md, without its checks of
 * arguments. Each opening reads all stores once.
 *
 * @type {import("../src/session.mjs").Plant}
 */
export default function mapped(options) {
  return { ...options, openIndex: openMapIndex };
}

/** @param {import("seglog").OpenIndexRequest} request @returns {Promise<Index>} */
async function openMapIndex({ access, path }) {
  if (access !== "read") return mapIndex();
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `${path} is never there`, { path });
}

/** @returns {Index} */
function mapIndex() {
  /** @type {Map<number, number>} */
  const positions = new Map();
  let first = 0;
  /** @type {number | undefined} */
  let nextOffset;
  return {
    get nextOffset() {
      return nextOffset;
    },
    get bytes() {
      return positions.size * 16;
    },
    write(offset, position) {
      if (nextOffset === undefined) first = offset;
      positions.set(offset, position);
      nextOffset = offset + 1;
    },
    read: (offset) => positions.get(offset),
    floor(offset) {
      const at = Math.min(offset, (nextOffset ?? 0) - 1);
      const position = positions.get(at);
      return position === undefined ? undefined : { offset: at, position };
    },
    truncate(offset) {
      if (nextOffset === undefined || offset >= nextOffset) return;
      for (let at = Math.max(first, offset); at < nextOffset; at++) positions.delete(at);
      nextOffset = offset > first ? offset : undefined;
    },
    sync: async () => {},
    close: async () => {},
  };
}
