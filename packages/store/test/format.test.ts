import { readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryFileSystem } from "@seglog/fs";
import { type FrameFormat, openFileStore } from "@seglog/store";
import { describe, expect, test } from "vitest";
import {
  FRAME_FLAGS,
  FRAME_FORMAT_NUMBERS,
  FRAME_HEADER_BYTES,
  RECORD_BYTES_LIMIT,
  STORE_HEADER_BYTES,
  STORE_MAGIC,
  STORE_VERSION,
} from "../src/format.ts";
import { RECOVERY_TABLE } from "../src/recovery-table.ts";
import { goldenStore } from "./golden-stores.ts";
import { putContent } from "./places.ts";

const here = import.meta.dirname;
const page = readFileSync(join(here, "../FORMAT.md"), "utf8");

/** Cells of the table that follows a heading of FORMAT.md, without its head. */
function tableUnder(heading: string): string[][] {
  const lines = page.slice(page.indexOf(`\n## ${heading}\n`)).split("\n");
  const from = lines.findIndex((line) => line.startsWith("|")) + 2;
  const rows = [];
  for (let i = from; lines[i]?.startsWith("|"); i++) {
    rows.push(
      (lines[i] as string)
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

/** Bytes of the hexdump in FORMAT.md that is headed by the file's name. */
function hexdumpOf(name: string): Uint8Array {
  const dump = page.slice(page.indexOf(`\`${name}\``));
  const block = dump.slice(dump.indexOf("```") + 3, dump.indexOf("```", dump.indexOf("```") + 3));
  const bytes = [];
  for (const line of block.split("\n")) {
    const hex = /^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+)/.exec(line)?.[1];
    if (hex !== undefined)
      bytes.push(
        ...hex
          .trim()
          .split(" ")
          .map((b) => Number.parseInt(b, 16)),
      );
  }
  return Uint8Array.from(bytes);
}

describe("FORMAT.md", () => {
  test("the header's fields lie where the table says, without a gap, in 32 bytes", () => {
    let at = 0;
    for (const [offset, size] of tableUnder("Header")) {
      expect(Number(offset)).toBe(at);
      at += Number(size);
    }
    expect(at).toBe(STORE_HEADER_BYTES);
  });

  test("magic, version and frame formats are those of the code", () => {
    const cell = (field: string) => tableUnder("Header").find((row) => row[3] === field)?.[4] ?? "";
    const magic = STORE_MAGIC.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    expect(cell("magic")).toContain(`\`${magic}\``);
    expect(cell("version")).toBe(String(STORE_VERSION));
    for (const [name, number] of Object.entries(FRAME_FORMAT_NUMBERS)) {
      expect(cell("frame format")).toContain(`${number} ${name}`);
    }
  });

  test("a checked frame's fields are those of the code", () => {
    const rows = tableUnder("Checked frames");
    const bits = rows.map(([, size]) => Number(/^(\d+) bits?$/.exec(size ?? "")?.[1]));
    const payload = bits.findIndex(Number.isNaN);
    expect(bits.slice(0, payload).reduce((a, b) => a + b)).toBe(8 * FRAME_HEADER_BYTES);
    const flag = (name: string) => rows.find((row) => row[2] === name)?.[3] ?? "";
    expect(flag("present")).toContain(`0x${FRAME_FLAGS.present}`);
    expect(flag("batch continues")).toContain(`0x${FRAME_FLAGS.batchContinues}`);
    expect(flag("generation")).toContain(`0x${FRAME_FLAGS.generation}`);
    expect(flag("length")).toContain(`${RECORD_BYTES_LIMIT}`);
  });

  test("the recovery table is that of the code", () => {
    const any = (values: readonly string[] | undefined) => values?.join(", ") ?? "any";
    expect(tableUnder("Recovery")).toEqual(
      RECOVERY_TABLE.map(({ label, when, verdict }) => [
        label,
        any(when.rest),
        any(when.later),
        any(when.batch),
        verdict,
      ]),
    );
  });
});

describe.each<FrameFormat>(["checked", "plain"])("golden file, %s frames", (format) => {
  const golden = new Uint8Array(readFileSync(join(here, `golden/${format}.store`)));

  test("the code writes it bit for bit", async () => {
    expect(Buffer.from(await goldenStore(format)).toString("hex")).toBe(
      Buffer.from(golden).toString("hex"),
    );
  });

  test("FORMAT.md shows it bit for bit", () => {
    expect(Buffer.from(hexdumpOf(`${format}.store`)).toString("hex")).toBe(
      Buffer.from(golden).toString("hex"),
    );
  });

  test("the code reads it: hello, world and foo at 0, 13 and 26, as in the book", async () => {
    const fs = memoryFileSystem();
    await putContent(fs, "/golden.store", golden);
    const store = await openFileStore({ fs, path: "/golden.store", baseOffset: 1000 });
    const scan = store.scan(0, { recordsMax: 9, bytesMax: 999 });
    expect(scan.positions).toEqual([0, 13, 26]);
    expect(scan.records.map((record) => new TextDecoder().decode(record))).toEqual([
      "hello",
      "world",
      "foo",
    ]);
    expect(store.size).toBe(37);
    await store.close();
  });
});
