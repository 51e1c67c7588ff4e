import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { explain, importedSchema } from "./message.mjs";

/**
 * Appends in flight: enough for one sync to cover many. All of them, at their longest, are below
 * the log's stagedBytesMax, so each is staged, and reads the clock, in the call itself.
 */
const WINDOW = 512;

/**
 * @typedef {object} ImportProgress
 * @property {number} bytesRead
 * @property {number} bytesTotal
 * @property {number} imported  messages, durable
 * @property {readonly { line: number, reason: string }[]} skipped
 */

/**
 * Appends the messages of an NDJSON file, in its order, many at a time.
 *
 * @param {import("./history.mjs").History} history
 * @param {string} file
 * @param {object} options
 * @param {{ set(ms: number): void }} options.clock  the log's; set to each message's own time, so
 *   that an offset can be found by it
 * @param {number} options.now  in ms; a later message is refused: the log's time never goes back
 * @param {(progress: ImportProgress) => void} options.onProgress
 * @returns {Promise<ImportProgress>}
 */
export async function importHistory(history, file, { clock, now, onProgress }) {
  const { size: bytesTotal } = await stat(file);
  const input = createReadStream(file);
  const progress = { bytesRead: 0, bytesTotal, imported: 0, skipped: /** @type {any[]} */ ([]) };
  /** @type {Promise<unknown>[]} */
  let inFlight = [];
  const settle = async () => {
    await Promise.all(inFlight);
    progress.imported += inFlight.length;
    progress.bytesRead = input.bytesRead;
    inFlight = [];
    onProgress(progress);
  };

  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line++;
    if (text.trim() === "") continue;
    const { message, reason } = parse(text, now);
    if (message === undefined) {
      progress.skipped.push({ line, reason });
      continue;
    }
    clock.set(message.time);
    inFlight.push(history.append(message));
    if (inFlight.length === WINDOW) await settle();
  }
  await settle();
  return progress;
}

/** @param {string} text @param {number} now */
function parse(text, now) {
  try {
    const { data, error } = importedSchema.safeParse(JSON.parse(text));
    if (error !== undefined) return { reason: explain(error) };
    if (data.time > now) return { reason: "time: lies in the future" };
    return { message: data, reason: "" };
  } catch {
    return { reason: "not JSON" }; // the parser's own text quotes the line, which may be long
  }
}
