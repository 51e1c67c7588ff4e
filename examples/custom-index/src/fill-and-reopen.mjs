import { readdir } from "node:fs/promises";
import { openLog, text } from "seglog";
import { openMapIndex } from "./map-index.mjs";

const RECORDS = 1000;
const OPTIONS = { codec: text(), openIndex: openMapIndex, segmentBytesMax: 16_384 };

/**
 * Fills a log whose indexes are maps, opens it again and reads at random.
 *
 * @param {string} directory
 */
export async function fillAndReopen(directory) {
  const log = await openLog(directory, OPTIONS);
  for (let n = 0; n < RECORDS; n++) log.write(`record ${n} of ${RECORDS}`);
  await log.close();

  const again = await openLog(directory, OPTIONS);
  for (let n = 0, at = 7; n < RECORDS; n++, at = (at + 617) % RECORDS) {
    if (again.read(at).value !== `record ${at} of ${RECORDS}`)
      throw new Error(`wrong record ${at}`);
  }
  const segments = again.segments().length;
  const { indexesRebuilt } = again.recovery;
  await again.close();
  const files = await readdir(directory);
  return { records: RECORDS, segments, rebuilt: indexesRebuilt.length, files };
}
