/** A column of a {@link tableLines}. */
export interface Column {
  readonly head: string;
  /** Default left. */
  readonly align?: "left" | "right";
}

/** Cells in columns as wide as their widest. */
export function* tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): Generator<string, undefined> {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, n) => Math.max(...lines.map((cells) => (cells[n] ?? "").length)));
  for (const cells of lines) {
    const padded = columns.map(({ align }, n) => {
      const cell = cells[n] ?? "";
      const width = widths[n] as number;
      return align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    yield padded.join("  ").trimEnd();
  }
}

/** A bar of `width` characters, `share` of it full, to an eighth of a character. */
export function barText(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + (PARTS[eighths % 8] as string)).padEnd(width, "·");
}

const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
