import { openLogfile } from "./logfile.mjs";

/**
 * Callers that each wait for one append before they make the next.
 *
 * @param {string} path
 * @param {{ writers: number, recordsEach: number }} load
 */
export async function manyWriters(path, { writers, recordsEach }) {
  const logfile = await openLogfile(path);
  /** @type {Map<number, string>} */
  const written = new Map();
  const write = async (/** @type {number} */ writer) => {
    for (let n = 0; n < recordsEach; n++) {
      const text = `record ${n} of writer ${writer}`;
      written.set(await logfile.append(Buffer.from(text)), text);
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const { appends, syncs, batchMax } = logfile.stats();
  await logfile.close();
  return { written, appends, syncs, batchMax };
}
