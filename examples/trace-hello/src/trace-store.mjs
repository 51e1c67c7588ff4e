import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { FRAME_HEADER_BYTES, openFileStore, STORE_HEADER_BYTES } from "@seglog/store";
import { drawBox, drawTable, hex, textOf } from "./draw.mjs";
import { bytesOf, RECORDS, SALT } from "./fixed.mjs";

/** @typedef {import("./palette.mjs").Palette} Palette */
/** @typedef {import("@seglog/store").FrameFormat} FrameFormat */

/**
 * A frame as the file holds it.
 *
 * @typedef {{ position: number, header: Uint8Array, record: Uint8Array }} Frame
 */

/**
 * Appends each record to a new store, a sync after each, and reads the file when it is closed.
 *
 * @param {string} directory
 * @param {FrameFormat} frameFormat
 */
export async function traceStore(directory, frameFormat) {
  const path = join(directory, `${frameFormat}.store`);
  const random = () => SALT;
  const store = await openFileStore({ fs: nodeFileSystem(), path, frameFormat, random });
  const positions = [];
  for (const record of RECORDS) {
    positions.push(store.append(bytesOf(record)));
    await store.sync();
  }
  const readBack = positions.map((position) => textOf(store.read(position)));
  const { size } = store;
  await store.close();
  const file = new Uint8Array(await readFile(path));
  return { positions, readBack, size, file, frames: framesOf(file, [...positions, size]) };
}

/** @typedef {Awaited<ReturnType<typeof traceStore>>} StoreTrace */

/**
 * @param {StoreTrace} trace
 * @param {Palette} palette
 */
export function drawPlainStore({ frames, size, file }, palette) {
  const cells = frames.flatMap(({ record }) => [
    { bytes: FRAME_HEADER_BYTES, rows: [`length ${record.length}`], tone: header },
    { bytes: record.length, rows: [textOf(record)], tone: value },
  ]);
  const rows = frames.map(({ position, header, record }) => [
    position,
    hex(header),
    hex(record),
    textOf(record),
  ]);
  return [
    ...frames.map(({ position, record }) => `append("${textOf(record)}") -> ${position}`),
    "",
    "Plain frames, as in the book: 8 bytes of length, then the record.",
    "",
    ...drawBox(cells, { columnsPerByte: 2, palette }),
    "",
    ...drawTable(["position", "length", "record", ""], rows, { palette, tones: dumpTones }),
    "",
    `The file has ${file.length} bytes: ${STORE_HEADER_BYTES} of header, ${size} of frames.`,
  ];
}

/**
 * @param {StoreTrace} trace
 * @param {Palette} palette
 */
export function drawCheckedStore({ frames, file }, palette) {
  const [first] = frames;
  if (first === undefined) throw new Error("nothing was traced");
  const cells = [
    { bytes: 4, rows: ["crc32"], tone: header },
    { bytes: 4, rows: ["flags, length"], tone: header },
    { bytes: first.record.length, rows: ["record"], tone: value },
  ];
  const rows = frames.map(({ position, header, record }) => [
    position,
    hex(header.subarray(0, 4)),
    hex(header.subarray(4)),
    textOf(record),
    `length ${lengthOf(header)}, ${flagsOf(header)}`,
  ]);
  return [
    "Checked frames, the default: the same 8 bytes hold a checksum, 4 bits of flags and 28 of",
    "length, so that every position stays what it was. Each record here had a sync of its own.",
    "",
    ...drawBox(cells, { columnsPerByte: 4, palette }),
    "",
    ...drawTable(["position", "crc32", "flags+length", "record", ""], rows, {
      palette,
      tones: [undefined, header, header, value, undefined],
    }),
    "",
    "A checksum covers flags, length and record, and starts from the file's salt and the frame's",
    "position: these bytes are valid here and nowhere else.",
    `The file has ${file.length} bytes again.`,
  ];
}

const header = /** @type {const} */ ("header");
const value = /** @type {const} */ ("value");
const dumpTones = Object.freeze([undefined, header, value, undefined]);

/**
 * @param {Uint8Array} file
 * @param {readonly number[]} edges  where each frame begins, and the last one ends
 * @returns {Frame[]}
 */
function framesOf(file, edges) {
  const frames = file.subarray(STORE_HEADER_BYTES);
  return edges.slice(0, -1).map((position, i) => ({
    position,
    header: frames.subarray(position, position + FRAME_HEADER_BYTES),
    record: frames.subarray(position + FRAME_HEADER_BYTES, edges[i + 1]),
  }));
}

/** @param {Uint8Array} header */
function lengthOf(header) {
  return new DataView(header.buffer, header.byteOffset).getUint32(4) & 0xfffffff;
}

/** @param {Uint8Array} header */
function flagsOf(header) {
  const flags = (header[4] ?? 0) >>> 4;
  return `flags ${flags.toString(2)}: generation ${flags & 3}`;
}
