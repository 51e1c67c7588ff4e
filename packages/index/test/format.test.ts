import { readFile } from "node:fs/promises";
import { memoryFileSystem } from "@seglog/fs";
import { INDEX_ENTRY_BYTES, openMappedIndex } from "@seglog/index";
import { describe, expect, it } from "vitest";
import { ENTRIES_MAX, POSITION_AT } from "../src/entry-layout.ts";
import { getFile } from "./files.ts";

const format = await readFile(new URL("../FORMAT.md", import.meta.url), "utf8");

describe("FORMAT.md agrees with the code", () => {
  it("in the 48 bytes of three entries", async () => {
    const fs = memoryFileSystem();
    const index = await openMappedIndex({ fs, path: "x.index" });
    for (let n = 0; n < 3; n += 1) index.write(n, n * 13);
    await index.close();
    expect(await getFile(fs, "x.index")).toEqual(hexdump(format));
  });

  it("in where the fields stand", () => {
    expect(fieldRow("offset")).toEqual([0, 8]);
    expect(fieldRow("position")).toEqual([POSITION_AT, INDEX_ENTRY_BYTES - POSITION_AT]);
  });

  it("in the most entries of a file", () => {
    expect(format).toContain(`Limit: ${ENTRIES_MAX.toLocaleString("en")} entries`);
    expect(2 ** 31 - ENTRIES_MAX * INDEX_ENTRY_BYTES).toBe(4096);
  });
});

/** The bytes of the lines that begin with an address. */
function hexdump(text: string): Uint8Array {
  const lines = [...text.matchAll(/^[0-9a-f]{8} ((?: {1,2}[0-9a-f]{2}){16}) {3}/gm)];
  const bytes = lines.flatMap((line) => (line[1] as string).trim().split(/ +/));
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
}

/** Where a field begins, and how long it is. */
function fieldRow(name: string): number[] {
  const row = new RegExp(`^\\| ${name} \\| (\\d+) \\| (\\d+) \\|`, "m").exec(format);
  return row === null ? [] : [Number(row[1]), Number(row[2])];
}
