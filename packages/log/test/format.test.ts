import { readFile } from "node:fs/promises";
import { restoreSnapshot } from "@seglog/log";
import { describe, expect, it } from "vitest";
import {
  encodeSnapshotHeader,
  SNAPSHOT_HEADER_BYTES,
  SNAPSHOT_MAGIC,
  SNAPSHOT_RECORD_HEAD_BYTES,
  SNAPSHOT_VALUE_BYTES_MAX,
  SNAPSHOT_VERSION,
} from "../src/snapshot-format.ts";
import { memoryPlace } from "./support/place.ts";
import { brief, collect } from "./support/records.ts";

const format = await readFile(new URL("../FORMAT.md", import.meta.url), "utf8");

describe("FORMAT.md agrees with the code", () => {
  it("in the bytes of three records", async () => {
    const log = await memoryPlace({ firstOffset: 3, clock: () => 1_000_000 }).open();
    for (const text of ["", "hello", "w"]) log.append(new TextEncoder().encode(text));
    await log.sync();
    const bytes = new Uint8Array(await new Response(log.reader()).arrayBuffer());
    expect(hex(bytes)).toEqual(hex(hexdump(format)));
    await log.close();
  });

  it("which are restored from the page", async () => {
    const place = memoryPlace();
    const catalog = await place.catalog();
    const stream = new Response(hexdump(format)).body as ReadableStream<Uint8Array>;
    await restoreSnapshot(catalog, stream);
    await catalog.close();
    const log = await place.open();
    const records = await collect(log.batches());
    expect(brief(records)).toEqual([
      [3, ""],
      [4, "hello"],
      [5, "w"],
    ]);
    expect(records.map(({ time }) => time)).toEqual([1_000_000, 1_000_000, 1_000_000]);
    await log.close();
  });

  it("in the header's fields", () => {
    const bytes = encodeSnapshotHeader({ firstOffset: 0x0102_0304, recordCount: 0x0506_0708 });
    const at = (name: string) => {
      const [offset, size] = fieldRow("header", name) as [number, number];
      return [...bytes.subarray(offset, offset + size)];
    };
    expect(at("magic")).toEqual([...SNAPSHOT_MAGIC]);
    expect(at("version")).toEqual([0, SNAPSHOT_VERSION]);
    expect(at("reserved")).toEqual([0, 0]);
    expect(at("first offset")).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
    expect(at("record count")).toEqual([0, 0, 0, 0, 5, 6, 7, 8]);
    expect(fieldRow("header", "checksum")).toEqual([SNAPSHOT_HEADER_BYTES - 4, 4]);
  });

  it("in the record's fields and limits", () => {
    expect(fieldRow("record", "value")?.[0]).toBe(SNAPSHOT_RECORD_HEAD_BYTES);
    const fields = ["checksum", "length", "time"].map((name) => fieldRow("record", name));
    expect(fields).toEqual([
      [0, 4],
      [4, 4],
      [8, 8],
    ]);
    expect(format).toContain(`at most ${SNAPSHOT_VALUE_BYTES_MAX.toLocaleString("en")}`);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The bytes of the lines that begin with an address. */
function hexdump(text: string): Uint8Array {
  const lines = [...text.matchAll(/^[0-9a-f]{8} ((?: {1,2}[0-9a-f]{2})+) {2,}/gm)];
  const bytes = lines.flatMap((line) => (line[1] as string).trim().split(/ +/));
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
}

/** Where a field of a table begins, and how long it is. */
function fieldRow(table: "header" | "record", name: string): number[] | undefined {
  const section = format.split(/^## /m).find((part) => part.toLowerCase().startsWith(table));
  const row = new RegExp(`^\\| ${name} \\| (\\d+) \\| (\\d+|n) \\|`, "m").exec(section ?? "");
  return row === null ? undefined : [Number(row[1]), Number(row[2])];
}
