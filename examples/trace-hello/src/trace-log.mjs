import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { nodeFileSystem } from "@seglog/fs";
import { openMappedIndex } from "@seglog/index";
import { openLog } from "@seglog/log";
import { openDirectoryCatalog } from "@seglog/segment";
import { openFileStore } from "@seglog/store";
import { drawTable, textOf } from "./draw.mjs";
import { bytesOf, countOf, handClock, RECORDS, SALT } from "./fixed.mjs";

/** @typedef {import("./palette.mjs").Palette} Palette */

/** Two records of five bytes: 2 x (8 header + 8 head + 5 value). A log's default is 64 MiB. */
const SEGMENT_BYTES_MAX = 42;

/**
 * Appends each record to a new log of tiny segments, and lists its files when it is closed.
 *
 * @param {string} parent
 */
export async function traceLog(parent) {
  const directory = join(parent, "log");
  const catalog = await openDirectoryCatalog({
    directory,
    fs: nodeFileSystem(),
    openStore: openFileStore,
    openIndex: ({ fs, path, mode }) => openMappedIndex({ fs, path, mode }),
    segmentBytesMax: SEGMENT_BYTES_MAX,
    random: () => SALT,
  });
  const clock = handClock();
  const log = await openLog(catalog, { clock: clock.now });
  const offsets = [];
  for (const record of RECORDS) {
    offsets.push(log.append(bytesOf(record)));
    await log.sync();
    clock.tick();
  }
  const segments = log.segments().map((segment) => ({
    ...segment,
    values: valuesOf(log, segment),
  }));
  const { rolls } = log.stats();
  await log.close();
  const files = [];
  for (const name of (await readdir(directory)).sort()) {
    files.push({ name, bytes: (await stat(join(directory, name))).size });
  }
  return { offsets, segments, rolls, files };
}

/** @typedef {Awaited<ReturnType<typeof traceLog>>} LogTrace */

/**
 * @param {LogTrace} trace
 * @param {Palette} palette
 */
export function drawLog({ segments, files, rolls }, palette) {
  const boxes = segments.map(({ baseOffset, nextOffset, storeBytes, active, values }) => [
    `${active ? "active" : "sealed"}  [${baseOffset}, ${nextOffset})`,
    values.map((value, i) => `${baseOffset + i} ${value}`).join("   "),
    `${storeBytes} of ${SEGMENT_BYTES_MAX} bytes`,
  ]);
  const rows = files.map(({ name, bytes }) => [name, bytes, contentOf(name, bytes)]);
  const tones = /** @type {const} */ (["value", undefined, undefined]);
  return [
    `With segmentBytesMax: ${SEGMENT_BYTES_MAX}, the third record finds the segment full, and the` +
      ` log`,
    `rolls (${countOf(rolls, "roll")}).`,
    "",
    ...sideBySide(boxes),
    "",
    ...drawTable(["file", "bytes", "holds"], rows, { palette, tones }),
    "",
    "read(2) looks for the last segment that begins at or below 2: a binary search over [0, 2].",
  ];
}

/**
 * @param {import("@seglog/log").Log} log
 * @param {{ readonly baseOffset: number, readonly nextOffset: number }} range
 */
function valuesOf(log, { baseOffset, nextOffset }) {
  const length = nextOffset - baseOffset;
  return Array.from({ length }, (_, i) => textOf(log.read(baseOffset + i).value));
}

/**
 * @param {string} name
 * @param {number} bytes
 */
function contentOf(name, bytes) {
  if (name.endsWith(".store")) return `32 of header, ${bytes - 32} of frames`;
  if (name.endsWith(".index")) return `${countOf(bytes / 16, "entry")} of 16`;
  if (name.endsWith(".lock")) return "nothing: what counts is who has it locked";
  return "first offset, closed cleanly or not, in two slots";
}

/** @param {readonly (readonly string[])[]} boxes */
function sideBySide(boxes) {
  const widths = boxes.map((rows) => Math.max(...rows.map((row) => row.length)) + 2);
  const border = widths.map((width) => `+${"-".repeat(width)}+`).join("  ");
  const height = Math.max(...boxes.map((rows) => rows.length));
  const body = Array.from({ length: height }, (_, row) =>
    boxes.map((rows, i) => `| ${(rows[row] ?? "").padEnd((widths[i] ?? 0) - 1)}|`).join("  "),
  );
  return [border, ...body, border];
}
