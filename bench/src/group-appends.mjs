/**
 * Group commit for whatever can make a few records durable at once: who comes while a group is
 * being committed is in the next one.
 *
 * @param {(records: Uint8Array[]) => void | Promise<unknown>} commit
 * @returns {(record: Uint8Array) => Promise<void>}
 */
export function groupAppends(commit) {
  /** @type {{ record: Uint8Array, resolve: () => void, reject: (error: unknown) => void }[]} */
  let waiting = [];
  let running = false;
  const run = async () => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await commit(group.map(({ record }) => record));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      await turn(); // those who were answered come again, and share the next group
    }
    running = false;
  };
  return (record) =>
    new Promise((resolve, reject) => {
      waiting.push({ record, resolve, reject });
      if (running) return;
      running = true;
      process.nextTick(run);
    });
}

/** After everything that waits in this turn. */
function turn() {
  return new Promise((resolve) => process.nextTick(resolve));
}
