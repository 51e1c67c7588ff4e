const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** @param {number} ms @returns {string} */
export const formatTime = (ms) => timeOfDay.format(ms);
/** @param {number} ms @returns {string} */
export const formatMoment = (ms) => moment.format(ms);
/** @param {number} n @returns {string} */
export const formatNumber = (n) => n.toLocaleString();

/** @param {number} ms @param {number} now @returns {string} */
export function formatDay(ms, now) {
  if (sameDay(ms, now)) return "Today";
  if (sameDay(ms, now - 24 * 3600 * 1000)) return "Yesterday";
  return day.format(ms);
}

/** @param {number} a @param {number} b @returns {boolean} */
export function sameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** One or two letters that stand for a name. @param {string} name @returns {string} */
export function initials(name) {
  const words = name.split(/[\s._-]+/).filter((word) => word !== "");
  const first = [...(words[0] ?? "?")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

/**
 * A name's own hue, in degrees, the same in every window.
 *
 * @param {string} name
 * @returns {number}
 */
export function hue(name) {
  let hash = 2166136261; // FNV-1a, 32 bits
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 4) % 360; // the lowest bits are the least mixed ones
}
