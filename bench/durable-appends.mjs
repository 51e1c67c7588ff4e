import { openLog } from "seglog";

/**
 * Callers of one log, each of which appends again once its last append is acknowledged.
 *
 * @param {{ directory: string, record: Uint8Array, callers: number, forMs: number }} what
 * @returns {Promise<{ perSecond: number, perSync: number }>} acknowledgements a second, and for
 *   each sync
 */
export async function durableAppends({ directory, record, callers, forMs }) {
  const log = await openLog(directory);
  try {
    await appendFor(log, { record, callers, forMs: forMs / 10 }); // compiled, and the file begun
    const before = log.stats().groupCommit;
    const { count, elapsed } = await appendFor(log, { record, callers, forMs });
    const syncs = log.stats().groupCommit.syncs - before.syncs;
    return { perSecond: (1000 * count) / elapsed, perSync: count / syncs };
  } finally {
    await log.close();
  }
}

/**
 * @param {import("seglog").Seglog} log
 * @param {{ record: Uint8Array, callers: number, forMs: number }} what
 */
async function appendFor(log, { record, callers, forMs }) {
  let count = 0;
  const from = performance.now();
  let elapsed = 0;
  const caller = async () => {
    while (elapsed < forMs) {
      await log.append(record);
      count++;
      elapsed = performance.now() - from;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { count, elapsed: performance.now() - from };
}
