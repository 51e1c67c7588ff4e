import { join } from "node:path";
import { openLog, text } from "seglog";
import { openCompressedStore } from "./compressed-store.mjs";

/** @typedef {import("seglog").Codec<string>} Codec */
/** @typedef {import("seglog").OpenLogOptions<string, string> & { codec: Codec }} Options */

const RECORDS = 2000;

/**
 * The same lines in two logs, one with compressed stores; both opened again and read.
 *
 * @param {string} directory
 */
export async function compareSizes(directory) {
  const codec = text();
  const [plain, compressed] = await Promise.all([
    fill(join(directory, "plain"), { codec }),
    fill(join(directory, "compressed"), { codec, openStore: openCompressedStore }),
  ]);
  return { records: RECORDS, plainBytes: plain, compressedBytes: compressed };
}

/**
 * @param {string} directory
 * @param {Options} options
 */
async function fill(directory, options) {
  const log = await openLog(directory, options);
  await Promise.all(Array.from({ length: RECORDS }, (_, n) => log.append(lineOf(n))));
  await log.close();

  const again = await openLog(directory, options);
  for await (const { offset, value } of again.records()) {
    if (value !== lineOf(offset)) throw new Error(`record ${offset} is another one`);
  }
  const { storeBytes } = again.stats();
  await again.close();
  return storeBytes;
}

/** @param {number} n */
function lineOf(n) {
  const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
  const line = { level: "info", path: `/orders/${n % 97}`, status: 200, ms: n % 13, agent };
  return JSON.stringify({ ...line, trail: Array.from({ length: 24 }, () => line.path) });
}
