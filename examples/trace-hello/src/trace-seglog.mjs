import { join } from "node:path";
import { openLog } from "seglog";
import { drawTable, textOf } from "./draw.mjs";
import { countOf, handClock, RECORDS } from "./fixed.mjs";

/** @typedef {import("./palette.mjs").Palette} Palette */

/**
 * The layers composed: appends, closes, opens again and reads.
 *
 * @param {string} parent
 */
export async function traceSeglog(parent) {
  const directory = join(parent, "seglog");
  const clock = handClock();
  const log = await openLog(directory, { clock: clock.now });
  const appends = RECORDS.map((record) => {
    const offset = log.append(record); // gets its offset and its time now, before any sync
    clock.tick();
    return offset;
  });
  const offsets = await Promise.all(appends);
  const { syncs } = log.stats().groupCommit;
  await log.close();
  const again = await openLog(directory);
  const records = [];
  for await (const record of again.records()) records.push(record);
  const { clean } = again.recovery;
  const { nextOffset } = again;
  await again.close();
  return { offsets, syncs, clean, nextOffset, records };
}

/** @typedef {Awaited<ReturnType<typeof traceSeglog>>} SeglogTrace */

/**
 * @param {SeglogTrace} trace
 * @param {Palette} palette
 */
export function drawSeglog({ offsets, syncs, clean, nextOffset, records }, palette) {
  const rows = records.map(({ offset, time, value }) => [
    offset,
    new Date(time).toISOString(),
    textOf(value),
  ]);
  const tones = /** @type {const} */ ([undefined, "head", "value"]);
  return [
    'const log = await openLog("data");',
    ...RECORDS.map(
      (record, i) =>
        `${`log.append("${record}");`.padEnd(CALL_COLUMNS)}// resolves with ${offsets[i]}`,
    ),
    "",
    `Acknowledged by ${countOf(syncs, "sync")}. Closed, and opened again` +
      ` (${clean ? "clean" : "not clean"}), it holds:`,
    "",
    ...drawTable(["offset", "time", "value"], rows, { palette, tones }),
    "",
    `The next record is ${nextOffset}.`,
  ];
}

const CALL_COLUMNS = Math.max(...RECORDS.map(({ length }) => length)) + 'log.append(""); '.length;
