import { open } from "node:fs/promises";

/**
 * What the disk gives one caller: the record written behind the last one, then fdatasync, through
 * Node's asynchronous calls, as often as it goes.
 *
 * @param {{ path: string, record: Uint8Array, forMs: number }} what
 * @returns {Promise<number>} syncs a second
 */
export async function rawSyncs({ path, record, forMs }) {
  const file = await open(path, "wx");
  let position = 0;
  /** @param {number} ms */
  const syncFor = async (ms) => {
    const from = performance.now();
    let count = 0;
    let elapsed = 0;
    for (; elapsed < ms; elapsed = performance.now() - from) {
      await file.write(record, 0, record.length, position);
      await file.datasync();
      position += record.length;
      count++;
    }
    return (1000 * count) / elapsed;
  };
  try {
    await syncFor(forMs / 10); // compiled, and the file begun, as for the log
    return await syncFor(forMs);
  } finally {
    await file.close();
  }
}
