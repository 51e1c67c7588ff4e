/**
 * How each kind of bytes is shown.
 *
 * @typedef {"title" | "header" | "head" | "value" | "faint"} Tone
 * @typedef {Readonly<Record<Tone, (text: string) => string>>} Palette
 */

/** @type {Palette} */
export const PLAIN = Object.freeze({
  title: (text) => text,
  header: (text) => text,
  head: (text) => text,
  value: (text) => text,
  faint: (text) => text,
});

/** @type {Palette} */
export const COLOURS = Object.freeze({
  title: sgr(1),
  header: sgr(36),
  head: sgr(33),
  value: sgr(32),
  faint: sgr(2),
});

/**
 * @param {{ readonly isTTY?: boolean }} stream
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {boolean}
 */
export function wantsColour(stream, environment) {
  return stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
}

/**
 * @param {number} code  of a terminal's "select graphic rendition"
 * @returns {(text: string) => string}
 */
function sgr(code) {
  return (text) => `\x1b[${code}m${text}\x1b[0m`;
}
