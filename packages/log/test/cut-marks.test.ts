import { describe, expect, it } from "vitest";
import { CutMarks } from "../src/cut-marks.ts";

describe("marks of cuts", () => {
  it("a mark learns the lowest end since it began, and none from before", () => {
    const marks = new CutMarks();
    marks.cut(3);
    const first = marks.begin();
    expect(first.lowest).toBe(Number.POSITIVE_INFINITY);
    marks.cut(8);
    const second = marks.begin();
    marks.cut(9);
    expect([first.lowest, second.lowest]).toEqual([8, 9]);
    marks.cut(2);
    expect([first.take(), second.lowest]).toEqual([2, 2]);
    expect(first.lowest).toBe(Number.POSITIVE_INFINITY);
    marks.cut(5);
    expect([first.lowest, second.lowest]).toEqual([5, 2]);
  });

  it("one that has ended is not told, and nothing is kept of it", () => {
    const marks = new CutMarks();
    const [first, second] = [marks.begin(), marks.begin()];
    marks.end(first);
    marks.end(first);
    marks.cut(1);
    expect([first.lowest, second.lowest, marks.size]).toEqual([Number.POSITIVE_INFINITY, 1, 1]);
  });

  it("a million rising cuts leave nothing behind", () => {
    const marks = new CutMarks();
    const mark = marks.begin();
    for (let n = 1; n <= 1_000_000; n++) marks.cut(n);
    expect([mark.lowest, marks.size]).toEqual([1, 1]);
  });
});
