import { checkInteger, invalidArgument, SeglogError } from "@seglog/errors";

/** @typedef {import("@seglog/index").Index} Index */

/**
 * All entries in a `Map`, nothing on disk.
 *
 * @returns {Index}
 */
export function mapIndex() {
  /** @type {Map<number, number>} */
  const positions = new Map();
  let first = 0;
  /** @type {number | undefined} */
  let nextOffset;
  let closed = false;
  /** @param {string} name @param {number} value */
  const check = (name, value, min = 0) => {
    if (closed) throw new SeglogError("ERR_SEGLOG_CLOSED", "closed", { what: "a map index" });
    checkInteger(name, value, { min });
  };
  return {
    get nextOffset() {
      return nextOffset;
    },
    get bytes() {
      return positions.size * 16;
    },
    write(offset, position) {
      check("offset", offset);
      if (offset !== (nextOffset ?? offset)) {
        throw invalidArgument("offset", offset, `the next one, ${nextOffset}`);
      }
      check("position", position, (positions.get(offset - 1) ?? -1) + 1);
      if (nextOffset === undefined) first = offset;
      positions.set(offset, position);
      nextOffset = offset + 1;
    },
    read(offset) {
      check("offset", offset);
      return positions.get(offset);
    },
    floor(offset) {
      check("offset", offset);
      const at = Math.min(offset, (nextOffset ?? 0) - 1);
      const position = positions.get(at);
      return position === undefined ? undefined : { offset: at, position };
    },
    truncate(offset) {
      check("offset", offset);
      if (nextOffset === undefined || offset >= nextOffset) return;
      for (let at = Math.max(first, offset); at < nextOffset; at++) positions.delete(at);
      nextOffset = offset > first ? offset : undefined;
    },
    async sync() {
      check("offset", 0);
    },
    async close() {
      closed = true;
    },
  };
}

/**
 * Opens a segment's index for `openLog`. There is never one to read: the log then makes it anew
 * from the store.
 *
 * @param {import("seglog").OpenIndexRequest} request
 * @returns {Promise<Index>}
 */
export async function openMapIndex({ access, path }) {
  if (access !== "read") return mapIndex();
  throw new SeglogError("ERR_SEGLOG_NOT_FOUND", `${path} is never there`, { path });
}
