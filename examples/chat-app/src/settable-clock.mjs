/**
 * The time that the log gives its records: the machine's, except while messages of another time
 * are imported.
 */
export function settableClock() {
  /** @type {number | undefined} */
  let fixed;
  return {
    now: () => fixed ?? Date.now(), // ms since the epoch
    /** @param {number} ms */
    set(ms) {
      fixed = ms;
    },
    release() {
      fixed = undefined;
    },
  };
}
