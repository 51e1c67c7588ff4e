import fc from "fast-check";
import { expect, test } from "vitest";
import { progressTexts } from "../../src/cli/byte-progress.ts";
import { LengthSplitter, lengthPrefix } from "../../src/cli/length-prefix.ts";
import { LineSplitter } from "../../src/cli/line-splitter.ts";
import { parseBytes, parseTime } from "../../src/cli/parse-values.ts";
import { bytesText, countText, durationText, shortText } from "../../src/cli/quantities.ts";
import { parseRecordLine, recordObject } from "../../src/cli/record-line.ts";
import { barText, tableLines } from "../../src/cli/text-table.ts";

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

/** Cuts `input` at some places, and gives a splitter the pieces. */
function split(
  splitter: LineSplitter | LengthSplitter,
  input: Buffer,
  cuts: readonly number[],
): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (input.length + 1)), input.length];
  places.sort((a, b) => a - b);
  const found: Buffer[] = [];
  for (let n = 1; n < places.length; n++) {
    const piece = input.subarray(places[n - 1], places[n]);
    for (const value of splitter.push(piece)) found.push(Buffer.from(value));
  }
  for (const value of splitter.end()) found.push(Buffer.from(value));
  return found;
}

test("lines come out whole wherever chunks are cut", () => {
  const line = bytes.map((value) => Buffer.from(value.filter((byte) => byte !== 10)));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat()), fc.boolean(), (lines, cuts, isOpen) => {
      const text = lines.map((value) => Buffer.concat([value, Buffer.from("\n")]));
      const last = lines.at(-1);
      // a last line without its newline is one, unless there is nothing of it
      const isCut = isOpen && last !== undefined && last.length > 0;
      const input = Buffer.concat(text).subarray(0, isCut ? -1 : undefined);
      const splitter = new LineSplitter({ bytesMax: 40, crlf: false });
      expect(split(splitter, input, cuts)).toEqual(lines);
    }),
  );
});

test("length-prefixed values come out whole wherever chunks are cut", () => {
  fc.assert(
    fc.property(fc.array(bytes), fc.array(fc.nat()), (values, cuts) => {
      const input = Buffer.concat(values.flatMap((v) => [lengthPrefix(v.length), v]));
      expect(split(new LengthSplitter({ bytesMax: 40 }), input, cuts)).toEqual(values);
    }),
  );
});

test("a line that never ends is refused once it is too long, and not kept", () => {
  const splitter = new LineSplitter({ bytesMax: 100, crlf: true });
  const push = () => [...splitter.push(Buffer.alloc(60, "x"))];
  expect(push()).toEqual([]);
  expect(push).toThrow(expect.objectContaining({ code: "ERR_SEGLOG_RECORD_TOO_LARGE" }));
});

test("any value becomes a line of JSON, and comes back", () => {
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string({ unit: "binary" }).map(Buffer.from)), (value) => {
      const line = JSON.stringify(recordObject({ offset: 3, time: 4, value }));
      const back = parseRecordLine(Buffer.from(line), 1);
      expect({ ...back, value: Buffer.from(back.value) }).toEqual({ offset: 3, time: 4, value });
    }),
  );
});

test("quantities are short, and say their unit", () => {
  expect([0, 1023, 1024, 1536, 2 ** 40 * 5000].map(bytesText)).toEqual([
    ...["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "5000.0 TiB"],
  ]);
  expect([0, 999, 1000, 12345678].map(countText)).toEqual(["0", "999", "1,000", "12,345,678"]);
  expect([0.0123456, 1.25, 99.99, 123.4, 1e6, Number.NaN].map(shortText)).toEqual([
    ...["0.0123", "1.25", "100", "123", "1,000,000", "-"],
  ]);
  expect([0.2, 59, 61, 3661].map(durationText)).toEqual(["1 s", "59 s", "1 min 1 s", "1 h 1 min"]);
});

test("progress has rate and time left", () => {
  expect(progressTexts({ bytesDone: 2 ** 20, bytesTotal: 3 * 2 ** 20 }, 500)).toEqual({
    done: "1.0 MiB",
    total_: "3.0 MiB",
    rate: "2.0 MiB/s",
    left: "1 s left",
  });
  expect(progressTexts({ bytesDone: 0, bytesTotal: 9 }, 0).left).toBe("");
});

test("bars are full by eighths, tables aligned", () => {
  expect([0, 0.5, 0.53125, 1, 2].map((share) => barText(share, 4))).toEqual([
    ...["····", "██··", "██▏·", "████", "████"],
  ]);
  const columns = [{ head: "a" }, { head: "n", align: "right" }] as const;
  const rows = [
    ["x", "1"],
    ["long", "20"],
  ];
  expect([...tableLines(columns, rows)]).toEqual(["a      n", "x      1", "long  20"]);
});

test("times are ISO 8601, ms, or how long ago; bytes have units", () => {
  expect(parseTime("2026-11-24T08:00:00Z")).toBe(Date.UTC(2026, 10, 24, 8));
  expect(parseTime("1500")).toBe(1500);
  expect(parseTime("15m", 1_000_000)).toBe(100_000);
  expect(parseTime("1d", 1000)).toBe(0);
  for (const text of ["", "soon", "-1", "1.5h"]) expect(() => parseTime(text)).toThrow("A time");
  expect(["7", "2KiB", "1MiB"].map(parseBytes)).toEqual([7, 2048, 2 ** 20]);
  for (const text of ["", "1KB", "x"]) expect(() => parseBytes(text)).toThrow("Bytes");
});
