import { element, get } from "./dom.js";
import { bytesOf, countText, timeText, valueText } from "./format.js";

/** @typedef {import("./format.js").View} View */
/**
 * @typedef {object} PageRecord
 * @property {number} offset
 * @property {number} [time]
 * @property {number} [bytes]
 * @property {string} [base64]
 * @property {string} [damage]
 */

export const PAGE_RECORDS = 50;

/** @type {{ records: readonly PageRecord[], view: View, open: number | undefined }} */
const table = { records: [], view: "text", open: undefined };
const body = element("records", HTMLTableSectionElement);

/** @returns {{ from: number, to: number } | undefined} the offsets in the table */
export function shownRecords() {
  const { records } = table;
  const [first] = records;
  return first && { from: first.offset, to: (records.at(-1)?.offset ?? first.offset) + 1 };
}

/**
 * Asks for a page of records and shows it.
 *
 * @param {{ from: number } | { time: number }} where
 * @param {boolean} [toEnd]  whether to scroll to the last of them
 */
export async function showRecords(where, toEnd = false) {
  const query = "time" in where ? `time=${where.time}` : `from=${Math.max(0, where.from)}`;
  /** @type {{ records: PageRecord[] }} */
  const page = await get(`/api/records?${query}&limit=${PAGE_RECORDS}`);
  table.records = page.records;
  draw();
  const place = /** @type {HTMLElement} */ (body.closest(".scroll"));
  place.scrollTop = toEnd ? place.scrollHeight : 0;
}

/** @param {View} view */
export function showAs(view) {
  table.view = view;
  draw();
}

function draw() {
  body.replaceChildren(...table.records.map(row));
  element("no-records", HTMLElement).hidden = table.records.length > 0;
}

/** @param {PageRecord} record */
function row(record) {
  const { offset, time, bytes } = record;
  const made = document.createElement("tr");
  made.dataset["offset"] = String(offset);
  made.tabIndex = 0;
  made.setAttribute("aria-expanded", "false");
  const value = document.createElement("div");
  value.className = "value";
  const texts = [countText(offset), timeText(time), bytes === undefined ? "" : countText(bytes)];
  for (const content of [...texts, value]) {
    const cell = document.createElement("td");
    cell.append(content);
    made.append(cell);
  }
  fill(value, record, false);
  const toggle = () => void toggleRow(made, value, record);
  made.addEventListener("click", () => {
    // who selects text to copy it does not want it to go away
    if (getSelection()?.isCollapsed !== false) toggle();
  });
  made.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") toggle();
  });
  if (table.open === offset) toggle();
  return made;
}

/**
 * @param {HTMLElement} made
 * @param {HTMLElement} value
 * @param {PageRecord} record
 */
async function toggleRow(made, value, record) {
  const isOpen = made.getAttribute("aria-expanded") === "true";
  made.setAttribute("aria-expanded", String(!isOpen));
  table.open = isOpen ? undefined : record.offset;
  fill(value, record, !isOpen);
  const isPart = record.base64 !== undefined && (record.bytes ?? 0) > bytesOf(record.base64).length;
  if (!isOpen && isPart) fill(value, await get(`/api/record?offset=${record.offset}`), true);
}

/**
 * @param {HTMLElement} value
 * @param {PageRecord} record
 * @param {boolean} whole
 */
function fill(value, { base64, damage, bytes = 0 }, whole) {
  if (base64 === undefined) {
    value.classList.add("damage");
    value.textContent = damage ?? "";
    return;
  }
  const held = bytesOf(base64);
  const { text, isText } = valueText(held, table.view, { whole });
  value.classList.toggle("binary", !isText);
  const rest = bytes - held.length;
  value.textContent = whole && rest > 0 ? `${text}\n… ${countText(rest)} bytes more` : text;
}
