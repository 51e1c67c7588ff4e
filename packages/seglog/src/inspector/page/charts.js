import { svg } from "./dom.js";
import { shortText } from "./format.js";

const HEIGHT = 84;
/** Seconds that a chart shows. */
export const SPAN_SECONDS = 120;

/**
 * A line over the last two minutes.
 *
 * @param {HTMLElement} place
 * @param {readonly { at: number, value: number }[]} samples  `at` in ms, ascending
 * @param {{ unit: string, now: number, empty?: string | undefined }} options
 */
export function drawChart(place, samples, { unit, now, empty }) {
  const width = Math.max(240, place.clientWidth);
  const top = 16;
  const most = Math.max(...samples.map(({ value }) => value), 0);
  const bound = most === 0 ? 1 : most;
  const x = (/** @type {number} */ at) => width - ((now - at) / 1000 / SPAN_SECONDS) * width;
  const y = (/** @type {number} */ value) => top + (1 - value / bound) * (HEIGHT - top);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT + 18}` });
  drawing.append(
    svg("line", { class: "axis", x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT }),
    svg("text", { x: 0, y: HEIGHT + 15 }, [`${SPAN_SECONDS / 60} min ago`]),
    svg("text", { x: width, y: HEIGHT + 15, "text-anchor": "end" }, ["now"]),
  );
  if (empty !== undefined) {
    const middle = { x: width / 2, y: HEIGHT / 2 + 4, "text-anchor": "middle" };
    drawing.append(svg("text", middle, [empty]));
  } else if (samples.length > 1) {
    const points = samples.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    const ends = [
      `${x(samples[0]?.at ?? now)},${HEIGHT}`,
      `${x(samples.at(-1)?.at ?? now)},${HEIGHT}`,
    ];
    drawing.append(
      svg("polygon", { class: "area", points: [ends[0], ...points, ends[1]].join(" ") }),
      svg("polyline", { class: "line", points: points.join(" ") }),
      svg("text", { x: 0, y: 10 }, [`most ${shortText(most)} ${unit}`]),
    );
  }
  place.replaceChildren(drawing);
}
