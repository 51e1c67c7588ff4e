import { sparseIndex } from "@seglog/index";
import { describe, expect, it } from "vitest";

describe("sparseIndex", () => {
  it("keeps the first entry, and then each that lies bytesBetween or more behind the kept one", () => {
    const index = sparseIndex({ bytesBetween: 100 });
    const positions = [7, 106, 107, 108, 206, 207, 500, 599, 600];
    positions.forEach((position, n) => {
      index.write(n, position);
    });
    const kept = positions.filter((_, n) => index.read(n) !== undefined);
    expect(kept).toEqual([7, 107, 207, 500, 600]);
    expect(index.bytes).toBe(kept.length * 16);
    expect(index.nextOffset).toBe(positions.length);
  });

  it("keeps by the same rule after a truncate that dropped kept entries", () => {
    const index = sparseIndex({ bytesBetween: 100 });
    [0, 50, 100, 150, 200].forEach((position, n) => {
      index.write(n, position);
    });
    index.truncate(2);
    index.write(2, 99);
    index.write(3, 100);
    expect([0, 1, 2, 3].map((n) => index.read(n))).toEqual([0, undefined, undefined, 100]);
    expect(index.floor(2)).toEqual({ offset: 0, position: 0 });
  });

  it("refuses a position that entries dropped from memory cannot have been below", () => {
    const index = sparseIndex({ bytesBetween: 100 });
    [0, 10, 20, 30].forEach((position, n) => {
      index.write(n, position);
    });
    index.truncate(3);
    expect(() => index.write(3, 2)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }),
    );
    index.write(3, 3);
    expect(index.nextOffset).toBe(4);
  });

  it("keeps one for every 4096 bytes by default", () => {
    const index = sparseIndex();
    [0, 4095, 4096, 8191, 8192].forEach((position, n) => {
      index.write(n, position);
    });
    expect([0, 1, 2, 3, 4].map((n) => index.read(n))).toEqual([
      0,
      undefined,
      4096,
      undefined,
      8192,
    ]);
  });

  it.each([
    ["no distance", { bytesBetween: 0 }],
    ["half a byte", { bytesBetween: 0.5 }],
    ["an unknown name", { bytesbetween: 1 }],
  ])("refuses %s as an option", (_, options: object) => {
    expect(() => sparseIndex(options)).toThrow(
      expect.objectContaining({ code: "ERR_SEGLOG_INVALID_ARGUMENT" }),
    );
  });
});
