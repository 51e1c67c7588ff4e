import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { openMappedIndex } from "@seglog/index";
import { openSegment, RECORD_HEAD_BYTES } from "@seglog/segment";
import { FRAME_HEADER_BYTES, openFileStore, STORE_HEADER_BYTES } from "@seglog/store";
import { drawBox, drawTable, hex, textOf } from "./draw.mjs";
import { bytesOf, handClock, RECORDS, SALT } from "./fixed.mjs";
import { entriesOf } from "./trace-index.mjs";

/** @typedef {import("./palette.mjs").Palette} Palette */

/** Any number will do: a segment holds the records from here on. */
const BASE_OFFSET = 16;

/**
 * Appends each record to a new segment, and reads its files when it is closed.
 *
 * @param {string} directory
 */
export async function traceSegment(directory) {
  const fs = nodeFileSystem();
  const [storePath, indexPath] = [join(directory, "16.store"), join(directory, "16.index")];
  const random = () => SALT;
  const segment = await openSegment({
    baseOffset: BASE_OFFSET,
    store: await openFileStore({ fs, path: storePath, baseOffset: BASE_OFFSET, random }),
    index: await openMappedIndex({ fs, path: indexPath }),
  });
  const clock = handClock();
  for (const record of RECORDS) {
    segment.append(bytesOf(record), clock.now(), false);
    clock.tick();
  }
  await segment.sync();
  const records = RECORDS.map((_, i) => segment.read(BASE_OFFSET + i));
  const { nextOffset, storeBytes } = segment;
  await segment.close();
  const frames = new Uint8Array(await readFile(storePath)).subarray(STORE_HEADER_BYTES);
  const entries = entriesOf(new Uint8Array(await readFile(indexPath)));
  return { nextOffset, storeBytes, records, frames, entries };
}

/** @typedef {Awaited<ReturnType<typeof traceSegment>>} SegmentTrace */

/**
 * @param {SegmentTrace} trace
 * @param {Palette} palette
 */
export function drawSegment({ records, entries, frames, nextOffset, storeBytes }, palette) {
  const [first] = records;
  if (first === undefined) throw new Error("nothing was traced");
  const cells = /** @type {const} */ ([
    { bytes: 4, rows: ["crc32"], tone: "header" },
    { bytes: 4, rows: ["flags, length"], tone: "header" },
    { bytes: 2, rows: ["no."], tone: "head" },
    { bytes: 6, rows: ["time, ms"], tone: "head" },
    { bytes: first.value.length, rows: ["value"], tone: "value" },
  ]);
  const rows = records.map(({ offset, time, value }, i) => {
    const position = entries[i]?.position ?? Number.NaN;
    const headAt = position + FRAME_HEADER_BYTES;
    const head = frames.subarray(headAt, headAt + RECORD_HEAD_BYTES);
    return [offset, position, hex(head), new Date(time).toISOString(), textOf(value)];
  });
  const tones = /** @type {const} */ ([undefined, undefined, "head", "head", "value"]);
  return [
    "One store and one index, and a range of offsets. Before each value, inside the frame,",
    "stand 2 bytes of its offset, modulo 65536, and 6 of time: the store sees 13, 13 and 11 bytes.",
    "",
    ...drawBox(cells, { columnsPerByte: 4, palette }),
    "",
    ...drawTable(["offset", "position", "number, time", "", "value"], rows, { palette, tones }),
    "",
    `It holds the offsets [${BASE_OFFSET}, ${nextOffset}) in ${storeBytes} bytes of frames.`,
    `read(17) asks the index, which says ${entries[1]?.position}, and the store for that frame.`,
  ];
}
