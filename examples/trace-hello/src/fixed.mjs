/** What is followed: the records of the book's example. */
export const RECORDS = Object.freeze(["hello", "world", "foo"]);

/** The same salt, and so the same checksums, in every run. A log takes a random one. */
export const SALT = 0x5e6106;

/** When the first record is appended: 2026-01-01, in ms since the epoch. */
const FIRST_TIME = 1_767_225_600_000;

/** A clock that stands still until it is told to go on. */
export function handClock() {
  let time = FIRST_TIME;
  return {
    now: () => time,
    /** Goes on by a second. */
    tick: () => {
      time += 1000;
    },
  };
}

/**
 * @param {number} n
 * @param {string} what  one of them
 * @returns {string}
 */
export function countOf(n, what) {
  return `${n} ${n === 1 ? what : what.replace(/y?$/, (y) => (y === "y" ? "ies" : "s"))}`;
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export function bytesOf(text) {
  return new TextEncoder().encode(text);
}
