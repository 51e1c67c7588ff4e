/** @typedef {import("./palette.mjs").Palette} Palette */
/** @typedef {import("./palette.mjs").Tone} Tone */

/**
 * A stretch of bytes in a box: as wide as it is long.
 *
 * @typedef {{ bytes: number, rows: readonly string[], tone: Tone }} Cell
 */

/**
 * Draws cells side by side, the position at which each begins above it.
 *
 * @param {readonly Cell[]} cells
 * @param {{ columnsPerByte: number, palette: Palette }} how
 * @returns {string[]}
 */
export function drawBox(cells, { columnsPerByte, palette }) {
  let position = 0;
  let ruler = "";
  let border = "+";
  for (const { bytes } of cells) {
    ruler = ruler.padEnd(position * columnsPerByte) + position;
    position += bytes;
    border += `${"-".repeat(bytes * columnsPerByte - 1)}+`;
  }
  ruler = ruler.padEnd(position * columnsPerByte) + position;
  const rows = Math.max(...cells.map((cell) => cell.rows.length));
  const body = Array.from({ length: rows }, (_, row) => {
    const texts = cells.map(({ bytes, rows, tone }) =>
      palette[tone](` ${rows[row] ?? ""}`.padEnd(bytes * columnsPerByte - 1)),
    );
    return `|${texts.join("|")}|`;
  });
  return [palette.faint(ruler), border, ...body, border];
}

/**
 * Draws rows in columns, the first of which names them. Numbers are put to the right.
 *
 * @param {readonly string[]} names
 * @param {readonly (readonly (string | number)[])[]} rows
 * @param {{ palette: Palette, tones: readonly (Tone | undefined)[] }} how
 * @returns {string[]}
 */
export function drawTable(names, rows, { palette, tones }) {
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => `${row[column] ?? ""}`.length)),
  );
  /** @param {string | number} cell @param {number} column */
  const aligned = (cell, column) => {
    const width = widths[column] ?? 0;
    return typeof cell === "number" ? `${cell}`.padStart(width) : cell.padEnd(width);
  };
  /** @param {Tone | undefined} tone @param {string} text */
  const toned = (tone, text) => (tone === undefined ? text : palette[tone](text));
  const isNumber = names.map((_, column) => typeof rows[0]?.[column] === "number");
  const head = names.map((name, column) =>
    isNumber[column] ? name.padStart(widths[column] ?? 0) : aligned(name, column),
  );
  const body = rows.map((row) =>
    row.map((cell, column) => toned(tones[column], aligned(cell, column))).join("  "),
  );
  return [palette.faint(head.join("  ").trimEnd()), ...body.map((line) => line.trimEnd())];
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} two digits a byte, a space between bytes
 */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}
