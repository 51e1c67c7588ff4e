import { expect, test } from "vitest";
import { compareRatios, compareResults } from "../src/compare.mjs";
import type { BenchResult, Ratio } from "../src/contract.ts";
import { summarize } from "../src/summary.mjs";

test("slower is what is worse in every round than before in any", () => {
  const before = ratio([1, 1.01, 1.02, 1.03, 1.04]);
  expect(compareRatios("x", before, ratio([0.8, 0.81, 0.82, 0.83, 0.84])).verdict).toBe("slower");
  expect(compareRatios("x", before, ratio([1.3, 1.31, 1.32, 1.33, 1.34])).verdict).toBe("faster");
  // the medians lie as far apart as above, and the rounds overlap
  expect(compareRatios("x", before, ratio([0.8, 0.81, 0.82, 0.83, 1.01])).verdict).toBe("same");
});

test("less than a twentieth is no change, however narrow the rounds are", () => {
  const before = ratio([1, 1, 1, 1, 1]);
  expect(compareRatios("x", before, ratio([0.96, 0.96, 0.96, 0.96, 0.96])).verdict).toBe("same");
});

test("a machine that is twice as slow makes nothing slower", () => {
  const result = (factor: number) =>
    ({
      options: { sizes: { name: "full" } },
      workloads: [
        {
          id: "w",
          cases: [
            {
              id: "c",
              contenders: [
                { id: "seglog", role: "ours", rounds: Array(5).fill({ rate: 10 * factor }) },
                { id: "raw", role: "baseline", rounds: Array(5).fill({ rate: 5 * factor }) },
              ],
              ratios: [ratio([2])],
            },
          ],
        },
      ],
    }) as unknown as BenchResult;
  const comparisons = compareResults(result(1), result(0.5));
  expect(comparisons.map(({ what, verdict }) => [what, verdict])).toEqual([
    ["w c: seglog to raw", "same"],
  ]);
});

test("runs of different sizes are not compared", () => {
  const result = (name: string) =>
    ({ options: { sizes: { name } }, workloads: [] }) as unknown as BenchResult;
  expect(() => compareResults(result("quick"), result("full"))).toThrow("different sizes");
});

function ratio(rounds: number[]): Ratio {
  return { of: "seglog", to: "raw", ...summarize(rounds) };
}
