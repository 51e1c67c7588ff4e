import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { INDEX_ENTRY_BYTES, openMappedIndex } from "@seglog/index";
import { drawBox, drawTable, hex } from "./draw.mjs";

/** @typedef {import("./palette.mjs").Palette} Palette */

/**
 * Writes an entry for each position to a new index, and reads the file when it is closed.
 *
 * @param {string} directory
 * @param {readonly number[]} positions  of the records 0, 1, 2, …
 */
export async function traceIndex(directory, positions) {
  const path = join(directory, "alone.index");
  const index = await openMappedIndex({ fs: nodeFileSystem(), path });
  for (const [offset, position] of positions.entries()) index.write(offset, position);
  const found = positions.map((_, offset) => index.read(offset));
  await index.close();
  const file = new Uint8Array(await readFile(path));
  return { found, file, entries: entriesOf(file) };
}

/** @typedef {Awaited<ReturnType<typeof traceIndex>>} IndexTrace */

/**
 * @param {IndexTrace} trace
 * @param {Palette} palette
 */
export function drawIndex({ entries, file }, palette) {
  const cells = entries.flatMap(({ offset, position }) => [
    { bytes: 8, rows: [`offset ${offset}`], tone: header },
    { bytes: 8, rows: [`pos. ${position}`], tone: value },
  ]);
  const rows = entries.map(({ bytes, offset, position }) => [
    hex(bytes.subarray(0, 8)),
    hex(bytes.subarray(8)),
    `${offset} -> ${position}`,
  ]);
  return [
    ...entries.map(({ offset, position }) => `write(${offset}, ${position})`),
    "",
    ...drawBox(cells, { columnsPerByte: 1.5, palette }),
    "",
    ...drawTable(["offset (u64)", "position (u64)", ""], rows, {
      palette,
      tones: [header, value, undefined],
    }),
    "",
    `The file has ${file.length} bytes and no header: entry n is at ${INDEX_ENTRY_BYTES} x n.`,
    "It is a cache: what is lost or wrong is written anew from the store.",
  ];
}

/**
 * @param {Uint8Array} file
 */
export function entriesOf(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  return Array.from({ length: file.length / INDEX_ENTRY_BYTES }, (_, n) => ({
    offset: Number(view.getBigUint64(n * INDEX_ENTRY_BYTES)),
    position: Number(view.getBigUint64(n * INDEX_ENTRY_BYTES + 8)),
    bytes: file.subarray(n * INDEX_ENTRY_BYTES, (n + 1) * INDEX_ENTRY_BYTES),
  }));
}

const header = /** @type {const} */ ("header");
const value = /** @type {const} */ ("value");
