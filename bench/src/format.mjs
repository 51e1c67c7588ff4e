import { format } from "d3-format";

/** @typedef {import("./contract.ts").GoalResult} GoalResult */
/** @typedef {import("./contract.ts").Summary} Summary */

const threeDigits = format(".3~s");
const small = format(".3~r");

/**
 * @param {number} value
 * @returns {string} three digits, with k, M, G from a thousand on
 */
export function short(value) {
  if (!Number.isFinite(value)) return "";
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Math.abs(value) >= 1000 ? threeDigits(value) : small(value);
}

/**
 * @param {Summary} summary
 * @returns {string} the median, and least to most
 */
export function spread({ median, min, max }) {
  return `${short(median)} (${short(min)} to ${short(max)})`;
}

/**
 * @param {GoalResult} goal
 * @returns {{ goal: string, measured: string, met: string }}
 */
export function goalTexts({ text, atLeast, atMost, against, measured, met, reason }) {
  const unit = against === undefined ? "" : " x";
  if (measured === undefined) return { goal: text, measured: "", met: reason ?? "not measured" };
  const bound = atLeast ?? atMost ?? Number.NaN;
  // how much is missing, as a factor: the same for rates and for times
  const missing = atLeast === undefined ? measured / bound : bound / measured;
  return {
    goal: text,
    measured: `${short(measured)}${unit}`,
    met: met ? "met" : `not met, by a factor of ${missing.toFixed(2)}`,
  };
}
