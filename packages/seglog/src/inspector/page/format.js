const numbers = new Intl.NumberFormat("en-US");
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** @param {number} count */
export function countText(count) {
  return numbers.format(count);
}

/** @param {number} bytes */
export function bytesText(bytes) {
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** @param {number} value */
export function shortText(value) {
  if (value >= 100) return countText(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** @param {number | undefined} time  in ms since the epoch */
export function timeText(time) {
  return time === undefined ? "" : new Date(time).toISOString().replace("T", " ").slice(0, 23);
}

/** @param {string} base64 */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** @typedef {"text" | "json" | "hex"} View */

/**
 * A value as one of the views shows it.
 *
 * @param {Uint8Array} bytes
 * @param {View} view
 * @param {{ whole: boolean }} options  whether it may take more than a line
 * @returns {{ text: string, isText: boolean }}
 */
export function valueText(bytes, view, { whole }) {
  if (view === "hex") return { text: whole ? hexDump(bytes) : hexLine(bytes), isText: true };
  const text = utf8(bytes);
  if (text === undefined) return { text: hexLine(bytes), isText: false };
  if (view === "text") return { text: whole ? text : oneLine(text), isText: true };
  try {
    const json = JSON.parse(text);
    return { text: JSON.stringify(json, undefined, whole ? 2 : 0), isText: true };
  } catch {
    // shown as what it is: text that is no JSON
    return { text: whole ? text : oneLine(text), isText: false };
  }
}

/** @param {Uint8Array} bytes */
function utf8(bytes) {
  try {
    // a preview may end within a character
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    // the only failure of a fatal decoder: these bytes are no text
    return undefined;
  }
}

/** @param {string} text */
function oneLine(text) {
  return text.replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

/** @param {Uint8Array} bytes */
function hexLine(bytes) {
  return Array.from(bytes.subarray(0, 128), hex).join(" ");
}

/** @param {Uint8Array} bytes */
function hexDump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = Array.from(bytes.subarray(at, at + 16));
    const printable = line.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : "."));
    const codes = line.map(hex).join(" ").padEnd(47);
    lines.push(`${at.toString(16).padStart(8, "0")}  ${codes}  ${printable.join("")}`);
  }
  return lines.join("\n");
}

/** @param {number} byte */
function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}
