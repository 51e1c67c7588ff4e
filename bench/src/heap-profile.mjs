import { Session } from "node:inspector/promises";

/** @typedef {{ selfSize: number, children: Node[], callFrame: { url: string } }} Node */

/**
 * Bytes that `action` allocates in the heap, those that were collected meanwhile included: V8's
 * sampling profiler, a sample every 512 bytes in the mean.
 *
 * @param {() => Promise<void>} action
 * @param {(url: string) => boolean} counts  of the file of the function that allocates
 * @returns {Promise<{ all: number, counted: number }>}
 */
export async function allocatedBytes(action, counts) {
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.startSampling", {
      samplingInterval: 512,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await action();
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return sumOf(profile.head, counts);
  } finally {
    session.disconnect();
  }
}

/**
 * @param {Node} node
 * @param {(url: string) => boolean} counts
 * @returns {{ all: number, counted: number }}
 */
function sumOf({ selfSize, children, callFrame }, counts) {
  let all = selfSize;
  let counted = counts(callFrame.url) ? selfSize : 0;
  for (const child of children) {
    const below = sumOf(child, counts);
    all += below.all;
    counted += below.counted;
  }
  return { all, counted };
}
