import { element, svg } from "./dom.js";
import { bytesText, countText, timeText } from "./format.js";

/** @typedef {import("./main.js").State} State */
/** @typedef {State["segments"][number]} Segment */

const HEIGHT = 120;
const TOP = 16;

/**
 * Bars along the axis of offsets: as wide as their records, as high as they are full.
 *
 * @param {State} state
 * @param {{ from: number, to: number } | undefined} shown  the records in the table
 * @param {(offset: number) => void} onPick
 */
export function drawSegments({ segments, bytesFull, committedOffset }, shown, onPick) {
  const place = element("segments", HTMLElement);
  const width = Math.max(320, place.clientWidth);
  const first = segments[0]?.baseOffset ?? 0;
  const end = Math.max(committedOffset, segments.at(-1)?.nextOffset ?? 0, first + 1);
  const x = (/** @type {number} */ offset) => ((offset - first) / (end - first)) * width;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${TOP + HEIGHT + 22}`, role: "group" });
  drawing.append(svg("text", { x: 0, y: 10 }, [`full: ${bytesText(bytesFull)}`]));
  // gaps only where bars are wide enough to have one
  const gap = width / Math.max(1, segments.length) > 6 ? 2 : 0;
  for (const segment of segments) {
    drawing.append(
      bar(segment, { x: x(segment.baseOffset), end: x(segment.nextOffset), gap, onPick }),
    );
  }
  if (shown !== undefined && shown.to > shown.from) {
    const left = Math.max(0, x(shown.from));
    const wide = Math.max(3, x(shown.to) - left);
    const at = Math.min(left, width - wide);
    const frame = { class: "window", x: at, width: wide, y: TOP - 2, height: HEIGHT + 4, rx: 2 };
    drawing.append(svg("rect", frame));
  }
  const bottom = TOP + HEIGHT;
  drawing.append(svg("line", { class: "axis", x1: 0, x2: width, y1: bottom + 3, y2: bottom + 3 }));
  for (const tick of ticks(first, end)) drawing.append(label(tick, x(tick), width));
  place.replaceChildren(drawing);
}

/**
 * @param {Segment} segment
 * @param {{ x: number, end: number, gap: number, onPick: (offset: number) => void }} how
 */
function bar({ baseOffset, nextOffset, storeBytes, fill, active, firstTime, lastTime }, how) {
  const width = Math.max(0.5, how.end - how.x - how.gap);
  const height = Math.max(nextOffset > baseOffset ? 1 : 0, fill * HEIGHT);
  const text = [
    `[${countText(baseOffset)}, ${countText(nextOffset)})${active ? " active" : ""}`,
    `${countText(nextOffset - baseOffset)} records, ${bytesText(storeBytes)}`,
    `${Math.round(fill * 100)}% full`,
    `${timeText(firstTime)} to ${timeText(lastTime)}`,
  ].join("\n");
  const made = svg("g", { class: active ? "segment active" : "segment", "data-base": baseOffset }, [
    svg("title", {}, [text]),
    svg("rect", { class: "room", x: how.x, y: TOP, width, height: HEIGHT }),
    svg("rect", { class: "fill", x: how.x, y: TOP + HEIGHT - height, width, height }),
  ]);
  if (width > 44) {
    const y = Math.max(TOP + 14, TOP + HEIGHT - height - 5);
    const isInside = height > HEIGHT - 20;
    const attributes = { class: isInside ? "share inside" : "share", x: how.x + 6, y };
    made.append(svg("text", attributes, [`${Math.round(fill * 100)}%`]));
  }
  made.addEventListener("click", () => how.onPick(baseOffset));
  return made;
}

/**
 * @param {number} tick
 * @param {number} x
 * @param {number} width
 */
function label(tick, x, width) {
  const anchor = x < 30 ? "start" : x > width - 30 ? "end" : "middle";
  return svg("text", { x, y: TOP + HEIGHT + 18, "text-anchor": anchor }, [countText(tick)]);
}

/**
 * Both ends, and round numbers between.
 *
 * @param {number} first
 * @param {number} end
 */
function ticks(first, end) {
  const raw = (end - first) / 6;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? power);
  const found = [first];
  for (
    let tick = Math.ceil((first + step / 2) / step) * step;
    tick <= end - step / 2;
    tick += step
  ) {
    found.push(tick);
  }
  return [...found, end];
}
